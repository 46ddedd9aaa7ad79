import { isBlank, sameValue } from '../domain/mapping/normalise.ts';
import type { FieldType } from '../domain/mapping/types.ts';
import type { FieldValue } from '../domain/record.ts';

/**
 * Whether a side holds something else than at the last agreement, for pollers and comparisons, which compare before they mark. What was not read
 * has not moved; what was never agreed on has, unless it is empty.
 */
export function hasMoved(
  value: FieldValue | undefined,
  agreed: FieldValue | undefined,
  type: FieldType | undefined,
): boolean {
  if (value === undefined) return false;
  return agreed === undefined ? !isBlank(value) : !sameValue(value, agreed, type);
}
