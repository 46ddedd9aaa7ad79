import { createConversion, createConversionBack } from '../../../../src/domain/mapping/convert.ts';
import type { CompanyMapping, DealMapping } from '../../../../src/domain/mapping/record-types.ts';
import type { FieldRule, MappedField } from '../../../../src/domain/mapping/types.ts';
import type { OwnerDirectory, PairKnowledge } from '../../../../src/domain/plan/types.ts';
import type {
  Association,
  CounterpartObject,
  CounterpartReference,
  FieldValue,
  HubSpotRecord,
  SalesforceRecord,
} from '../../../../src/domain/record.ts';
import type {
  CompanyInput,
  DealFacts,
  DealInput,
  RecordMatches,
  RecordPlan,
  RelatedContact,
} from '../../../../src/domain/records/types.ts';

export const accountId = '001000000000001AAA';
export const otherAccountId = '001000000000002AAA';
export const opportunityId = '006000000000001AAA';
export const deskUser = '005000000000001AAA';
export const janeUser = '005000000000002AAA';

export const owners: OwnerDirectory = {
  usersByEmail: new Map([
    ['desk@example.com', { id: deskUser, isActive: true }],
    ['jane@example.com', { id: janeUser, isActive: true }],
    ['gone@example.com', { id: '005000000000003AAA', isActive: false }],
  ]),
  emailsByOwner: new Map([
    ['11', 'jane@example.com'],
    ['12', 'gone@example.com'],
  ]),
  teamsByOwner: new Map(),
  ownersByEmail: new Map([['jane@example.com', '11']]),
  emailsByUser: new Map([
    [deskUser, 'desk@example.com'],
    [janeUser, 'jane@example.com'],
  ]),
};

/** One line of a mapping file. */
export function mappedField(
  object: CounterpartObject,
  hubspot: string,
  field: string,
  rule: FieldRule = 'newest',
): MappedField {
  const salesforce = { [object]: field };
  const spec = { file: 'deals.yaml', hubspot, salesforce, transform: null, values: null };
  return {
    hubspot,
    salesforce,
    rule: { before: rule, after: rule },
    empty: 'clear',
    values: null,
    isTransformed: false,
    hasWayBack: true,
    fallback: 'salesforce',
    convert: createConversion({ ...spec, tooLong: { policy: 'truncate', max: null } }),
    convertBack: createConversionBack({ hubspot, back: null, values: null, valuesBack: null, isTransformed: false }),
  };
}

const common = {
  isOn: true,
  owner: {
    rule: { before: 'newest', after: 'newest' },
    fallbackEmail: 'desk@example.com',
    emails: new Map(),
    fallbackByTeam: new Map(),
  },
  defaults: {},
  required: ['Name'],
  hubspotProperties: [],
  namedAt: new Map(),
  salesforceFields: [],
  events: {
    deletedInHubSpot: 'unlink',
    deletedInSalesforce: 'unlink',
    restoredInSalesforce: 'relink',
    mergedInSalesforce: 'follow',
  },
} as const;

export const companyMapping: CompanyMapping = {
  ...common,
  fields: [mappedField('Account', 'name', 'Name'), mappedField('Account', 'website', 'Website')],
  createInSalesforce: 'with_person',
  createInHubSpot: 'with_person',
  matchByDomain: true,
  ignoredDomains: new Set(['partner.example']),
  contactRule: 'newest',
  stageFollowsDeals: true,
};

