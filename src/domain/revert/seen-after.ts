import type { FieldChange } from '../plan/types.ts';
import type { FieldValues } from '../record.ts';
import type { RevertSummary } from './types.ts';

/**
 * The changes of the HubSpot record with what Salesforce holds once its side was put back, so that this becomes the base: Salesforce may have
 * set some of it by itself. Fields that somebody has changed there are none of it.
 */
export function seenAfter(
  { holds }: Pick<RevertSummary, 'holds'>,
  changes: readonly FieldChange[],
  held: FieldValues,
): readonly FieldChange[] {
  return changes.map((change) => {
    const { field, source } = change;
    const seen = source === undefined ? undefined : held[source];
    const isHeld = holds.some((each) => each.hubspot === field && each.salesforce === source);
    return seen === undefined || !isHeld ? change : { ...change, sourceValue: seen };
  });
}
