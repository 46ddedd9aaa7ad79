import type { OpportunityFact } from '../../domain/record.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import { keyOfRecord } from '../../ports/ledger-relations.ts';
import type { KnownPerson, Watermark } from '../../ports/ledger-sweep.ts';
import type { ChangePage } from '../../ports/salesforce.ts';
import { dealFacts } from '../drain/contact-ties.ts';
import { compareRecords, compareRoles, dealsOfDeleted } from './compare-records.ts';
import type { PollContext } from './dependencies.ts';
import { answerOfPerson, answerOfRecord, markHeldUp } from './held-up.ts';
import { marksOfDeleted, marksOfPage, personIdsOf, winnersOf } from './marks-of-page.ts';
import type { SourceRound } from './positions.ts';
import { watermarksOf } from './sources.ts';
import { nextMark, isSettling as stampIsFresh } from './windows.ts';

export type StoredPage = { read: number; marks: readonly Mark[] };

/** Marks what a page tells; with the last page the source's watermarks move. */
export async function storePage(
  context: PollContext,
  round: SourceRound & { readUntilMs: number },
  page: ChangePage,
): Promise<StoredPage> {
  if (round.window.isFirst) return await begin(context, round);
  const { ledger, seen } = context;
  if (round.source.kind === 'record') return await storeRecords(context, round, page);
  const known = await ledger.knownPersons([...personIdsOf(page), ...page.deletedIds]);
  // Before anything of this page is looked at: somebody who was given up is not born anew.
  const winners = winnersOf(page, known);
  if (winners.length > 0) await ledger.rememberWinners(winners);
  const typeOf = await typesFor(context, page, known.size);
  const isSettling = (stampMs: number) => stampIsFresh(stampMs, round.readUntilMs);
  const ofRoles = await compareRoles(context, page, isSettling);
  const dealsOf = await dealsOfContacts(context, page, known);
  const given = { mapping: context.mapping, dealsOf, typeOf, seen, isSettling };
  const { marks: ofPersons, rows } = marksOfPage({ ...page, roles: ofRoles.news }, known, given);
  const marks = [...ofPersons, ...ofRoles.marks];
  const deleted =
    round.source.kind === 'role' ? await dealsOfDeleted(context, page) : marksOfDeleted(page.deletedIds, known);
  await storeDeleted(context, round, page, deleted);
  await markHeldUp(context, page.persons.map(answerOfPerson), round.readUntilMs);
  if (page.next === null) await moveOn(context, round, marks);
  else if (marks.length > 0) await ledger.mark(marks);
  seen.add([...rows, ...ofRoles.rows], round.readUntilMs);
  return { read: page.persons.length + page.roles.length, marks: [...marks, ...deleted] };
}

/** Accounts or Opportunities, compared with what the ledger has of them. */
async function storeRecords(
  context: PollContext,
  round: SourceRound & { readUntilMs: number },
  page: ChangePage,
): Promise<StoredPage> {
  const { ledger, seen } = context;
  const compared = await compareRecords(context, page, (stampMs) => stampIsFresh(stampMs, round.readUntilMs));
  await storeDeleted(context, round, page, compared.deleted);
  await markHeldUp(context, page.records.map(answerOfRecord), round.readUntilMs);
  if (page.next === null) await moveOn(context, round, compared.marks);
  else if (compared.marks.length > 0) await ledger.mark(compared.marks);
  seen.add(compared.rows, round.readUntilMs);
  return { read: page.records.length, marks: [...compared.marks, ...compared.deleted] };
}

/**
 * Begins a source's watermarks. Nobody is looked at for what was before the first start: older persons enter by a backfill. What comes after
 * it is not lost, although the source may not be readable yet.
 */
export async function begin(
  { ledger }: Pick<PollContext, 'ledger'>,
  { source, readUntilMs }: SourceRound & { readUntilMs: number },
) {
  const { fast, wide, deleted } = watermarksOf(source);
  for (const name of [wide, deleted, fast]) {
    await ledger.advance(null, nextMark(name, null, readUntilMs), []);
  }
  return { read: 0, marks: [] };
}

async function moveOn(
  context: PollContext,
  { source, positions, window, readUntilMs }: SourceRound & { readUntilMs: number },
  marks: readonly Mark[],
): Promise<void> {
  const { fast, wide } = watermarksOf(source);
  await advance(context, positions.fast, nextMark(fast, positions.fast, readUntilMs), marks);
  if (window.isWide) await advance(context, positions.wide, nextMark(wide, positions.wide, readUntilMs), []);
}

async function storeDeleted(
  context: PollContext,
  { source, positions, window, readUntilMs }: SourceRound & { readUntilMs: number },
  { deletedWindow, deletedIds }: ChangePage,
  marks: readonly Mark[],
): Promise<void> {
  if (deletedWindow === null) {
    // Asked again next time; what is known already need not wait.
    if (deletedIds.length > 0 && marks.length > 0) await context.ledger.mark(marks);
    return;
  }
  const name = watermarksOf(source).deleted;
  const { fromMs, untilMs } = deletedWindow;
  if (window.deletedSinceMs !== null && fromMs > window.deletedSinceMs + clockLeewayMs) {
    const facts = { source: source.name, delayMs: fromMs - window.deletedSinceMs };
    context.log.warn(facts, 'Salesforce no longer knows all deletions since the last look at them');
  }
  await advance(context, positions.deleted, nextMark(name, positions.deleted, Math.min(untilMs, readUntilMs)), marks);
}

const clockLeewayMs = 60_000;

/**
 * Moves a watermark with its marks. Another process that was faster has marked the same rows. Where nobody was and the database refuses all
 * the same (its clock was set back), the rows are marked without it, and read again until its clock has caught up.
 */
async function advance(
  { ledger }: PollContext,
  from: Watermark | null,
  to: Watermark,
  marks: readonly Mark[],
): Promise<void> {
  if ((await ledger.advance(from, to, marks)) || marks.length === 0) return;
  const now = await ledger.watermark(to.source);
  if (now?.atMs === from?.atMs) await ledger.mark(marks);
}

/** What the deals of the known contacts came to: it is part of what is known of their stage. */
async function dealsOfContacts(
  { ledger, mapping }: PollContext,
  { persons }: ChangePage,
  known: ReadonlyMap<string, KnownPerson>,
): Promise<(contactId: string) => readonly OpportunityFact[]> {
  const contactIds = mapping.deal.isOn ? persons.flatMap(({ id }) => known.get(id)?.contactId ?? []) : [];
  const keys = [...new Set(contactIds)].map((recordId) => ({ object: 'contact', recordId }) as const);
  const deals = keys.length === 0 ? null : await ledger.relatedTo(keys, 'deal');
  return (recordId) => dealFacts(deals?.get(keyOfRecord({ object: 'contact', recordId })) ?? []);
}

/** Field types cost calls of their own now and then: an idle round does without. */
async function typesFor({ facts, spend }: PollContext, page: ChangePage, known: number) {
  if (page.persons.length === 0 || known === 0) return () => undefined;
  const { fieldFacts } = await facts(spend);
  return (object: Parameters<typeof fieldFacts>[0], field: string) => fieldFacts(object, field)?.type;
}
