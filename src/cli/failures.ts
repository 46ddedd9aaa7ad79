import type { Command } from 'commander';
import { viewFailureGroups, viewFailures } from '../http/views.ts';
import type { ActionLedger } from '../ports/ledger-access.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { FailureGroup, FailureRow } from '../ports/ledger-history.ts';
import { type FailureQuery, findFailure, listFailures } from '../usecases/list-failures.ts';
import type { Audited, CliAction } from './audited.ts';
import type { Outcome, Run } from './command.ts';
import type { CliDependencies } from './dependencies.ts';
import { addPaging, moreLines } from './paging.ts';
import { count, readableTime, renderRecordIds } from './table.ts';

type Options = { retry?: boolean; record?: string; all?: boolean; json?: boolean } & FailureQuery;

type Ledger = Pick<AdminLedger, 'failures' | 'failureGroups' | 'retryFailures'> & ActionLedger;

/** `handoff failures`: what could not be synced, by cause; with a code or `--all` record by record; `--retry` looks again. */
export function registerFailures(
  program: Command,
  { withLedger, audited }: Pick<CliDependencies, 'withLedger' | 'audited'>,
  run: Run,
): void {
  addPaging(program.command('failures'))
    .description('records that could not be synced, by cause, and what to do')
    .option('--code <code>', 'the records of this cause, one by one')
    .option('--all', 'all records, one by one, the newest first')
    .option('--retry', 'look again at all of them, at those with --code, or at the one of --record')
    .option('--record <id>', 'only this record: its id, or system/object/id')
    .option('--json', 'print one JSON document')
    .action(async (options: Options) => {
      await run(() => withLedger((ledger) => answer(ledger, options, audited)), options);
    });
}

async function answer(ledger: Ledger, options: Options, audited: Audited): Promise<Outcome> {
  if (options.retry) return await retry(ledger, options, audited);
  if (options.record !== undefined) return showOne(await findFailure(ledger, options.record));
  const isGrouped = options.code === undefined && options.all !== true && options.cursor === undefined;
  return isGrouped ? await group(ledger, options) : await list(ledger, options);
}

async function retry(ledger: Ledger, { code, record }: Options, audited: Audited): Promise<Outcome> {
  const one = record === undefined ? undefined : await findFailure(ledger, record);
  const { system, object, recordId } = one ?? {};
  const named = Object.entries({ code, system, object, recordId }).filter(([, value]) => value !== undefined);
  const action: CliAction = { code: 'failures_retry', details: Object.fromEntries(named) };
  const work = async () => await ledger.retryFailures(code, one);
  const marked = await audited(ledger, action, work, (count) => ({ details: { marked: count } }));
  const lines = marked === 0 ? [noFailures(code)] : [`${count(marked, 'failed record')} will be looked at again.`];
  return { json: { marked }, lines };
}

function showOne(failure: FailureRow): Outcome {
  return { json: viewFailures({ items: [failure], nextCursor: null }), lines: renderFailure(failure) };
}

async function list(ledger: Ledger, query: FailureQuery): Promise<Outcome> {
  const page = await listFailures(ledger, query);
  const { items, nextCursor } = page;
  const lines = items.length === 0 ? [noFailures(query.code)] : items.flatMap(renderFailure);
  return { json: viewFailures(page), lines: [...lines, ...moreLines(nextCursor, query.limit)] };
}

async function group(ledger: Ledger, { json, limit }: Options): Promise<Outcome> {
  const groups = await ledger.failureGroups();
  // People read the causes; a machine has always been given the records.
  const page = json ? viewFailures(await listFailures(ledger, { limit })) : {};
  const total = groups.reduce((sum, each) => sum + each.count, 0);
  const lines = [
    ...groups.flatMap(renderGroup),
    total === 0 ? noFailures(undefined) : `${count(total, 'failure')} of ${count(groups.length, 'cause')}.`,
  ];
  return { json: { groups: viewFailureGroups(groups), ...page }, lines };
}

function noFailures(code: string | undefined): string {
  return code === undefined ? 'No failures.' : `No failures with the code ${code}.`;
}

function renderGroup(group: FailureGroup): readonly string[] {
  const { code, kind, message, advice, fields, samples } = group;
  const named = samples.map(({ system, object, recordId }) => `${system}/${object}/${recordId}`).join(', ');
  return [
    `${count(group.count, 'record')}  [${code}]  ${kind}, ${group.objects.join(', ')}${renderTrend(group)}`,
    `  ${message}${fields.length === 0 ? '' : ` Fields: ${fields.join(', ')}.`}`,
    `  What to do: ${advice}`,
    `  first ${readableTime(group.firstAtMs)}, last ${readableTime(group.lastAtMs)}; such as ${named}`,
    `  handoff failures --code ${code}; when it is mended: handoff failures --retry --code ${code}`,
    '',
  ];
}

/** How many began of late. Those that synced since are not counted. */
function renderTrend({ newInDay, newInDayBefore }: FailureGroup): string {
  if (newInDay === 0) return '';
  return `; ${newInDay.toLocaleString('en-US')} new in 24 hours (${newInDayBefore.toLocaleString('en-US')} the day before)`;
}

function renderFailure(failure: FailureRow): readonly string[] {
  const fields = failure.fields.length === 0 ? '' : ` Fields: ${failure.fields.join(', ')}.`;
  return [
    `${failure.system} ${failure.object} ${failure.recordId}  [${failure.code}]`,
    `  ${failure.message}${fields}${renderRecordIds(failure.recordIds)}`,
    `  What to do: ${failure.advice}`,
    `  ${count(failure.attempts, 'time')}, since ${readableTime(failure.firstAtMs)}, last ${readableTime(failure.lastAtMs)}`,
    '',
  ];
}
