import { pairedSinceMs } from '../usecases/explain/record-sentences.ts';
import type { RecordExplanation } from '../usecases/explain-record.ts';
import { renderFields, renderHeld, renderLedger, renderTimeline } from './explain-lines.ts';
import { readableTime } from './table.ts';

/** Where a company or deal stands, for a person. */
export function renderRecord({ history, timeline, ...now }: RecordExplanation): readonly string[] {
  const { kind, recordId, counterpart, contacts, contactCount } = now;
  const path = `/api/v1/${kind === 'deal' ? 'deals' : 'companies'}/{id}/timeline`;
  return [
    now.sentence,
    ...renderHeld(now),
    `standing   ${history.failure?.code === 'field_frozen' ? frozen : standings[now.standing]}`,
    `${kind.padEnd(10)} ${recordId}`,
    `${kind === 'deal' ? 'opportunity' : 'account   '} ${counterpart?.id ?? 'none'}`,
    ...renderStages(now),
    ...now.waitsFor.map(({ object, recordId: id, text }) => `waits for  ${object} ${id}: ${text}`),
    ...(now.company === null ? [] : renderCompany(now.company)),
    ...contacts.map(renderContact),
    ...(contactCount > contacts.length ? [`contacts   ${contactCount - contacts.length} more`] : []),
    ...renderFields(now),
    ...renderPaired(history),
    ...renderLedger(history, now.problem),
    ...renderTimeline(timeline, path),
  ];
}

/** The words of docs/runbook.md, §1. */
const standings: Readonly<Record<RecordExplanation['standing'], string>> = {
  failed:
    'failed: what you correct in the record is looked at at once; after a change elsewhere: handoff failures --retry',
  pending: 'pending: it will be looked at',
  unknown_to_the_ledger: 'unknown to the ledger: no event and no sweep has named it since the first start',
  observed_only: 'observed only: the last look would have written; set SYNC_MODE=live',
  ended: 'ended: one of both sides is gone; nothing is created again without a decision',
  paired: 'paired',
  not_paired: 'not paired',
};

const frozen = 'failed: stop the other writer, then handoff thaw';

function renderPaired(history: RecordExplanation['history']): readonly string[] {
  const sinceMs = pairedSinceMs(history);
  if (sinceMs !== null) return [`paired     since ${readableTime(sinceMs)}`];
  return history.person === null ? ['paired     not yet'] : [];
}

function renderStages({ stages }: Pick<RecordExplanation, 'stages'>): readonly string[] {
  if (stages === null) return [];
  const { hubspot, salesforce, state } = stages;
  const parts = [labelled(hubspot.pipelineLabel, hubspot.pipeline), labelled(hubspot.stageLabel, hubspot.stage)];
  const there = parts.filter((part) => part !== null).join(' / ') || 'none';
  const back =
    salesforce === null
      ? ''
      : ` | Salesforce ${[salesforce.pipeline, salesforce.stage].filter((part) => part !== null).join(' / ') || 'none'}`;
  return [`stage      HubSpot ${there}${back}${state === null ? '' : ` (${state})`}`];
}

function labelled(label: string | null, id: string | null): string | null {
  return label === null || label === id ? id : `${label} (${id})`;
}

function renderCompany(company: NonNullable<RecordExplanation['company']>): readonly string[] {
  const { companyId, account, failure, opportunityAccountId, companyOfOpportunity } = company;
  if (companyId === null && opportunityAccountId === null) return ['company    none'];
  const there = account === null ? 'no Account yet' : `Account ${account.id}`;
  const why = failure === null ? '' : ` [${failure}]`;
  const back = companyOfOpportunity === null ? 'no company' : `company ${companyOfOpportunity}`;
  return [
    `company    ${companyId === null ? 'none' : `${companyId}: ${there}${why}`}`,
    ...(opportunityAccountId === null ? [] : [`  in Salesforce Account ${opportunityAccountId}: ${back}`]),
  ];
}

function renderContact({ contactId, labels, role, isPrimary, failure, text }: RecordExplanation['contacts'][number]) {
  const named = labels.length === 0 ? '' : ` (${labels.join(', ')})`;
  const as = role === null ? '' : ` Role: ${role === '*' ? 'without a name' : role}${isPrimary ? ', primary' : ''}.`;
  return `contact    ${contactId}${named}: ${text}${as}${failure === null ? '' : ` [${failure}]`}`;
}
