import { keepDetails, keepTarget } from '../domain/activity/keep-facts.ts';
import type { NewAction } from '../ports/ledger-access.ts';
import type { EndpointName } from './contract/index.ts';

/** What changes state, by method and path. */
type ActionName = Extract<EndpointName, `POST ${string}` | `DELETE ${string}`>;

type Facts = Pick<NewAction, 'target' | 'details'>;

/** How an endpoint stands in the audit log. All that is read of a request or an answer is named here: nothing else gets in. */
export type ActionShape = {
  code: string;
  /** What it is about, by the name of the parameter in its path. */
  target?: { kind: string; param: string };
  /** Keys of the body that are kept: names, codes, ids, switches, counts. */
  body?: readonly string[];
  /** Keys of the body of which only is kept how long the list is, or that it was given. */
  counted?: readonly string[];
  /** Keys of the answer that are kept. */
  answer?: readonly string[];
  /** What the answer's `id` is the id of. */
  made?: string;
};

const ofRun = (code: string): ActionShape => ({ code, target: { kind: 'run', param: 'id' } });
const ofRecord = (code: string, kind: string, more: Partial<ActionShape> = {}): ActionShape => ({
  code,
  target: { kind, param: 'id' },
  ...more,
});
const thaw = { body: ['field'], answer: ['thawed'] };
const revert: ActionShape = { ...ofRun('run_revert'), body: ['created', 'dryRun'], answer: ['id'] };

export const actionShapes: Readonly<Record<ActionName, ActionShape>> = {
  'POST /session': { code: 'session_start' },
  'DELETE /session': { code: 'session_end' },
  'POST /pause': { code: 'pause' },
  'POST /resume': { code: 'resume' },
  'POST /contacts/{id}/resync': ofRecord('contact_resync', 'contact'),
  'POST /companies/{id}/resync': ofRecord('company_resync', 'company'),
  'POST /deals/{id}/resync': ofRecord('deal_resync', 'deal'),
  'POST /contacts/{id}/thaw': ofRecord('contact_thaw', 'contact', thaw),
  'POST /companies/{id}/thaw': ofRecord('company_thaw', 'company', thaw),
  'POST /deals/{id}/thaw': ofRecord('deal_thaw', 'deal', thaw),
  'POST /failures/retry': {
    code: 'failures_retry',
    body: ['code', 'system', 'object', 'recordId'],
    answer: ['marked'],
  },
  'POST /backfills': {
    code: 'backfill_start',
    body: ['object', 'since', 'until', 'stage', 'list', 'dryRun'],
    counted: ['ids', 'where'],
    made: 'run',
  },
  'POST /runs/{id}/revert': revert,
  'POST /runs/{id}/pause': ofRun('run_pause'),
  'POST /runs/{id}/resume': ofRun('run_resume'),
  'POST /runs/{id}/cancel': ofRun('run_cancel'),
  'POST /runs/{id}/approve': ofRun('run_approve'),
  'POST /backfills/{id}/pause': ofRun('run_pause'),
  'POST /backfills/{id}/resume': ofRun('run_resume'),
  'POST /backfills/{id}/cancel': ofRun('run_cancel'),
  'POST /backfills/{id}/approve': ofRun('run_approve'),
  'POST /plan': { code: 'plan_ask', body: ['sample', 'since', 'mappings', 'object'] },
  'POST /mappings/{version}/activate': {
    code: 'mapping_activate',
    target: { kind: 'mapping', param: 'version' },
    body: ['apply'],
  },
};

/** What is known before anything is done. @param given the path and body; a path that was refused is there as it came in */
export function factsAsked(shape: ActionShape, given: { params: unknown; body: unknown }): Facts {
  const { target, body = [], counted = [] } = shape;
  const id = target === undefined ? undefined : pick(given.params, [target.param])[target.param];
  return {
    target: target === undefined || id === undefined ? null : keepTarget({ kind: target.kind, id: String(id) }),
    details: { ...keepDetails(pick(given.body, body)), ...count(given.body, counted) },
  };
}

/** What the answer adds. */
export function factsTold({ answer = [], made }: ActionShape, told: unknown): Partial<Facts> {
  const { id } = pick(told, ['id']);
  const details = keepDetails(pick(told, answer));
  const target = made === undefined || id === undefined ? null : keepTarget({ kind: made, id: String(id) });
  return { details, ...(target && { target }) };
}

function pick(from: unknown, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(entriesOf(from).filter(([key]) => keys.includes(key)));
}

function count(from: unknown, keys: readonly string[]): Record<string, number | true> {
  const given = entriesOf(from).filter(([key, value]) => keys.includes(key) && value !== undefined && value !== null);
  return Object.fromEntries(given.map(([key, value]) => [key, Array.isArray(value) ? value.length : true]));
}

function entriesOf(from: unknown): readonly [string, unknown][] {
  return typeof from === 'object' && from !== null ? Object.entries(from) : [];
}
