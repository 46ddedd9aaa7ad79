import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { currencyField } from '../../domain/records/money-fields.ts';
import { SyncError } from '../../errors.ts';
import type { Log } from '../../ports/log.ts';
import type { ChangeQuestion } from '../../ports/salesforce.ts';
import { toVendorFault } from '../vendor-fault.ts';
import type { PollContext, PollDependencies } from './dependencies.ts';
import { readPositions, type SourceRound, startOver } from './positions.ts';
import { createSeenRows } from './seen-rows.ts';
import { areHidden, type ChangeSource, sourcesOf } from './sources.ts';
import { begin, type StoredPage, storePage } from './store-page.ts';
import { liesAhead } from './windows.ts';

/** As what marked records are worked off. */
type MarkedKind = 'contacts' | 'companies' | 'deals' | 'persons' | 'counterparts';

export type PollResult = {
  /** Calls of `readChanges`. */
  calls: number;
  /** Rows read. */
  read: number;
  /** Marked by kind: contacts, companies, deals, and persons, Accounts and Opportunities that no pair knows. */
  marked: Readonly<Record<MarkedKind, number>>;
  /** Sources that could not be read, and why; their watermarks stand. */
  failing: ReadonlyMap<string, SyncError>;
};

export type Poller = (signal?: AbortSignal) => Promise<PollResult>;

/**
 * Builds the poller. Each round asks for the changes of all sources in one call, more only where a source has further pages, and marks what
 * differs from what the ledger knows. A source's watermark moves with the marks of its last page, in one transaction; a crash before that
 * repeats the round.
 *
 * The round throws SyncError when Salesforce could not be asked at all, or the ledger; then the watermarks stand.
 */
export function createPoller(
  dependencies: PollDependencies,
  sources: readonly ChangeSource[] = sourcesOf(dependencies.mapping),
): Poller {
  const seen = createSeenRows();
  let ofDeals: readonly string[] | null = null;
  return async (signal) => {
    const context: PollContext = { ...dependencies, seen, spend: { priority: 2, prepaid: 0 } };
    const result = { calls: 0, read: 0, marked: noMarks(), failing: new Map<string, SyncError>() };
    let rounds = await readPositions(context, sources);
    const isWide = rounds.some(({ window }) => window.isWide);
    if (isWide) seen.age();
    if (ofDeals === null || isWide) ofDeals = await opportunityFields(context);
    const fields = ofDeals;
    while (rounds.length > 0 && signal?.aborted !== true) {
      const { pages, serverMs } = await context.salesforce.readChanges(
        rounds.map((round) => toQuestion(context.mapping, round, fields)),
        context.spend,
      );
      result.calls += 1;
      const next: SourceRound[] = [];
      for (const round of rounds) {
        const page = pages.find(({ source }) => source === round.source.name);
        if (page === undefined || page.error !== null) {
          result.failing.set(round.source.name, page?.error ?? unanswered);
          if (round.window.isFirst) await begin(context, { ...round, readUntilMs: serverMs });
        } else if (isAhead(round, serverMs)) {
          next.push(await startOver(context, round, serverMs));
        } else {
          const readUntilMs = round.readUntilMs ?? serverMs;
          const stored = await storePage(context, { ...round, readUntilMs }, page);
          count(result, stored);
          if (page.next !== null && !round.window.isFirst) next.push({ ...round, after: page.next, readUntilMs });
        }
      }
      rounds = next;
    }
    report(context.log, result);
    return result;
  };
}

const unanswered = new SyncError('retryable', 'salesforce_no_answer', 'Salesforce did not answer for this object.');

function toQuestion(
  mapping: CompiledMapping,
  { source, window, after }: SourceRound,
  ofDeals: readonly string[],
): ChangeQuestion {
  const { name, kind, object, stamp } = source;
  const fields = object === 'Opportunity' ? ofDeals : fieldsOf(mapping, object);
  // Deletions come whole with the first page.
  const deletedSinceMs = after === null ? window.deletedSinceMs : null;
  return { source: name, kind, object, stamp, fields, after, fromMs: window.fromMs, deletedSinceMs };
}

function fieldsOf({ contact, company }: CompiledMapping, object: string): readonly string[] {
  if (object === 'Lead' || object === 'Contact') return contact.salesforceFields[object];
  return object === 'Account' ? company.salesforceFields : [];
}

/** The currency too, where the org has several: its description is asked for once and kept. One that is hidden is told by the page itself. */
async function opportunityFields({ mapping: { deal }, salesforce, spend }: PollContext): Promise<readonly string[]> {
  if (!deal.isOn) return [];
  const described = await salesforce.describe('Opportunity', spend).catch(toVendorFault);
  const hasCurrencies = !(described instanceof SyncError) && described.some(({ name }) => name === currencyField);
  return hasCurrencies ? [...deal.salesforceFields, currencyField] : deal.salesforceFields;
}

/** Once per round: where the ledger would not put the marks back, another process is at it. */
function isAhead({ positions, startedOver }: SourceRound, serverMs: number): boolean {
  return !startedOver && Object.values(positions).some((mark) => liesAhead(mark, serverMs));
}

function noMarks(): Record<MarkedKind, number> {
  return { contacts: 0, companies: 0, deals: 0, persons: 0, counterparts: 0 };
}

const kindOfMark: Readonly<Record<string, MarkedKind>> = {
  contact: 'contacts',
  company: 'companies',
  deal: 'deals',
  Lead: 'persons',
  Contact: 'persons',
  Account: 'counterparts',
  Opportunity: 'counterparts',
};

function count(result: { read: number; marked: Record<MarkedKind, number> }, stored: StoredPage): void {
  result.read += stored.read;
  for (const { object } of stored.marks) {
    const kind = kindOfMark[object];
    if (kind !== undefined) result.marked[kind] += 1;
  }
}

function report(log: Log, { failing, calls, read, marked: kinds }: PollResult): void {
  for (const [source, error] of failing) {
    // Some orgs mean it so: the adapter says it once, readiness as long as it lasts.
    if (areHidden(source, error)) continue;
    log.warn(
      { source, errorCode: error.code },
      'changes of this object cannot be read in Salesforce, its watermark stands',
    );
  }
  const marked = Object.values(kinds).reduce((sum, each) => sum + each, 0);
  if (marked > 0) log.info({ calls, read, marked }, 'changes in Salesforce marked');
}
