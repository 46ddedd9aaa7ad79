import type { CompiledMapping, MappedField } from '../../domain/mapping/types.ts';
import { ownerField, ownerProperty } from '../../domain/plan/owner.ts';
import type { FieldChange, OwnerDirectory } from '../../domain/plan/types.ts';
import { personIdProperty, type SalesforcePerson, stageProperty } from '../../domain/record.ts';
import type { OrgFacts } from '../drain/dependencies.ts';

/**
 * What a contact begins with that is created for a person born in Salesforce: the mapped fields that have a way back, its owner, the
 * stage that the mapping names, and the person's id. What is blank or cannot be converted is left out. Pure.
 */
export function birthChanges(
  person: SalesforcePerson,
  { contact, born }: Pick<CompiledMapping, 'contact' | 'born'>,
  { owners, fieldFacts }: Pick<OrgFacts, 'owners' | 'fieldFacts'>,
): FieldChange[] {
  const mapped = contact.fields.flatMap((field) => {
    const name = field.salesforce[person.object];
    const type = name === undefined ? undefined : fieldFacts(person.object, name)?.type;
    return name === undefined ? [] : carried(field, name, person, type);
  });
  const owner = contact.owner.rule.before === 'never' ? null : ownerOf(person, contact.owner, owners);
  const id: FieldChange = { field: personIdProperty, before: null, after: person.id, rule: 'id' };
  return [
    ...mapped,
    ...(owner === null ? [] : [owner]),
    ...(born.stage === null
      ? []
      : [{ field: stageProperty, before: null, after: born.stage, rule: 'lifecycle' } as const]),
    id,
  ];
}

function carried(
  field: MappedField,
  name: string,
  person: SalesforcePerson,
  type: Parameters<MappedField['convertBack']>[1],
): FieldChange[] {
  const held = person.fields[name];
  if (held === undefined || held === null || field.rule.before === 'never') return [];
  const back = field.convertBack(held, type);
  if (back.kind !== 'value' || back.value === null || back.value === '') return [];
  const { hubspot, rule } = field;
  return [{ field: hubspot, before: null, after: back.value, rule: rule.before, source: name, sourceValue: held }];
}

/** The HubSpot owner with the email of the person's owner, or the one whom the mapping names for that user. */
function ownerOf(
  { fields }: SalesforcePerson,
  { emails }: CompiledMapping['contact']['owner'],
  { emailsByUser, ownersByEmail }: OwnerDirectory,
): FieldChange | null {
  const userId = fields[ownerField];
  const userEmail = typeof userId === 'string' ? emailsByUser.get(userId) : undefined;
  if (typeof userId !== 'string' || userEmail === undefined) return null;
  const named = [...emails].find(([, email]) => email === userEmail)?.[0];
  const ownerId = ownersByEmail.get(named ?? userEmail);
  if (ownerId === undefined) return null;
  const source = { source: ownerField, sourceValue: userId };
  return { field: ownerProperty, before: null, after: ownerId, rule: 'owner', ...source };
}
