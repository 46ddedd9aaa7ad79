import type { Histories } from '../../domain/plan/types.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { Batch } from './batch.ts';
import type { PlanDependencies } from './dependencies.ts';
import type { PlannedLook } from './look.ts';
import { historyUnread } from './unanswered.ts';

/**
 * Reads the past of all contested fields of these looks: one question to each CRM. Per contact id; where a CRM did not answer, why.
 */
export async function readHistories(
  { hubspot, salesforce }: PlanDependencies,
  { spend }: Batch,
  looks: readonly PlannedLook[],
): Promise<ReadonlyMap<string, Histories | SyncError>> {
  const properties = distinct(looks.flatMap(({ plan: { asks } }) => asks?.properties ?? []));
  const fields = distinct(looks.flatMap(({ plan: { asks } }) => asks?.fields ?? []));
  const contactIds = looks.filter(({ plan }) => plan.asks?.properties.length).map(({ contact }) => contact.id);
  const persons = looks.filter(({ plan }) => plan.asks?.fields.length).flatMap(({ plan }) => plan.person ?? []);
  const [ofContacts, ofPersons] = await Promise.all([
    contactIds.length === 0
      ? empty
      : hubspot.readHistories('contacts', contactIds, properties, spend).catch(toSyncError),
    persons.length === 0 ? empty : salesforce.readHistories(persons, fields, spend).catch(toSyncError),
  ]);
  return new Map(looks.map((look) => [look.contact.id, historiesOf(look, ofContacts, ofPersons)]));
}

type Pasts = Awaited<ReturnType<PlanDependencies['hubspot']['readHistories']>>;
const empty: Pasts = new Map();

function historiesOf({ plan, contact }: PlannedLook, contacts: Pasts | SyncError, persons: Pasts | SyncError) {
  if (contacts instanceof SyncError) return contacts;
  if (persons instanceof SyncError) return persons;
  const asksHubSpot = (plan.asks?.properties.length ?? 0) > 0;
  const hubspot = contacts.get(contact.id);
  // HubSpot leaves out a contact that it could not read; an org that tracks no history answers nothing, which is an answer.
  if (hubspot === undefined && asksHubSpot) return historyUnread;
  return { hubspot: hubspot ?? {}, salesforce: persons.get(plan.person?.id ?? '') ?? {} };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
