import type { HubSpotObject } from '../record.ts';

/**
 * A pair of fields as a mapping version keeps it. Mappings of a time when there were only contacts do not say `object`. `definition`: by what
 * its value is decided; absent: nobody kept it, or it goes by a setting of its own.
 */
export type KeptField = { object?: HubSpotObject; hubspot: string; salesforce: string; definition?: string };

/** Names by side: of properties and of fields. */
export type FieldNames = { hubspot: readonly string[]; salesforce: readonly string[] };

/**
 * Whose base ends with the step from one version to another [20]: what both map, but not to each other any more, as nobody knows what the two
 * sides agreed on; and where the new version is applied to existing pairs, what it decides otherwise, as what was agreed on is no reason to
 * leave that alone. Where one version does not say how a field was decided, it counts as unchanged. Pure.
 */
export function lostBases(
  before: readonly KeptField[],
  now: readonly KeptField[],
  isApplied: boolean,
): ReadonlyMap<HubSpotObject, FieldNames> {
  const kept = new Map(now.map((field) => [keyOf(field), field]));
  const lost = before.filter((field) => {
    const successor = kept.get(keyOf(field));
    return successor === undefined || (isApplied && isDecidedOtherwise(field, successor));
  });
  const namesOf = (fields: readonly KeptField[]): FieldNames => ({
    hubspot: [...new Set(fields.map(({ hubspot }) => hubspot))],
    salesforce: [...new Set(fields.map(({ salesforce }) => salesforce))],
  });
  return new Map([...Map.groupBy(lost, objectOf)].map(([object, fields]) => [object, namesOf(fields)]));
}

function isDecidedOtherwise(before: KeptField, now: KeptField): boolean {
  return before.definition !== undefined && now.definition !== undefined && before.definition !== now.definition;
}

function objectOf({ object = 'contact' }: KeptField): HubSpotObject {
  return object;
}

function keyOf(field: KeptField): string {
  return `${objectOf(field)}\n${field.hubspot}\n${field.salesforce}`;
}