export const dealMapping: DealMapping = {
  ...common,
  fields: [mappedField('Opportunity', 'dealname', 'Name'), mappedField('Opportunity', 'dealtype', 'Type')],
  createInSalesforce: 'passed_gate',
  createInHubSpot: 'linked',
  pipelines: {
    field: 'RecordTypeId',
    list: [
      {
        hubspot: 'default',
        salesforce: 'New_Business',
        stages: new Map([
          ['demo', 'Qualification'],
          ['trial', 'Qualification'],
          ['offer', 'Proposal'],
          ['won', 'Closed Won'],
          ['lost', 'Closed Lost'],
        ]),
        stagesBack: new Map([
          ['Qualification', 'demo'],
          ['Proposal', 'offer'],
          ['Negotiation', 'offer'],
          ['Closed Won', 'won'],
          ['Closed Lost', 'lost'],
        ]),
      },
      {
        hubspot: '77',
        salesforce: 'Renewal',
        stages: new Map([
          ['771', 'Qualification'],
          ['772', 'Closed Won'],
        ]),
        stagesBack: new Map([
          ['Qualification', '771'],
          ['Closed Won', '772'],
        ]),
      },
    ],
    ignoredPipelines: new Set(['99']),
    ignoredStages: new Set(['parked']),
    ignoredValues: new Set(['Partner']),
    ignoredStageNames: new Set(['Frozen']),
    rule: 'newest',
    fallback: 'salesforce',
  },
  amountRule: { rule: 'newest', fallback: 'salesforce' },
  orgCurrency: null,
  closeDateDays: null,
  accountRule: 'newest',
  roles: {
    rule: 'newest',
    fallback: 'salesforce',
    roles: new Map([
      ['Decision maker', 'Decision Maker'],
      ['Budget holder', 'Economic Buyer'],
    ]),
    labels: new Map([
      ['Decision Maker', 'Decision maker'],
      ['Economic Buyer', 'Budget holder'],
    ]),
    primaryLabel: 'Main contact',
  },
};

const stage = (label: string, isClosed = false, isWon = false) => ({ label, isClosed, isWon });

export const dealFacts: DealFacts = {
  timeZone: 'Europe/Vienna',
  homeCurrency: 'EUR',
  hubspotCurrencies: new Set(['EUR', 'USD']),
  orgCurrencies: null,
  pipelines: new Map([
    [
      'default',
      {
        label: 'Sales',
        stages: new Map([
          ['demo', stage('Demo booked')],
          ['trial', stage('Trial')],
          ['offer', stage('Offer')],
          ['won', stage('Won', true, true)],
          ['lost', stage('Lost', true)],
          ['parked', stage('Parked')],
          ['new', stage('Brand new')],
        ]),
      },
    ],
    [
      '77',
      {
        label: 'Renewals',
        stages: new Map([
          ['771', stage('Open')],
          ['772', stage('Renewed', true, true)],
        ]),
      },
    ],
    ['99', { label: 'Hiring', stages: new Map([['991', stage('Open')]]) }],
    ['55', { label: 'Projects', stages: new Map([['551', stage('Open')]]) }],
  ]),
  stages: new Map([
    ['Qualification', { isActive: true, isClosed: false, isWon: false }],
    ['Proposal', { isActive: true, isClosed: false, isWon: false }],
    ['Negotiation', { isActive: true, isClosed: false, isWon: false }],
    ['Frozen', { isActive: true, isClosed: false, isWon: false }],
    ['Odd', { isActive: true, isClosed: false, isWon: false }],
    ['Closed Won', { isActive: true, isClosed: true, isWon: true }],
    ['Closed Lost', { isActive: true, isClosed: true, isWon: false }],
  ]),
  recordTypes: new Map([
    ['New_Business', '012000000000001AAA'],
    ['Renewal', '012000000000002AAA'],
    ['Partner', '012000000000003AAA'],
  ]),
};

function hubspotRecord(id: string, properties: Record<string, string | null>): HubSpotRecord {
  return { id, properties, mergedIds: [], updatedAtMs: 0 };
}

/** A living record of Salesforce. */
export function salesforceRecord(
  object: CounterpartObject,
  id: string,
  fields: Record<string, FieldValue>,
  values: Partial<SalesforceRecord> = {},
): SalesforceRecord {
  return {
    object,
    id,
    fields: { OwnerId: deskUser, ...fields },
    externalId: null,
    isDeleted: false,
    masterRecordId: null,
    modifiedAtMs: 0,
    lastModifiedBy: null,
    roles: [],
    ...values,
  };
}

