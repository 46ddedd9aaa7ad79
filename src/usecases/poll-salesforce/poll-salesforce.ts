import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { SyncError } from '../../errors.ts';
import type { Log } from '../../ports/log.ts';
import type { ChangeQuestion } from '../../ports/salesforce.ts';
import type { PollContext, PollDependencies } from './dependencies.ts';
import { readPositions, type SourceRound, startOver } from './positions.ts';
import { createSeenRows } from './seen-rows.ts';
import { areHidden, type ChangeSource, changeSources } from './sources.ts';
import { begin, type StoredPage, storePage } from './store-page.ts';
import { liesAhead } from './windows.ts';

export type PollResult = {
  /** Calls of `readChanges`. */
  calls: number;
  /** Rows read. */
  read: number;
  /** Contacts marked, and persons that no pair knows. */
  contacts: number;
  persons: number;
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
export function createPoller(dependencies: PollDependencies, sources: readonly ChangeSource[] = changeSources): Poller {
  const seen = createSeenRows();
  return async (signal) => {
    const context: PollContext = { ...dependencies, seen, spend: { priority: 2, prepaid: 0 } };
    const result = { calls: 0, read: 0, contacts: 0, persons: 0, failing: new Map<string, SyncError>() };
    let rounds = await readPositions(context, sources);
    if (rounds.some(({ window }) => window.isWide)) seen.age();
    while (rounds.length > 0 && signal?.aborted !== true) {
      const { pages, serverMs } = await context.salesforce.readChanges(
        rounds.map((round) => toQuestion(context.mapping, round)),
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

function toQuestion({ contact }: CompiledMapping, { source, window, after }: SourceRound): ChangeQuestion {
  const { name, kind, object, stamp } = source;
  const fields = object === 'Lead' || object === 'Contact' ? contact.salesforceFields[object] : [];
  // Deletions come whole with the first page.
  const deletedSinceMs = kind === 'person' && after === null ? window.deletedSinceMs : null;
  return { source: name, kind, object, stamp, fields, after, fromMs: window.fromMs, deletedSinceMs };
}

/** Once per round: where the ledger would not put the marks back, another process is at it. */
function isAhead({ positions, startedOver }: SourceRound, serverMs: number): boolean {
  return !startedOver && Object.values(positions).some((mark) => liesAhead(mark, serverMs));
}

function count(result: { read: number; contacts: number; persons: number }, stored: StoredPage): void {
  result.read += stored.read;
  for (const { system } of stored.marks) {
    if (system === 'hubspot') result.contacts += 1;
    else result.persons += 1;
  }
}

function report(log: Log, { failing, calls, read, contacts, persons }: PollResult): void {
  for (const [source, error] of failing) {
    // Some orgs mean it so: the adapter says it once, readiness as long as it lasts.
    if (areHidden(source, error)) continue;
    log.warn(
      { source, errorCode: error.code },
      'changes of this object cannot be read in Salesforce, its watermark stands',
    );
  }
  const marked = contacts + persons;
  if (marked > 0) log.info({ calls, read, marked }, 'changes in Salesforce marked');
}
