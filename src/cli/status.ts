import type { Command } from 'commander';
import { viewStatus } from '../http/status-view.ts';
import type { LedgerStatus } from '../ports/ledger-admin.ts';
import type { SchemaLedger } from '../ports/ledger-schemas.ts';
import type { Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { count, readableTime, renderTable } from './table.ts';

/** `handoff status`: health and amounts of work, as the ledger knows them. */
export function registerStatus(program: Command, { withLedger, mode }: CliDependencies, run: Run): void {
  program
    .command('status')
    .description('what is due, what failed, what runs')
    .option('--json', 'print one JSON document')
    .action(async (options: { json?: boolean }) => {
      await run(
        () =>
          withLedger(async (ledger) => {
            const [status, check] = [await ledger.status(), await ledger.lastCheck()];
            const lines = [...renderStatus(status, mode(), Date.now()), ...renderCheck(check)];
            return { json: viewStatus(status, mode(), check), lines };
          }),
        options,
      );
    });
}

function renderStatus(status: LedgerStatus, mode: 'observe' | 'live', now: number): readonly string[] {
  const { pending, mode: pause } = status;
  const oldest = pending.oldestDueMs === null ? '' : `; the oldest since ${readableTime(pending.oldestDueMs)}`;
  const paused = `paused by ${pause.pausedBy ?? 'somebody'}: ${pause.pausedReason ?? 'no reason given'}`;
  const written = mode === 'observe' ? 'observe: nothing is written to either CRM' : 'live';
  return [
    `mode       ${pause.paused ? paused : written}`,
    ...status.waits.map(({ system, untilMs, code }) => `waits      ${system} until ${readableTime(untilMs)} (${code})`),
    `pending    ${pending.due} due, ${pending.waiting} postponed, ${pending.leased} in work${oldest}`,
    ...renderWaiting(status.waitingForParents),
    `pairs      ${renderPairs(status.pairsByObject)}`,
    `today      ${count(status.handoffsToday, 'handoff')}, ${count(status.changesToday, 'changed field')} since midnight UTC`,
    `failures   ${status.failures}${status.failures === 0 ? '' : ' (see handoff failures)'}`,
    ...(status.stageDisagreements === 0
      ? []
      : [`stages     ${count(status.stageDisagreements, 'pair')} on which both sides disagree (see handoff stages)`]),
    ...(status.frozenFields === 0 ? [] : [`frozen     ${count(status.frozenFields, 'field')} (see handoff thaw)`]),
    `mapping    ${status.mappingVersion === null ? 'none active yet' : `version ${status.mappingVersion}`}`,
    ...renderCatchUp(status),
    ...renderComparison(status),
    ...renderOverdue(status),
    ...status.watermarks.filter(isShown).map((mark) => renderWatermark(mark, now)),
    ...Object.entries(status.calls).map(
      ([bucket, calls]) => `calls      ${calls.toLocaleString('en-US')} in 24 hours (${bucket})`,
    ),
    ...renderRuns(status.runs),
  ];
}

/** Nothing where nobody has checked yet. */
function renderCheck(check: Awaited<ReturnType<SchemaLedger['lastCheck']>>): readonly string[] {
  if (check === null) return [];
  const { errors, warnings, checkedAtMs, changes } = check;
  const found = errors + warnings === 0 ? 'fits both CRMs' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  return [
    '',
    `check      ${found} on ${readableTime(checkedAtMs)}${errors + warnings === 0 ? '' : ' (see handoff check)'}`,
    ...changes.map(({ code, what, atMs }) => `changed    ${readableTime(atMs).slice(0, 10)}: ${what} [${code}]`),
  ];
}

function renderCatchUp({ catchingUp }: LedgerStatus): readonly string[] {
  if (catchingUp === null) return [];
  const what = catchingUp.sources.map(describeSource).join(', ');
  return [`catching up since ${readableTime(catchingUp.sinceMs)}: ${what}`];
}

function renderComparison({ lastComparison }: LedgerStatus): readonly string[] {
  if (lastComparison === null) return [];
  const { runId, endedAtMs, drift } = lastComparison;
  const found = Object.entries(drift).map(([code, number]) => `${number} ${code}`);
  const what = found.length === 0 ? 'no drift' : found.join(', ');
  return [`compared   ${readableTime(endedAtMs)}: ${what} (handoff runs --id ${runId})`];
}

function renderOverdue({ comparisonOverdue }: LedgerStatus): readonly string[] {
  if (comparisonOverdue === null) return [];
  const { sinceMs, runId } = comparisonOverdue;
  const inTheWay = runId === null ? '' : `: run ${runId} stands in the way (handoff runs --id ${runId})`;
  return [`compared   not since ${readableTime(sinceMs)}${inTheWay}`];
}

/** Nothing of these is due: the record that each waits for brings it back when it is linked. */
function renderWaiting(records: number): readonly string[] {
  if (records === 0) return [];
  return [`waiting    ${count(records, 'record')} for another one to be linked (see handoff explain of each)`];
}

function renderPairs({ contact, company, deal }: LedgerStatus['pairsByObject']): string {
  return [count(contact, 'contact'), count(company, 'company', 'companies'), count(deal, 'deal')].join(', ');
}

/** The second look of each source lags behind on purpose; `--json` has it. */
function isShown({ source }: LedgerStatus['watermarks'][number]): boolean {
  return !source.endsWith('.wide');
}

function renderWatermark({ source, atMs }: LedgerStatus['watermarks'][number], now: number): string {
  const seconds = Math.max(0, Math.round((now - atMs) / 1_000));
  const age = seconds < 120 ? count(seconds, 'second') : count(Math.round(seconds / 60), 'minute');
  return `read up to ${readableTime(atMs)}, ${age} ago: ${describeSource(source)}`;
}

/** What is read behind a watermark, in words; a name that nobody described stays as it is. */
function describeSource(source: string): string {
  const [, swept] = /^hubspot\.(contacts|companies|deals)\.modified$/.exec(source) ?? [];
  if (swept !== undefined) return `${swept} in HubSpot (sweep)`;
  const [, name, kind] = /^salesforce\.(.+)\.(fast|deleted)$/.exec(source) ?? [];
  if (name === undefined) return source;
  const what = sources.get(name) ?? name;
  return kind === 'deleted' ? `deleted ${what} in Salesforce` : `${what} in Salesforce`;
}

const sources: ReadonlyMap<string, string> = new Map([
  ['Lead', 'Leads'],
  ['Contact', 'Contacts'],
  ['Account', 'Accounts'],
  ['OpportunityContactRole', 'contact roles'],
  ['Opportunity', 'opportunities with their contact roles'],
]);

function renderRuns(runs: LedgerStatus['runs']): readonly string[] {
  if (runs.length === 0) return [];
  const header = ['run', 'kind', 'of', 'state', 'since', 'created', 'changed', 'why it stopped'];
  const rows = runs.map((run) => [
    run.id,
    `${run.kind}${run.isDryRun ? ' (dry run)' : ''}`,
    run.object ?? '',
    run.state,
    readableTime(run.startedAtMs),
    run.isDryRun ? '' : `${run.creates} of ${run.createsLimit}`,
    run.isDryRun ? '' : `${run.changes} of ${run.changesLimit}`,
    run.stoppedReason ?? '',
  ]);
  return ['', ...renderTable(header, rows)];
}
