import type { ActivityKind, ActivityPosition } from '../../ports/ledger-activity.ts';

/** Of things at the same microsecond, actions are told first: they are the cause. */
const ranks: Readonly<Record<ActivityKind, number>> = { action: 0, stage: 1, write: 2 };

const beforeAll = '0';
const behindAll = '9223372036854775807';

/** Below zero where one stands before the other in the log, which has the newest first. */
export function comparePositions(one: ActivityPosition, other: ActivityPosition): number {
  const byTime = BigInt(other.micros) - BigInt(one.micros);
  if (byTime !== 0n) return byTime < 0n ? -1 : 1;
  if (one.kind !== other.kind) return ranks[one.kind] - ranks[other.kind];
  const byId = BigInt(other.id) - BigInt(one.id);
  return byId < 0n ? -1 : byId > 0n ? 1 : 0;
}

/** Where one kind goes on behind a place that may be another kind's: all of it at that moment stands before it, or behind it. */
export function positionWithin(kind: ActivityKind, after: ActivityPosition): ActivityPosition {
  if (after.kind === kind) return after;
  return { micros: after.micros, kind, id: ranks[kind] < ranks[after.kind] ? beforeAll : behindAll };
}

/** Epoch microseconds as the database reads a time. */
export function timeOf(micros: string): string {
  const count = Number(micros);
  const seconds = new Date(Math.floor(count / 1_000_000) * 1_000).toISOString().slice(0, 19);
  return `${seconds}.${String(count - Math.floor(count / 1_000_000) * 1_000_000).padStart(6, '0')}Z`;
}
