import { createHash } from 'node:crypto';
import { bothRules } from './field-entry.ts';
import type { FieldEntry, RecordFieldEntry } from './schema.ts';

/**
 * A hash of all by which the value of a field is decided where the two sides differ: the rule and both ways. What only says how later edits
 * are dealt with (`empty`, `fallback`, `unit`) is no part of it, and neither is a default that is written out.
 */
export function definitionOf(entry: FieldEntry | RecordFieldEntry): string {
  const { rule, transform, values, unmapped = 'fail', too_long, values_back, transform_back, one_way } = entry;
  const { before, after } = bothRules(rule);
  const tooLong = typeof too_long === 'object' ? [too_long.do ?? 'truncate', too_long.max] : [too_long ?? 'truncate'];
  const parts = [
    [before, after],
    transform ?? null,
    values === undefined ? null : [inOrder(values), unmapped],
    tooLong,
    values_back === undefined ? null : inOrder(values_back),
    transform_back ?? null,
    one_way,
    ('if_empty' in entry ? entry.if_empty : null) ?? null,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The order of the lines means nothing. */
function inOrder(values: Readonly<Record<string, unknown>>): readonly [string, unknown][] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}
