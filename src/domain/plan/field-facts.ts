import type { FieldFacts } from '../mapping/types.ts';
import type { PersonReference, SystemName } from '../record.ts';
import type { PlanInput } from './types.ts';

/** What the org says of a field, by its name on either side. */
export function factsOn(
  input: PlanInput,
  person: PersonReference | null,
  system: SystemName,
  name: string,
): FieldFacts | undefined {
  const object = person?.object ?? input.mapping.contact.create;
  const field =
    system === 'salesforce'
      ? name
      : input.mapping.contact.fields.find(({ hubspot }) => hubspot === name)?.salesforce[object];
  return field === undefined ? undefined : input.fieldFacts(object, field);
}
