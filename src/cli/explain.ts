import type { Command } from 'commander';
import { viewExplanation } from '../http/views.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count, readableTime } from './table.ts';

/** `handoff explain`: where a contact stands and which rule decided. */
export function registerExplain(program: Command, { withExplain }: CliDependencies, run: Run): void {
  program
    .command('explain')
    .description('where a contact stands, which rule decided, what the gate still lacks')
    .argument('<contact>', 'the HubSpot id or an email address of the contact, or the id of its Lead or Contact')
    .option('--json', 'print one JSON document')
    .action(async (contact: string, options: { json?: boolean }) => {
      await run(
        () =>
          withExplain(async (explain) => {
            const explanation = await explain(contact);
            return { json: viewExplanation(explanation), lines: renderExplanation(explanation) };
          }),
        options,
      );
    });
}

function renderExplanation({ history, timeline, ...now }: Explanation): readonly string[] {
  const { decision, failure, pending } = history;
  const entries = timeline.filter((entry) => !isToldAlready(entry, timeline)).slice(0, shownEntries);
  return [
    `contact ${now.contactId}: ${now.sentence}`,
    `mode       ${now.mode === 'observe' ? 'observe: nothing is written to either CRM' : 'live'}`,
    ...(now.pause === null
      ? []
      : [`paused     by ${now.pause.by ?? 'somebody'}: ${now.pause.reason ?? 'no reason given'}`]),
    ...now.waits.map(({ system, untilMs, code }) => `waits      ${system} until ${readableTime(untilMs)} (${code})`),
    `standing   ${renderStanding({ ...now, failure })}`,
    `stage      ${now.stage ?? 'none'}`,
    `gate       ${now.gate.passes ? 'open' : 'closed'}: ${now.gate.text}`,
    ...now.gate.lacking.map((line) => `  lacks    ${line}`),
    `person     ${now.person === null ? 'none' : `${now.person.object} ${now.person.id}`}`,
    ...renderStages(now.stages),
    ...now.fields.flatMap(renderField),
    ...now.unread.map(({ what, code }) => `unread     ${unread[what]} [${code}]`),
    ...now.changes.map((change) => `to write   salesforce ${renderChange(change)}`),
    ...now.contactChanges.map((change) => `to write   hubspot ${renderChange(change)}`),
    ...now.reasons.map(renderReason),
    ...(now.problem === null ? [] : [`problem    ${now.problem.message} ${now.problem.advice} [${now.problem.code}]`]),
    `handed over ${history.handedOverAtMs === null ? 'not yet' : readableTime(history.handedOverAtMs)}`,
    ...(pending === null ? [] : [renderPending(pending)]),
    ...(decision === null ? [] : [renderDecision(decision)]),
    ...(failure === null ? [] : [renderFailure(failure, now.problem)]),
    ...(now.erasure === null ? [] : [renderErasure(now.erasure)]),
    ...entries.flatMap(renderEntry),
    ...(timeline.length > shownEntries
      ? ['             older entries: --json, or /api/v1/contacts/{id}/timeline']
      : []),
  ];
}

/** The history goes on in `--json`. */
const shownEntries = 25;

function renderStages({ hubspot, salesforce, cause, recycles }: Explanation['stages']): readonly string[] {
  if (hubspot === null && salesforce === null) return [];
  const why = cause === null ? '' : ` (${cause})`;
  const returned = recycles === 0 ? '' : `; returned by sales ${count(recycles, 'time')}`;
  return [`stages     HubSpot ${hubspot ?? 'none'}, Salesforce ${salesforce ?? 'says nothing'}${why}${returned}`];
}

const unread: Readonly<Record<Explanation['unread'][number]['what'], string>> = {
  person: 'the person in Salesforce: its values are missing above',
  hubspot_history: 'who changed what in HubSpot',
  salesforce_history: 'who changed what in Salesforce',
};

type Field = Explanation['fields'][number];

/** Fields that are empty on both sides are left to `--json`. */
function renderField({ rule, frozen, hubspot, salesforce }: Field): readonly string[] {
  if (hubspot.value === null && salesforce.value === null && !frozen) return [];
  const mark = frozen ? 'frozen' : rule;
  return [`field      ${mark.padEnd(10)} ${renderSide(hubspot)} | ${renderSide(salesforce)}`];
}

function renderSide({ name, value, changedAtMs, changedBy, changeOf }: Field['hubspot']): string {
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

type Entry = Explanation['timeline'][number];

/** A look that failed tells the same as its failure. */
function isToldAlready({ kind, text, code, atMs }: Entry, timeline: readonly Entry[]): boolean {
  if (kind !== 'decision') return false;
  return timeline.some(
    (other) =>
      other.kind === 'failure' && Math.abs(other.atMs - atMs) < 1_000 && (other.text === text || other.code === code),
  );
}

function renderEntry({ atMs, text, code, system, changes }: Explanation['timeline'][number]): readonly string[] {
  const fields = changes.map((change) => `             ${renderChange(change)}`);
  return [`history    ${readableTime(atMs)} ${system === null ? '' : `${system} `}${text} [${code}]`, ...fields];
}

/** The words of docs/runbook.md, §1. */
const standings: Readonly<Record<Explanation['standing'], string>> = {
  failed: 'failed: correct what the failure names, then handoff failures --retry',
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
}: Pick<Explanation, 'standing' | 'gate'> & Pick<History, 'failure'>): string {
  if (standing === 'not_handed_over' && !gate.passes) return belowGate;
  if (failure?.code === 'field_frozen') return 'failed: stop the other writer, then handoff thaw';
  if (failure !== null && endByThemselves.has(failure.code)) {
    return 'failed: do what the failure names; it then clears by itself';
  }
  return standings[standing];
}

/** A problem that a look at this moment finds as well has told the rest. */
function renderFailure(failure: NonNullable<History['failure']>, problem: Explanation['problem']): string {
  const { message, advice, code, attempts, firstAtMs } = failure;
  const text = problem?.code === code && problem.message === message ? 'the problem above' : `${message} ${advice}`;
  return `failure    ${text} [${code}], ${count(attempts, 'time')} since ${readableTime(firstAtMs)}`;
}

function renderReason({ code, text, field }: Explanation['reasons'][number]): string {
  const named = field === undefined || text.startsWith(`${field}:`) ? text : `${field}: ${text}`;
  return `  reason   ${named} [${code}]`;
}

function renderErasure({ atMs, personIds, erased }: NonNullable<Explanation['erasure']>): string {
  const values = Object.entries(erased).map(([where, number]) => `${where} ${number}`);
  return `erased     ${readableTime(atMs)}; persons ${personIds.join(', ') || 'none'}; ${values.join(', ')}`;
}

const belowGate = 'below gate: the lines under "lacks" say what is missing';

type History = Explanation['history'];

function renderPending({ source, attempts, dueInMs, dueAtMs, waitCode }: NonNullable<History['pending']>): string {
  const when = dueInMs <= 0 ? 'due now' : `waits until ${readableTime(dueAtMs)}`;
  const why = waitCode === null ? '' : ` [${waitCode}]`;
  return `pending    ${when}, from ${source}, ${count(attempts, 'failed attempt')}${why}`;
}

function renderDecision({ atMs, text, code, observedOnly }: NonNullable<History['decision']>): string {
  return `last look  ${readableTime(atMs)}${observedOnly ? ' (observed only)' : ''}: ${text} [${code}]`;
}
