import type { PlanProblem, Reason } from '../domain/plan/types.ts';
import type { SalesforceReference } from '../domain/record.ts';
import type { LedgerStatus } from '../ports/ledger-admin.ts';
import type { ContactHistory, TimelineEntry } from '../ports/ledger-history.ts';
import type { PairField } from '../usecases/explain/fields-of-pair.ts';
import type { Unread } from '../usecases/explain/read-sides.ts';
import { count, readableTime, renderRecordIds } from './table.ts';

type History = ContactHistory<SalesforceReference>;

/** Whatever keeps all records back: the mode, a pause, a vendor. */
export function renderHeld(now: {
  mode: 'observe' | 'live';
  pause: { by: string | null; reason: string | null } | null;
  waits: LedgerStatus['waits'];
}): readonly string[] {
  const { mode, pause, waits } = now;
  return [
    `mode       ${mode === 'observe' ? 'observe: nothing is written to either CRM' : 'live'}`,
    ...(pause === null ? [] : [`paused     by ${pause.by ?? 'somebody'}: ${pause.reason ?? 'no reason given'}`]),
    ...waits.map(({ system, untilMs, code }) => `waits      ${system} until ${readableTime(untilMs)} (${code})`),
  ];
}

/** Both sides of each field, and what is to be written to which. */
export function renderFields(now: {
  fields: readonly PairField[];
  unread: readonly Unread[];
  changes: readonly Change[];
  hubspotChanges: readonly Change[];
  reasons: readonly Reason[];
  problem: PlanProblem | null;
}): readonly string[] {
  return [
    ...now.fields.flatMap(renderField),
    ...now.unread.map(({ what, code }) => `unread     ${unread[what]} [${code}]`),
    ...now.changes.map((change) => `to write   salesforce ${renderChange(change)}`),
    ...now.hubspotChanges.map((change) => `to write   hubspot ${renderChange(change)}`),
    ...now.reasons.map(renderReason),
    ...(now.problem === null ? [] : [renderProblem(now.problem)]),
  ];
}

/** What the ledger has of the record besides its history. */
export function renderLedger({ pending, decision, failure }: History, problem: PlanProblem | null): readonly string[] {
  return [
    ...(pending === null ? [] : [renderPending(pending)]),
    ...(decision === null ? [] : [renderDecision(decision)]),
    ...(failure === null ? [] : [renderFailure(failure, problem)]),
  ];
}

/** The history goes on in `--json`. */
const shownEntries = 25;

/** The newest of what happened. @param path where the API tells all of it */
export function renderTimeline(timeline: readonly TimelineEntry[], path: string): readonly string[] {
  const entries = timeline.filter((entry) => !isToldAlready(entry, timeline)).slice(0, shownEntries);
  const more = timeline.length > shownEntries ? [`             older entries: --json, or ${path}`] : [];
  return [...entries.flatMap(renderEntry), ...more];
}

function renderProblem({ message, advice, code, recordIds }: PlanProblem): string {
  return `problem    ${message}${renderRecordIds(recordIds)} ${advice} [${code}]`;
}

const unread: Readonly<Record<Unread['what'], string>> = {
  person: 'the person in Salesforce: its values are missing above',
  counterpart: 'the Account or Opportunity: its values are missing above',
  associations: 'who belongs to the record in HubSpot',
  hubspot_history: 'who changed what in HubSpot',
  salesforce_history: 'who changed what in Salesforce',
};

/** Fields that are empty on both sides are left to `--json`. */
function renderField({ rule, frozen, held, hubspot, salesforce }: PairField): readonly string[] {
  if (hubspot.value === null && salesforce.value === null && !frozen) return [];
  const mark = frozen ? 'frozen' : held === null ? rule : 'held';
  return [`field      ${mark.padEnd(10)} ${renderSide(hubspot)} | ${renderSide(salesforce)}`];
}

function renderSide({ name, value, changedAtMs, changedBy, changeOf }: PairField['hubspot']): string {
  if (name === null) return 'no such field';
  const by = changedBy === null ? '' : renderWriter(changedBy);
  const when = changedAtMs === null ? '' : readableTime(changedAtMs);
  const last = (changeOf === 'record' ? [by, when] : [when, by]).filter((part) => part !== '').join(', ');
  const whose = changeOf === 'record' ? 'whole record last changed by ' : '';
  return `${name}: ${JSON.stringify(value)}${last === '' ? '' : ` (${whose}${last})`}`;
}

/** Of an app HubSpot tells the number alone. */
function renderWriter(by: string): string {
  return by.replace(/^INTEGRATION (\d+)$/, 'an integration ($1)');
}

type Change = { field: string; before: unknown; after: unknown; rule: string; conflict?: string | null | undefined };

function renderChange({ field, before, after, rule, conflict = null }: Change): string {
  const lost = conflict === null ? '' : `; both sides had changed it, and ${conflict} won`;
  return `${field}: ${JSON.stringify(before)} -> ${JSON.stringify(after)} (rule ${rule}${lost})`;
}

/** A look that failed tells the same as its failure. */
function isToldAlready({ kind, text, code, atMs }: TimelineEntry, timeline: readonly TimelineEntry[]): boolean {
  if (kind !== 'decision') return false;
  return timeline.some(
    (other) =>
      other.kind === 'failure' && Math.abs(other.atMs - atMs) < 1_000 && (other.text === text || other.code === code),
  );
}

function renderEntry({ atMs, text, code, system, changes }: TimelineEntry): readonly string[] {
  const fields = changes.map((change) => `             ${renderChange(change)}`);
  return [`history    ${readableTime(atMs)} ${system === null ? '' : `${system} `}${text} [${code}]`, ...fields];
}

/** A problem that a look at this moment finds as well has told the rest. */
function renderFailure(failure: NonNullable<History['failure']>, problem: PlanProblem | null): string {
  const { message, advice, code, recordIds, attempts, firstAtMs } = failure;
  const text =
    problem?.code === code && problem.message === message
      ? 'the problem above'
      : `${message}${renderRecordIds(recordIds)} ${advice}`;
  return `failure    ${text} [${code}], ${count(attempts, 'time')} since ${readableTime(firstAtMs)}`;
}

function renderReason({ code, text, field }: Reason): string {
  const named = field === undefined || text.startsWith(`${field}:`) ? text : `${field}: ${text}`;
  return `  reason   ${named} [${code}]`;
}

function renderPending({ source, attempts, dueInMs, dueAtMs, waitCode }: NonNullable<History['pending']>): string {
  const when =
    dueInMs === null || dueAtMs === null
      ? 'waits for a run that is paused'
      : dueInMs <= 0
        ? 'due now'
        : `waits until ${readableTime(dueAtMs)}`;
  const why = waitCode === null ? '' : ` [${waitCode}]`;
  return `pending    ${when}, from ${source}, ${count(attempts, 'failed attempt')}${why}`;
}

function renderDecision({ atMs, text, code, observedOnly }: NonNullable<History['decision']>): string {
  return `last look  ${readableTime(atMs)}${observedOnly ? ' (observed only)' : ''}: ${text} [${code}]`;
}
