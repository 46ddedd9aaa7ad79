import type { Command } from 'commander';
import { viewExplanation, viewRecordExplanation } from '../http/views.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { Run } from './command.ts';
import type { CliDependencies, Explainers } from './dependencies.ts';
import { renderFields, renderHeld, renderLedger, renderTimeline } from './explain-lines.ts';
import { renderRecord } from './explain-record.ts';
import { addNaming, type NamedRecord, type NamingOptions, namedRecord } from './named-record.ts';
import { count, readableTime } from './table.ts';

/** `handoff explain`: where a contact, a company or a deal stands, and which rule decided. */
export function registerExplain(program: Command, { withExplain }: CliDependencies, run: Run): void {
  addNaming(program.command('explain'))
    .description('where a contact, company or deal stands, which rule decided, what is still lacking')
    .option('--json', 'print one JSON document')
    .action(async (named: string | undefined, options: NamingOptions & { json?: boolean }, command: Command) => {
      const record = namedRecord(command, named, options);
      await run(() => withExplain(async (explainers) => await explained(explainers, record)), options);
    });
}

async function explained({ explain, explainRecord }: Explainers, { object, named }: NamedRecord) {
  if (object === 'contact') {
    const explanation = await explain(named);
    return { json: viewExplanation(explanation), lines: renderExplanation(explanation) };
  }
  const explanation = await explainRecord(object, named);
  return { json: viewRecordExplanation(explanation), lines: renderRecord(explanation) };
}

function renderExplanation({ history, timeline, ...now }: Explanation): readonly string[] {
  const { failure } = history;
  return [
    `contact ${now.contactId}: ${now.sentence}`,
    ...renderHeld(now),
    `standing   ${renderStanding({ ...now, failure })}`,
    `stage      ${now.stage ?? 'none'}`,
    `gate       ${now.gate.passes ? 'open' : 'closed'}: ${now.gate.text}`,
    ...now.gate.lacking.map((line) => `  lacks    ${line}`),
    `person     ${now.person === null ? 'none' : `${now.person.object} ${now.person.id}`}`,
    ...renderStages(now.stages),
    ...(now.company === null ? [] : [`company    ${now.company.text}`]),
    ...now.deals.map(({ dealId, waits, text }) => `deal       ${dealId}${waits ? ' waits' : ''}: ${text}`),
    ...renderFields({ ...now, hubspotChanges: now.contactChanges }),
    `handed over ${history.handedOverAtMs === null ? 'not yet' : readableTime(history.handedOverAtMs)}`,
    ...renderLedger(history, now.problem),
    ...(now.erasure === null ? [] : [renderErasure(now.erasure)]),
    ...renderTimeline(timeline, '/api/v1/contacts/{id}/timeline'),
  ];
}

function renderStages({ hubspot, salesforce, cause, recycles }: Explanation['stages']): readonly string[] {
  if (hubspot === null && salesforce === null) return [];
  const why = cause === null ? '' : ` (${cause})`;
  const returned = recycles === 0 ? '' : `; returned by sales ${count(recycles, 'time')}`;
  return [`stages     HubSpot ${hubspot ?? 'none'}, Salesforce ${salesforce ?? 'says nothing'}${why}${returned}`];
}

/** The words of docs/runbook.md, §1. */
const standings: Readonly<Record<Explanation['standing'], string>> = {
  failed:
    'failed: what you correct in the record is looked at at once; after a change elsewhere: handoff failures --retry',
  pending: 'pending: it will be looked at',
  unknown_to_the_ledger: 'unknown to the ledger: no event and no sweep has named it since the first start',
  observed_only: 'observed only: the last look would have written; set SYNC_MODE=live',
  ended: 'ended: its person or the contact itself is gone; nobody is created again without a decision',
  handed_over: 'handed over',
  not_handed_over: 'not handed over',
};

/** Failures that the next look at both sides ends by itself, once they agree: looking again changes nothing before. */
const endByThemselves: ReadonlySet<string> = new Set([
  'stage_moved_back',
  'stage_unknown',
  'status_unknown',
  'person_deleted',
]);

function renderStanding({
  standing,
  gate,
  failure,
}: Pick<Explanation, 'standing' | 'gate'> & Pick<Explanation['history'], 'failure'>): string {
  if (standing === 'not_handed_over' && !gate.passes) return belowGate;
  if (failure?.code === 'field_frozen') return 'failed: stop the other writer, then handoff thaw';
  if (failure !== null && endByThemselves.has(failure.code)) {
    return 'failed: do what the failure names; it then clears by itself';
  }
  return standings[standing];
}

function renderErasure({ atMs, personIds, erased }: NonNullable<Explanation['erasure']>): string {
  const values = Object.entries(erased).map(([where, number]) => `${where} ${number}`);
  return `erased     ${readableTime(atMs)}; persons ${personIds.join(', ') || 'none'}; ${values.join(', ')}`;
}

const belowGate = 'below gate: the lines under "lacks" say what is missing';
