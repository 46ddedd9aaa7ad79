import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { Histories } from '../../domain/plan/types.ts';
import type { HubSpotRecord, PersonReference, SalesforcePerson } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import { namesOfPair } from './fields-of-pair.ts';

/** Something that only adds to the answer and could not be read, and the code of why. */
export type Unread = { what: 'person' | 'hubspot_history' | 'salesforce_history'; code: string };

export type Sides = { person: SalesforcePerson | null; histories: Histories; unread: readonly Unread[] };

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'readHistories'>;
  salesforce: Pick<SalesforcePort, 'findPersons' | 'readHistories'>;
  mapping: CompiledMapping;
};

/**
 * The person as it is now, and who changed what on both sides. What a CRM does not give only adds to the answer: it is left out and named in
 * `unread`. Whatever is no answer of a CRM is thrown.
 */
export async function readSides(
  { hubspot, salesforce, mapping }: Dependencies,
  { id }: HubSpotRecord,
  person: PersonReference | null,
  spend: Spend,
): Promise<Sides> {
  const { properties, fields } = namesOfPair(mapping, person?.object ?? mapping.contact.create);
  const persons = person === null ? [] : [person];
  const lookups = persons.map((one) => ({ contactId: id, externalIds: [], personIds: [one.id], emails: [] }));
  const unread: Unread[] = [];
  const orUnread = async <Value>(what: Unread['what'], reading: Promise<Value>): Promise<Value | null> => {
    try {
      return await reading;
    } catch (thrown) {
      if (!(thrown instanceof SyncError)) throw thrown;
      unread.push({ what, code: thrown.code });
      return null;
    }
  };
  const [found, ofContact, ofPerson] = await Promise.all([
    lookups.length === 0
      ? null
      : orUnread('person', salesforce.findPersons(lookups, mapping.contact.salesforceFields, spend)),
    orUnread('hubspot_history', hubspot.readHistories('contacts', [id], properties, spend)),
    persons.length === 0 ? null : orUnread('salesforce_history', salesforce.readHistories(persons, fields, spend)),
  ]);
  return {
    person: found?.get(id)?.byId.find((one) => one.id === person?.id) ?? null,
    histories: { hubspot: ofContact?.get(id) ?? {}, salesforce: ofPerson?.get(person?.id ?? '') ?? {} },
    unread,
  };
}
