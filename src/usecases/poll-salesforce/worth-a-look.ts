import { saysSomethingNew } from '../../domain/lifecycle/facts.ts';
import { stageFactsKey } from '../../domain/lifecycle/types.ts';
import type { CompiledMapping, FieldType } from '../../domain/mapping/types.ts';
import { ownerField } from '../../domain/merge/owner.ts';
import { accountField, type OpportunityFact, type PersonObject, type SalesforcePerson } from '../../domain/record.ts';
import type { KnownPerson } from '../../ports/ledger-sweep.ts';
import { hasMoved } from '../has-moved.ts';

/** Why a person's contact is to be looked at. */
export type LookCause = 'deleted' | 'restored' | 'converted' | 'id_moved' | 'value_changed' | 'stage_facts_changed';

type Given = {
  mapping: CompiledMapping;
  /** What the deals of a contact came to, by its id. */
  dealsOf(contactId: string): readonly OpportunityFact[];
  typeOf(object: PersonObject, field: string): FieldType | undefined;
};

/**
 * Whether Salesforce holds something else than what both sides agreed on last. Our own writes are recognised by that alone: the base holds
 * what was read back after them. Pure.
 * @returns null where there is nothing to look at
 */
export function worthALook(person: SalesforcePerson, known: KnownPerson, given: Given): LookCause | null {
  if (known.contactId === null || known.tombstone === 'erased' || known.status === 'erased') return null;
  const isGone = person.isDeleted || person.masterRecordId !== null;
  switch (known.status) {
    // A write of ours is under way: it ends with a look, or with a wait for its answer.
    case 'reserved':
      return null;
    case 'merged':
    case 'deleted':
      return isGone ? null : 'restored';
    case 'converted':
      return null;
    case 'live':
      if (isGone) return known.tombstone === 'person_deleted' ? null : 'deleted';
      if (known.tombstone === 'person_deleted') return 'restored';
      return changeOf(person, known, given);
  }
}

function changeOf(person: SalesforcePerson, known: KnownPerson, { mapping, typeOf, dealsOf }: Given): LookCause | null {
  if (person.isConverted) return 'converted';
  if (person.externalId !== known.contactId) return 'id_moved';
  // Linked below the gate: nothing flows before it opens.
  if (!known.handedOver) return null;
  const base = known.base ?? {};
  const differs = (field: string) => hasMoved(person.fields[field], base[field], typeOf(person.object, field));
  if (comparedFields(mapping, person.object).some(differs)) return 'value_changed';
  const deals = known.contactId === null ? [] : dealsOf(known.contactId);
  return saysSomethingNew(mapping.lifecycle, base[stageFactsKey], person, deals) ? 'stage_facts_changed' : null;
}

/** Fields that somebody may have to act on; those with the rule `never` are nobody's business. */
function comparedFields({ contact, company }: CompiledMapping, object: PersonObject): string[] {
  const mapped = contact.fields
    .filter(({ rule }) => rule.after !== 'never')
    .flatMap(({ salesforce }) => salesforce[object] ?? []);
  const followsCompany = company.isOn && company.contactRule !== 'never' && object === 'Contact';
  return [
    ...mapped,
    ...(contact.owner.rule.after === 'never' ? [] : [ownerField]),
    ...(followsCompany ? [accountField] : []),
  ];
}
