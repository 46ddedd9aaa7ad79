import type { SystemName } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { ActivityFilter, ActivityKind, ActivityPosition } from '../../ports/ledger-activity.ts';
import { momentForms, readMoment } from '../runs/moments.ts';

/** What a person filters by, as it was written. */
export type ActivityQuery = {
  kind?: ActivityKind | undefined;
  actor?: string | undefined;
  system?: SystemName | undefined;
  object?: string | undefined;
  record?: string | undefined;
  run?: string | undefined;
  field?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

const dayMs = 86_400_000;

/** @throws SyncError needs-human `bad_filter`: a time cannot be read */
export function toFilter({ from, to, ...query }: ActivityQuery, nowMs: number): ActivityFilter {
  const kept = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  const fromMs = from === undefined ? undefined : toMoment('from', from, nowMs);
  // A day that is named as the end is part of what is asked for.
  const isDay = /^\s*\d{4}-\d{2}-\d{2}\s*$/.test(to ?? '');
  const toMs = to === undefined ? undefined : toMoment('to', to, nowMs) + (isDay ? dayMs : 0);
  return { ...kept, ...(fromMs === undefined ? {} : { fromMs }), ...(toMs === undefined ? {} : { toMs }) };
}

function toMoment(name: string, text: string, nowMs: number): number {
  const atMs = readMoment(text, nowMs);
  if (atMs !== null) return atMs;
  throw new SyncError('needs-human', 'bad_filter', `${name} takes ${momentForms}.`, {
    advice: 'Correct the filter; docs/activity.md says what it takes.',
  });
}

const letters: Readonly<Record<ActivityKind, string>> = { action: 'a', write: 'w', stage: 's' };
const kinds: ReadonlyMap<string, ActivityKind> = new Map([
  ['a', 'action'],
  ['w', 'write'],
  ['s', 'stage'],
]);

/** The id of a line, such as `w1234`: unique over all kinds. */
export function lineId({ kind, id }: ActivityPosition): string {
  return `${letters[kind]}${id}`;
}

/** A place as a cursor. */
export function writeCursor(position: ActivityPosition): string {
  return `${position.micros}.${lineId(position)}`;
}

/** @throws SyncError permanent `bad_cursor` */
export function readCursor(cursor: string): ActivityPosition {
  const [, micros, letter, id] = /^(\d{1,16})\.([aws])(\d{1,18})$/.exec(cursor) ?? [];
  const kind = kinds.get(letter ?? '');
  if (micros === undefined || id === undefined || kind === undefined) throw badCursor();
  // Years beyond what a time can hold.
  if (Number(micros) > 8.64e15) throw badCursor();
  return { micros, kind, id };
}

function badCursor(): SyncError {
  return new SyncError('permanent', 'bad_cursor', 'The cursor is not one that the activity log ended with.', {
    advice: 'Use the nextCursor of the list before, or none to begin anew.',
  });
}
