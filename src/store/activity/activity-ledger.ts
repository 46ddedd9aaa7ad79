import type {
  ActivityFilter,
  ActivityLedger,
  ActivityLine,
  ActivityPage,
  ActivityPosition,
} from '../../ports/ledger-activity.ts';
import type { LedgerContext } from '../context.ts';
import { asLedger } from '../pool.ts';
import { readPairRecords } from './page-pairs.ts';
import { comparePositions } from './positions.ts';
import { readRecordScope } from './record-scope.ts';
import { type Place, type Scanned, type Source, type StoredLine, scan, scanWindows } from './scan.ts';
import { actionSource, stageSource, type Wanted, writeSource } from './sources.ts';

/** The audit log of people and of syncs as one list. @param windows how many rows are looked at for what is rare, step by step */
export function createActivityLedger(context: LedgerContext, windows = scanWindows): ActivityLedger {
  return { activity: (filter, page) => asLedger(() => readPage(context, filter, { ...page, windows })) };
}

type Asked = { limit: number; after?: ActivityPosition; windows: readonly number[] };

async function readPage(
  context: LedgerContext,
  filter: ActivityFilter,
  { limit, after, windows }: Asked,
): Promise<ActivityPage> {
  const scope = filter.record === undefined ? null : await readRecordScope(context, filter.record);
  const wanted: Wanted = { connectionId: context.connectionId, filter, scope };
  const wish = { limit: limit + 1, after: after ?? null, windows };
  const scanned: Scanned[] = [];
  const read = async <Row extends Place>(source: Source<Row> | null): Promise<void> => {
    if (source !== null)
      scanned.push(await scan(context.pool, source, { ...wish, until: neededUntil(scanned, wish.limit) }));
  };
  // What is many first: where it fills the page, the others need not look further back than the page goes.
  await read(writeSource(wanted));
  await read(stageSource(wanted));
  await read(actionSource(wanted));
  const { lines, next } = join(scanned, limit);
  return { lines: await withPairs(context, lines), next };
}

/** A source that found as many as a page holds says how far back the page goes at most. */
function neededUntil(scanned: readonly Scanned[], limit: number): string | null {
  const full = scanned
    .filter(({ lines }) => lines.length >= limit)
    .map(({ lines }) => lines[limit - 1]?.position.micros ?? '0');
  return full.reduce<string | null>(
    (newest, micros) => (newest === null || BigInt(micros) > BigInt(newest) ? micros : newest),
    null,
  );
}

/** One list of several. Behind the first place where a source stopped looking nobody knows what it holds: the page ends there. */
function join(scanned: readonly Scanned[], limit: number): { lines: StoredLine[]; next: ActivityPosition | null } {
  const stops = scanned.flatMap(({ stoppedAt }) => stoppedAt ?? []).sort(comparePositions);
  const stop = stops[0] ?? null;
  const all = scanned
    .flatMap(({ lines }) => lines)
    .sort((one, other) => comparePositions(one.position, other.position));
  const known = stop === null ? all : all.filter(({ position }) => comparePositions(position, stop) <= 0);
  const lines = known.slice(0, limit);
  return { lines, next: known.length > limit ? (lines.at(-1)?.position ?? null) : stop };
}

async function withPairs({ pool }: LedgerContext, lines: readonly StoredLine[]): Promise<ActivityLine[]> {
  const pairIds = lines.flatMap(({ pairId }) => pairId ?? []);
  const records = await readPairRecords(pool, pairIds);
  return lines.map(({ pairId, ...line }) =>
    line.kind === 'write' && pairId !== undefined ? { ...line, pair: records.get(pairId) ?? null } : line,
  );
}
