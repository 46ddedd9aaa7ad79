import type { CompiledMapping, MappedField } from '../../domain/mapping/types.ts';
import { ownerField, ownerOfUser, ownerProperty } from '../../domain/merge/owner.ts';
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

/** The owner as the two-way merge would have it; left out where nobody stands for the user. */
function ownerOf(
  { fields }: SalesforcePerson,
  mapping: CompiledMapping['contact']['owner'],
  owners: OwnerDirectory,
): FieldChange | null {
  const userId = fields[ownerField];
  const ownerId = typeof userId === 'string' ? ownerOfUser(mapping, owners, userId) : null;
  if (ownerId === null) return null;
  const source = { source: ownerField, sourceValue: userId ?? null };
  return { field: ownerProperty, before: null, after: ownerId, rule: 'owner', ...source };
}
