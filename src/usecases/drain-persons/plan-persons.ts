import type { PersonObject, SalesforcePerson } from '../../domain/record.ts';
import type { HubSpotPort } from '../../ports/hubspot.ts';
import type { SweepLedger } from '../../ports/ledger-sweep.ts';
import type { WorkLedger } from '../../ports/ledger-work.ts';
import type { SalesforcePort } from '../../ports/salesforce.ts';
import type { Batch } from '../drain/batch.ts';
import type { DrainDependencies } from '../drain/dependencies.ts';
import { fateOfPerson } from './person-fate.ts';
import type { FatedLook, PersonLook } from './person-look.ts';

/** What it takes to decide about persons: nothing of it can write. */
export type PersonPlanDependencies = Pick<DrainDependencies, 'mapping'> & {
  ledger: Pick<SweepLedger, 'knownPersons'> & Pick<WorkLedger, 'erasedEmails'>;
  hubspot: Pick<HubSpotPort, 'contactIdsByEmail'>;
  salesforce: Pick<SalesforcePort, 'findPersons'>;
};

/**
 * Reads these persons, asks HubSpot for the emails of those whom no other memory settles, and decides what becomes of each.
 * @throws SyncError what a CRM or the ledger answers
 */
export async function planPersons(
  dependencies: PersonPlanDependencies,
  batch: Pick<Batch, 'claim' | 'spend'>,
  object: PersonObject,
): Promise<FatedLook[]> {
  return await decide(dependencies, batch, await readPersons(dependencies, batch, object));
}

async function readPersons(
  { ledger, salesforce, mapping }: PersonPlanDependencies,
  { claim, spend }: Pick<Batch, 'claim' | 'spend'>,
  object: PersonObject,
): Promise<PersonLook[]> {
  const ids = claim.records.map(({ recordId }) => recordId);
  const known = await ledger.knownPersons(ids);
  const lookups = ids.map((id) => ({ contactId: id, externalIds: [], personIds: [id], emails: [] }));
  const found = await salesforce.findPersons(lookups, mapping.contact.salesforceFields, spend);
  // What was reserved for a look may not pay for other calls.
  spend.prepaid = 0;
  return claim.records.map((claimed) => {
    const persons = found.get(claimed.recordId)?.byId ?? [];
    const person = persons.find(({ id, object: kind }) => id === claimed.recordId && kind === object) ?? null;
    return { claimed, person, known: known.get(claimed.recordId) ?? null };
  });
}

async function decide(
  { ledger, hubspot, mapping: { born } }: PersonPlanDependencies,
  { spend }: Pick<Batch, 'claim' | 'spend'>,
  looks: readonly PersonLook[],
): Promise<FatedLook[]> {
  const fateOf = (look: PersonLook, isErased: boolean, contactIdByEmail: string | null): FatedLook => {
    const { person, known } = look;
    return { ...look, fate: fateOfPerson({ person, known, born, isErased, contactIdByEmail }) };
  };
  const first = looks.map((look) => fateOf(look, false, null));
  // Only those whom no other memory settles are asked for by email.
  const emails = [...new Set(first.filter(isUnsettled).flatMap(({ person }) => emailOf(person)))];
  if (emails.length === 0) return first;
  const [erased, contactIds] = [await ledger.erasedEmails(emails), await hubspot.contactIdsByEmail(emails, spend)];
  return looks.map((look) => {
    const [email = ''] = emailOf(look.person);
    return fateOf(look, erased.has(email), contactIds.get(email) ?? null);
  });
}

function isUnsettled({ fate }: FatedLook): boolean {
  return fate.kind === 'create' || fate.code === 'born_nobody';
}

function emailOf(person: SalesforcePerson | null): string[] {
  const email = person?.email?.trim().toLowerCase() ?? '';
  return email === '' ? [] : [email];
}
