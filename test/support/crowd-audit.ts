import { type Crowd, editedFields, opens, personOf } from './crowd.ts';

/** As much of a timeline's entry as the audits need. */
export type AuditEntry = {
  at: string;
  kind: string;
  code: string;
  text: string;
  changes: readonly { field: string; before: unknown; after: unknown; rule: string }[];
};

/** What the ledger says of a living contact: how its pair has ended, its failure, and why a field is as it is. */
export type AuditStanding = {
  handedOver: boolean;
  ended: boolean;
  failure: string | null;
  reasons: readonly { code: string; field?: string }[];
};

/** The ledger's word, asked only where the CRMs' own data show something that wants an explanation. */
export type Witness = {
  timelineOf(contactId: string): Promise<readonly AuditEntry[]>;
  standingOf(contactId: string): Promise<AuditStanding>;
};

/** Failures that say why a contact past the gate has no person of its own, or one that HubSpot does not name. */
export const endings: ReadonlySet<string> = new Set([
  'person_deleted',
  'person_erased',
  'person_merged',
  'person_taken',
  'person_unlinked',
  'several_persons',
  'contact_deleted',
]);

export const stageOf = (crowd: Crowd, id: string) => crowd.hubspot.getContact(id)?.properties.lifecyclestage ?? '';

function living({ salesforce }: Crowd) {
  return [...salesforce.all('Lead'), ...salesforce.all('Contact')].filter(({ IsConverted }) => IsConverted !== true);
}

/** Living persons by the contact whose id they carry. */
export function carriers(crowd: Crowd): Map<string, string[]> {
  const carried = new Map<string, string[]>();
  for (const person of living(crowd)) {
    const id = String(person.HubSpot_Contact_Id__c ?? '');
    if (id !== '') carried.set(id, [...(carried.get(id) ?? []), person.Id]);
  }
  return carried;
}

/** Promise 1: persons whom we made, or in whom we wrote a field, of contacts that have never passed the gate. */
export function strangersInSalesforce(crowd: Crowd): string[] {
  const { salesforce, neverQualified } = crowd;
  const written = new Set(
    salesforce
      .all('LeadHistory')
      .filter(
        ({ Field, CreatedById }) =>
          Field !== 'created' && Field !== 'HubSpot_Contact_Id__c' && CreatedById === salesforce.runAsUserId,
      )
      .map(({ LeadId }) => String(LeadId)),
  );
  return living(crowd)
    .filter(({ Id, CreatedById }) => CreatedById === salesforce.runAsUserId || written.has(Id))
    .map((person) => String(person.HubSpot_Contact_Id__c ?? ''))
    .filter((id) => neverQualified.has(id));
}

/** Promise 2: what keeps contacts from having exactly one living person that both sides know. */
export function wrongPairs(crowd: Crowd): string[] {
  const carried = carriers(crowd);
  const twice = [...carried].filter(([, persons]) => persons.length > 1).map(([id]) => `${id}: twice`);
  const single = crowd.live.filter((id) => !crowd.entangled.has(id) && opens.has(stageOf(crowd, id)));
  return [...twice, ...single.flatMap((id) => pairFault(crowd, carried, id))];
}

/** Why this contact and the person that carries its id are no pair that both sides know. */
export function pairFault(crowd: Crowd, carried: ReadonlyMap<string, readonly string[]>, id: string): string[] {
  const [person] = carried.get(id) ?? [];
  if (person === undefined) return [`${id}: nobody`];
  const known = crowd.hubspot.getContact(id)?.properties.salesforce_person_id;
  return known === person ? [] : [`${id}: HubSpot names ${known ?? 'nobody'} for ${person}`];
}

/** Fields on which the two CRMs differ, of pairs that are past the gate; `entangled` ones may have a reason in the ledger. */
export async function unequalFields(crowd: Crowd, { standingOf }: Witness): Promise<string[]> {
  const unequal: string[] = [];
  for (const { id, contact, person } of pairsPastTheGate(crowd)) {
    const differing = editedFields.filter(
      (field) => (contact.properties[field.property] ?? '') !== (person.record[field[person.object]] ?? ''),
    );
    if (differing.length === 0) continue;
    const standing = crowd.entangled.has(id) ? await standingOf(id) : null;
    if (standing?.ended || endings.has(standing?.failure ?? '')) continue;
    for (const field of differing) {
      const names: (string | undefined)[] = [field.property, field[person.object]];
      const reason = standing?.reasons.find(({ field: name }) => names.includes(name))?.code;
      const stood = reason === 'as_last_agreed' && isOlderThanPair(crowd, { id, property: field.property });
      if (reason !== 'differs_since_link' && !stood) unequal.push(`${id} ${field.property}: ${reason ?? 'no reason'}`);
    }
  }
  return unequal;
}

/** Nobody has typed into the field since the contact was handed over to a person whom sales had made: the sides differ as they did then. */
function isOlderThanPair({ hubspot, salesforce, edits }: Crowd, { id, property }: { id: string; property: string }) {
  const [linked] = hubspot.getHistory(id, 'salesforce_person_id');
  const qualified = hubspot.getHistory(id, 'lifecyclestage').find(({ value }) => value === 'salesqualifiedlead');
  const fromMs = Math.max(linked?.at ?? 0, qualified?.at ?? 0);
  const ours = salesforce
    .all('LeadHistory')
    .filter(({ LeadId, CreatedById }) => LeadId === linked?.value && CreatedById === salesforce.runAsUserId)
    .map(({ CreatedDate }) => Date.parse(String(CreatedDate)) + 999);
  // The first look after the gate opened fills blanks; what was typed until then stood on both sides already.
  const pairedAtMs = ours.find((atMs) => atMs >= fromMs) ?? fromMs;
  return edits.every((edit) => edit.contactId !== id || edit.property !== property || edit.atMs <= pairedAtMs);
}

/** Contacts past the gate, each with the person that carries its id. */
export function pairsPastTheGate(crowd: Crowd) {
  return crowd.live.flatMap((id) => {
    const contact = crowd.hubspot.getContact(id);
    const person = personOf(crowd, id);
    if (contact === undefined || person === undefined) return [];
    return opens.has(contact.properties.lifecyclestage ?? '') ? [{ id, contact, person }] : [];
  });
}
