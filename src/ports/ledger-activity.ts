import type { HubSpotObject, SystemName } from '../domain/record.ts';
import type { NewAction } from './ledger-access.ts';
import type { TimelineEntry } from './ledger-history.ts';

/** What the audit log is made of: what people asked for, record writes, moves of the lifecycle stage. */
export type ActivityKind = 'action' | 'write' | 'stage';

/** The actor of all that the service does by itself. */
export const serviceActor = 'sync';

/** Which lines. Left out: all. Times are epoch milliseconds: at `fromMs` and later, before `toMs`. */
export type ActivityFilter = {
  kind?: ActivityKind;
  actor?: string;
  system?: SystemName;
  object?: string;
  /** An id of either CRM: all that happened to its pair, under every id that the pair ever had. */
  record?: string;
  run?: string;
  field?: string;
  fromMs?: number;
  toMs?: number;
};

/** A place in the log; the list goes on behind it. `micros`: epoch microseconds, as the database keeps them. `id`: within its kind. */
export type ActivityPosition = { micros: string; kind: ActivityKind; id: string };

type Line = {
  position: ActivityPosition;
  atMs: number;
  system: SystemName | null;
  object: string | null;
  recordId: string | null;
  runId: string | null;
};

/** What somebody asked for, as it was noted. */
export type ActionLine = Line & {
  kind: 'action';
  action: Pick<NewAction, 'actor' | 'code' | 'target' | 'details'> & {
    outcome: 'asked' | 'done' | 'refused' | 'failed';
    problem: string | null;
  };
};

/** What was written, or where a stage moved, in the timeline's words. */
export type SyncLine = Line & {
  kind: 'write' | 'stage';
  code: string;
  text: string;
  outcome: string;
  /** The HubSpot record of its pair; null: there is none, or nobody knows. */
  pair: { kind: HubSpotObject; recordId: string } | null;
  changes: readonly (TimelineEntry['changes'][number] & { erased: boolean })[];
};

export type ActivityLine = ActionLine | SyncLine;

/**
 * Fewer lines than were asked for with a `next` that is not null: nothing more was found as far as was looked in one go, and the list goes on
 * there.
 */
export type ActivityPage = { lines: readonly ActivityLine[]; next: ActivityPosition | null };

export type ActivityLedger = {
  /** The newest first. Reads a bounded part of the log, however rare what the filter asks for is. @throws whatever the database answers */
  activity(filter: ActivityFilter, page: { limit: number; after?: ActivityPosition }): Promise<ActivityPage>;
};
