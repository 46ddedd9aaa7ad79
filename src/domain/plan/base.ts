import type { CompiledMapping } from '../mapping/types.ts';
import type { FieldValue, FieldValues, HubSpotRecord, PersonReference } from '../record.ts';
import type { Base, Plan } from './types.ts';

/**
 * The base to store after a plan was carried out: what each side held when it was last seen, for the fields that are settled now.
 * A first pairing settles every field that was seen on both sides, also those on which a rule lets the sides differ: from then on only
 * a change counts. Later writes settle the fields they wrote; a field in conflict keeps its old base, so that the conflict stays visible.
 *
 * @param held what Salesforce held when read back, by Salesforce field; absent names were not seen
 */
export function baseAfter(
  plan: Plan,
  contact: HubSpotRecord,
  person: PersonReference,
  held: FieldValues,
  mapping: CompiledMapping,
): Base {
  const written = new Set(plan.write?.changes.map(({ field }) => field) ?? []);
  const firstPairing = plan.outcome === 'create' || plan.outcome === 'link';
  const hubspot: Record<string, FieldValue> = { ...plan.agreed?.hubspot };
  const salesforce: Record<string, FieldValue> = { ...plan.agreed?.salesforce };
  for (const [source, field] of comparedFields(mapping, person)) {
    const [theirs, ours] = [held[field], contact.properties[source]];
    if (theirs === undefined || ours === undefined) continue;
    if (!firstPairing && !written.has(field)) continue;
    hubspot[source] = ours;
    salesforce[field] = theirs;
  }
  return { hubspot, salesforce };
}

function comparedFields(mapping: CompiledMapping, person: PersonReference): (readonly [string, string])[] {
  const mapped = mapping.contact.fields.flatMap(({ hubspot, salesforce }) => {
    const field = salesforce[person.object];
    return field === undefined ? [] : [[hubspot, field] as const];
  });
  return [...mapped, ['hubspot_owner_id', 'OwnerId'] as const];
}
