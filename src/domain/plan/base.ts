import { stageFactsKey } from '../lifecycle/types.ts';
import { type FieldValue, type FieldValues, stageProperty } from '../record.ts';
import type { Base, FieldChange, Plan } from './types.ts';

/**
 * The base to store after a plan was carried out in Salesforce: what the plan found settled, and for each written field what both sides
 * held when they were last seen. A field that was not read back gets no base, so that the next look compares it again.
 *
 * @param held what Salesforce held when read back, by Salesforce field; absent names were not seen
 */
export function baseAfter(plan: Plan, held: FieldValues): Base | null {
  const { written, others } = seenAfter(plan.write?.changes ?? [], held);
  const blank = blankAfterCreate(plan, held);
  const agreed = plan.write?.operation === 'create' ? null : plan.agreed;
  const hubspot = { ...agreed?.hubspot, ...blank.hubspot, ...others };
  const salesforce = { ...agreed?.salesforce, ...blank.salesforce, ...written };
  const isEmpty = Object.keys(hubspot).length === 0 && Object.keys(salesforce).length === 0;
  return isEmpty ? null : { hubspot, salesforce };
}

/** Fields that were blank in HubSpot and are so in Salesforce: a flow may have filled them as the person was created. */
function blankAfterCreate({ write, blanks }: Plan, held: FieldValues): Base {
  const still = write?.operation === 'create' ? blanks.filter(({ field }) => held[field] === null) : [];
  return {
    hubspot: Object.fromEntries(still.map(({ property }) => [property, null])),
    salesforce: Object.fromEntries(still.map(({ field }) => [field, null])),
  };
}

/**
 * The base to store after HubSpot was written: for each written property what HubSpot answered, and what Salesforce held when the change
 * was planned. What the plan found settled is `baseAfter`'s.
 *
 * @param answered what HubSpot holds by its answer, by property; absent names were not answered
 */
export function baseAfterContact(plan: Plan, answered: FieldValues): Base | null {
  const { written, others } = seenAfter(plan.contact, answered);
  return Object.keys(written).length === 0 ? null : { hubspot: written, salesforce: others };
}

/** The base of the stage once a decision about it was carried out; null: it stays as it is. */
export function baseOfStage({ stage }: Plan): Base | null {
  if (stage.agreed === null) return null;
  return {
    hubspot: { [stageProperty]: stage.agreed.hubspot },
    salesforce: { [stageFactsKey]: stage.agreed.facts },
  };
}

function seenAfter(changes: readonly FieldChange[], held: FieldValues) {
  const written: Record<string, FieldValue> = {};
  const others: Record<string, FieldValue> = {};
  for (const { field, source, sourceValue } of changes) {
    const seen = held[field];
    if (source === undefined || seen === undefined) continue;
    written[field] = seen;
    others[source] = sourceValue ?? null;
  }
  return { written, others };
}
