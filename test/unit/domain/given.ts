import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import type { Base, PairKnowledge, Plan, PlanInput } from '../../../src/domain/plan/types.ts';
import type { FieldValue, HubSpotRecord, PersonObject, SalesforcePerson } from '../../../src/domain/record.ts';
import { loadMappings } from '../../../src/mappings/load.ts';

const loaded = loadMappings('mappings');
if (!loaded.ok) throw new Error(`The shipped mappings are faulty: ${loaded.findings[0]?.what}`);

/** The shipped mappings with a fallback owner, as a company would run them. */
export const mapping: CompiledMapping = {
  ...loaded.mapping,
  contact: { ...loaded.mapping.contact, owner: { ...loaded.mapping.contact.owner, fallbackEmail: 'desk@example.com' } },
};

/** The same where companies are synced, and a Contact is created for whom nobody stands for. */
export const withCompanies: CompiledMapping = {
  ...mapping,
  contact: { ...mapping.contact, create: 'Contact' },
  company: { ...mapping.company, isOn: true, createInSalesforce: 'with_person', contactRule: 'newest' },
};

export const deskUser = '005000000000001AAA';
export const janeUser = '005000000000002AAA';
export const leadId = '00Q000000000001AAA';
export const contactId = '003000000000001AAA';

export const owners: PlanInput['owners'] = {
  usersByEmail: new Map([
    ['desk@example.com', { id: deskUser, isActive: true }],
    ['jane@example.com', { id: janeUser, isActive: true }],
    ['gone@example.com', { id: '005000000000003AAA', isActive: false }],
  ]),
  emailsByOwner: new Map([
    ['11', 'jane@example.com'],
    ['12', 'gone@example.com'],
    ['13', 'nobody@example.com'],
  ]),
  teamsByOwner: new Map(),
  ownersByEmail: new Map([
    ['jane@example.com', '11'],
    ['gone@example.com', '12'],
    ['nobody@example.com', '13'],
  ]),
  emailsByUser: new Map([
    [deskUser, 'desk@example.com'],
    [janeUser, 'jane@example.com'],
    ['005000000000003AAA', 'gone@example.com'],
  ]),
};

/** A sales qualified contact; what is not given is empty. */
export function contact(
  properties: Record<string, string | null> = {},
  record: Partial<HubSpotRecord> = {},
): HubSpotRecord {
  const empty = Object.fromEntries(mapping.contact.hubspotProperties.map((name) => [name, null]));
  const given = { email: 'ada@example.com', lifecyclestage: 'salesqualifiedlead', lastname: 'Lovelace', ...properties };
  return { id: '101', mergedIds: [], updatedAtMs: 0, properties: { ...empty, ...given }, ...record };
}

/** A living person whose mapped fields are blank, owned by the desk. */
export function person(object: PersonObject, values: Partial<SalesforcePerson> = {}): SalesforcePerson {
  const blank = Object.fromEntries(mapping.contact.salesforceFields[object].map((name) => [name, null]));
  return {
    object,
    id: object === 'Lead' ? leadId : contactId,
    externalId: null,
    email: null,
    isDeleted: false,
    masterRecordId: null,
    isConverted: false,
    convertedContactId: null,
    modifiedAtMs: 0,
    lastModifiedBy: null,
    opportunities: [],
    ...values,
    fields: { ...blank, OwnerId: deskUser, LastName: 'Lovelace', Email: values.email ?? null, ...values.fields },
  };
}

/** Everything a plan is made from; by default a contact at the gate whom nobody in Salesforce stands for. */
export function input(
  values: Partial<Omit<PlanInput, 'persons'>> & { persons?: Partial<PlanInput['persons']> } = {},
): PlanInput {
  return {
    now: 1_000_000,
    mapping,
    contact: contact(),
    pair: null,
    owners,
    fieldFacts: () => undefined,
    histories: null,
    deadContactIds: new Set(),
    ourUserId: null,
    linkBelowGate: false,
    deals: [],
    company: null,
    ...values,
    persons: { byExternalId: [], byId: [], byEmail: [], ...values.persons },
  };
}

/** A pair that was handed over to this person. */
export function pairWith(
  { object, id }: { object: PersonObject; id: string },
  values: Partial<PairKnowledge> = {},
): PairKnowledge {
  return {
    person: { object, id },
    handedOverAtMs: 500_000,
    base: null,
    openIntents: [],
    formerPersonIds: [],
    tombstone: null,
    agreedAtMs: null,
    recycles: 0,
    stageMove: null,
    frozen: [],
    recentWrites: [],
    ...values,
  };
}

/** What the person is to get, by field. */
export function written({ write }: Plan): Record<string, FieldValue> {
  return Object.fromEntries(write?.changes.map(({ field, after }) => [field, after]) ?? []);
}

/** A handed-over pair with a Lead that carries our id: what both hold now, and their base. */
export function paired(
  hubspot: Record<string, string | null>,
  fields: Record<string, FieldValue>,
  base: Base | null = null,
  values: Partial<PlanInput> = {},
): PlanInput {
  const lead = person('Lead', { externalId: '101', email: 'ada@example.com', fields: { Company: 'ACME', ...fields } });
  return input({
    contact: contact({ salesforce_person_id: leadId, company: 'ACME', ...hubspot }),
    pair: pairWith(lead, { base }),
    ...values,
    persons: { byId: [lead] },
  });
}

/** The codes of the reasons about a Salesforce field. */
export function codesFor(decided: Plan, field: string): string[] {
  return decided.reasons.filter((reason) => reason.field === field).map(({ code }) => code);
}

/** What the contact is to get, by property. */
export function sentBack({ contact: changes }: Plan): Record<string, FieldValue> {
  return Object.fromEntries(changes.map(({ field, after }) => [field, after]));
}