export function pairWith(
  person: CounterpartReference | null,
  values: Partial<PairKnowledge<CounterpartReference>> = {},
): PairKnowledge<CounterpartReference> {
  return {
    person,
    handedOverAtMs: person === null ? null : 500_000,
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

const nothingFound: RecordMatches = { byExternalId: [], byId: [], byDomain: [] };

const surroundings = {
  now: Date.parse('2026-11-22T12:00:00Z'),
  pair: null,
  owners,
  fieldFacts: () => undefined,
  histories: { hubspot: {}, salesforce: {} },
  fights: { withinMs: 3_600_000, repeats: 3, writes: 12 },
  ourUserId: null,
  deadRecordIds: new Set<string>(),
};

export const passed: RelatedContact = { contactId: '1', passedGate: true, person: null };

type Given<Input> = Partial<Omit<Input, 'matches'>> & { matches?: Partial<RecordMatches> };

/** A company with somebody who has passed the gate, and that nothing in Salesforce stands for. */
export function company(
  values: Given<CompanyInput> = {},
  properties: Record<string, string | null> = {},
): CompanyInput {
  const given = { name: 'Acme GmbH', domain: 'acme.com', website: 'acme.com', lifecyclestage: 'lead' };
  return {
    ...surroundings,
    mapping: companyMapping,
    record: hubspotRecord('501', {
      ...given,
      hubspot_owner_id: null,
      salesforce_account_id: null,
      ...properties,
    }),
    people: [passed],
    accountsOfPeople: [],
    isWanted: false,
    isNamed: false,
    deals: [],
    stages: { order: ['lead', 'opportunity', 'customer'], open: 'opportunity', won: 'customer' },
    ...values,
    matches: { ...nothingFound, ...values.matches },
  };
}

/** The contact's id in HubSpot is the end of that of its Contact. */
export function contactOf(id: string, shape: 'Lead' | 'Contact' | 'nobody' | 'below' = 'Contact'): RelatedContact {
  if (shape === 'below') return { contactId: id, passedGate: false, person: null };
  const object = shape === 'Lead' ? 'Lead' : 'Contact';
  return { contactId: id, passedGate: true, person: shape === 'nobody' ? null : { object, id: personIdOf(id) } };
}

export function personIdOf(id: string): string {
  return `003${id.padStart(12, '0')}AAA`;
}

export function associated(id: string, labels: readonly string[] = []): Association {
  return { toObject: 'contact', toId: id, labels, isPrimary: false };
}

/** A deal with one contact, a Contact in Salesforce, and a company that is paired; nothing in Salesforce stands for it. */
export function deal(values: Given<DealInput> = {}, properties: Record<string, string | null> = {}): DealInput {
  const contacts = values.contacts ?? new Map([['1', contactOf('1')]]);
  const persons = [...contacts.values()].flatMap(({ contactId, person }) =>
    person?.object === 'Contact' ? [[person.id, contactId] as const] : [],
  );
  return {
    ...surroundings,
    mapping: dealMapping,
    facts: dealFacts,
    record: hubspotRecord('701', {
      dealname: 'Big one',
      dealtype: null,
      pipeline: 'default',
      dealstage: 'demo',
      closedate: '2026-12-31T11:00:00Z',
      amount: '1234.50',
      deal_currency_code: null,
      hubspot_owner_id: null,
      salesforce_opportunity_id: null,
      ...properties,
    }),
    associations: [associated('1')],
    contacts,
    contactOfPerson: new Map(persons),
    company: { id: '501', state: 'paired', accountId, companyId: '501', handedOver: true },
    ...values,
    matches: { ...nothingFound, ...values.matches },
  };
}

/** What an Opportunity holds that agrees with the deal that `deal` makes, its role included. */
export const agreeingFields: Record<string, FieldValue> = {
  Name: 'Big one',
  Type: null,
  RecordTypeId: '012000000000001AAA',
  StageName: 'Qualification',
  CloseDate: '2026-12-31',
  Amount: '1234.5',
  AccountId: accountId,
  IsClosed: false,
  IsWon: false,
};

/** What the record in Salesforce is to get, by field. */
export function sent({ write }: Pick<RecordPlan, 'write'>): Record<string, FieldValue> {
  return Object.fromEntries(write?.changes.map(({ field, after }) => [field, after]) ?? []);
}

/** What the record in HubSpot is to get, by property. */
export function sentBack({ changes }: Pick<RecordPlan, 'changes'>): Record<string, FieldValue> {
  return Object.fromEntries(changes.map(({ field, after }) => [field, after]));
}

export function codes({ reasons }: Pick<RecordPlan, 'reasons'>): string[] {
  return reasons.map(({ code }) => code);
}
