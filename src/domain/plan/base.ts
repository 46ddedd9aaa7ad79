import type { FieldValue, FieldValues } from '../record.ts';
import type { Base, Plan } from './types.ts';

/**
 * The base to store after a plan was carried out: what the plan found settled, and for each written field what both sides held when
 * they were last seen. A field that was not read back gets no base, so that the next look compares it again.
 *
 * @param held what Salesforce held when read back, by Salesforce field; absent names were not seen
 */
export function baseAfter(plan: Plan, held: FieldValues): Base | null {
  const hubspot: Record<string, FieldValue> = { ...plan.agreed?.hubspot };
  const salesforce: Record<string, FieldValue> = { ...plan.agreed?.salesforce };
  for (const { field, source, sourceValue } of plan.write?.changes ?? []) {
    const seen = held[field];
    if (source === undefined || seen === undefined) continue;
    hubspot[source] = sourceValue ?? null;
    salesforce[field] = seen;
  }
  return Object.keys(hubspot).length === 0 ? null : { hubspot, salesforce };
}
