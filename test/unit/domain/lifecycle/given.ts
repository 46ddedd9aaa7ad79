import { readFacts } from '../../../../src/domain/lifecycle/facts.ts';
import { type OpenStageMove, type StageInput, stageFactsKey } from '../../../../src/domain/lifecycle/types.ts';
import type {
  CompiledMapping,
  LifecycleMapping,
  LifecycleStage,
  StageFacts,
} from '../../../../src/domain/mapping/types.ts';
import type { PairKnowledge } from '../../../../src/domain/plan/types.ts';
import type { HubSpotRecord, OpportunityFact, PersonObject, SalesforcePerson } from '../../../../src/domain/record.ts';
import { loadMappings } from '../../../../src/mappings/load.ts';

const loaded = loadMappings('mappings');
if (!loaded.ok) throw new Error(`The shipped mappings are faulty: ${loaded.findings[0]?.what}`);

/** The lifecycle that `mappings/lifecycle.yaml` ships. */
export const shipped: LifecycleMapping = loaded.mapping.lifecycle;

/** A stage that the company made itself: its HubSpot value is a number. */
export const accepted = '51439524';

export const open: OpportunityFact = { isClosed: false, isWon: false };
export const won: OpportunityFact = { isClosed: true, isWon: true };
export const lost: OpportunityFact = { isClosed: true, isWon: false };

export const now = Date.UTC(2026, 10, 22);

function stage(hubspot: string, label: string, facts: Partial<StageFacts> | null = null): LifecycleStage {
  const nothing = { leadStatuses: [], contactStatuses: [], converted: false, opportunity: null };
  return {
    name: hubspot,
    hubspot,
    label,
    owner: 'sales',
    salesforce: facts === null ? null : { ...nothing, ...facts },
  };
}

/** A company with a status on Contacts too, a stage of its own, and a checkbox by which sales returns a person as well. */
export const lifecycle: LifecycleMapping = {
  stages: [
    stage('subscriber', 'Subscriber'),
    stage('lead', 'Lead'),
    stage('marketingqualifiedlead', 'MQL'),
    stage('salesqualifiedlead', 'SQL', {
      leadStatuses: ['Open', 'Working'],
      contactStatuses: ['Working'],
      converted: true,
    }),
    stage(accepted, 'Accepted', { leadStatuses: ['Accepted'] }),
    stage('opportunity', 'Opportunity', { opportunity: 'open' }),
    stage('customer', 'Customer', { opportunity: 'won' }),
    stage('evangelist', 'Evangelist'),
    stage('other', 'Other'),
  ],
  contactStatusField: 'Status__c',
  recycles: [
    { fields: { Lead: 'Status' }, values: new Set(['Unqualified', 'Nurture']), to: 'lead', reason: 'not ready' },
    { fields: { Contact: 'Status__c' }, values: new Set(['Returned']), to: 'lead', reason: 'not ready' },
    {
      fields: { Lead: 'No_Budget__c', Contact: 'No_Budget__c' },
      values: new Set(['true']),
      to: 'subscriber',
      reason: 'no budget',
    },
  ],
  recycleLost: null,
  reasonProperty: 'recycle_reason',
  reopen: { Lead: 'Open', Contact: 'Working' },
  movedBack: 'restore',
};

export function mappingWith(changes: Partial<LifecycleMapping> = {}): CompiledMapping {
  if (!loaded.ok) throw new Error('The shipped mappings are faulty.');
  return { ...loaded.mapping, lifecycle: { ...lifecycle, ...changes } };
}

export function contact(lifecyclestage: string | null, properties: Record<string, string | null> = {}): HubSpotRecord {
  return { id: '101', mergedIds: [], updatedAtMs: now, properties: { lifecyclestage, ...properties } };
}

/** A living person: a status where a text is given, else fields by name. */
export function person(
  object: PersonObject,
  status: string | null,
  more: { fields?: SalesforcePerson['fields']; opportunities?: readonly OpportunityFact[] } = {},
): SalesforcePerson {
  const statusName = object === 'Lead' ? 'Status' : 'Status__c';
  return {
    object,
    id: object === 'Lead' ? '00Q000000000001AAA' : '003000000000001AAA',
    fields: { No_Budget__c: false, [statusName]: status, ...more.fields },
    externalId: '101',
    email: null,
    isDeleted: false,
    masterRecordId: null,
    isConverted: false,
    convertedContactId: null,
    modifiedAtMs: 0,
    lastModifiedBy: null,
    opportunities: more.opportunities ?? [],
  };
}

export const lead = (status: string | null, fields: SalesforcePerson['fields'] = {}) =>
  person('Lead', status, { fields });
export const sfContact = (status: string | null, ...opportunities: OpportunityFact[]) =>
  person('Contact', status, { opportunities });

/** What the base keeps of the facts of a person. */
export const factsSignature = (mapping: LifecycleMapping, who: SalesforcePerson): string =>
  readFacts(mapping, who).signature;

/** A pair that was handed over; its base as when HubSpot held this stage and Salesforce this person. */
export function pairAgreed(
  settled: { stage: string | null; person: SalesforcePerson } | null,
  more: Partial<PairKnowledge> = {},
): PairKnowledge {
  const base =
    settled === null
      ? null
      : {
          hubspot: { lifecyclestage: settled.stage },
          salesforce: { [stageFactsKey]: factsSignature(lifecycle, settled.person) },
        };
  return {
    person: { object: 'Lead', id: '00Q000000000001AAA' },
    handedOverAtMs: 1,
    base,
    openIntents: [],
    formerPersonIds: [],
    tombstone: null,
    agreedAtMs: 1,
    recycles: 0,
    stageMove: null,
    frozen: [],
    recentWrites: [],
    ...more,
  };
}

/** Stages at which the gate opens in these tests. */
const openStages = new Set(['salesqualifiedlead', accepted, 'opportunity', 'customer']);

/** A look at a handed-over pair; the gate by HubSpot's stage unless it is given. */
export function look(values: Partial<StageInput> & Pick<StageInput, 'contact' | 'person'>): StageInput {
  return {
    now,
    mapping: mappingWith(),
    pair: pairAgreed(null),
    handedOver: true,
    deals: [],
    linking: false,
    gatePasses: openStages.has(values.contact.properties.lifecyclestage ?? values.pair?.stageMove?.to ?? ''),
    ...values,
  };
}

/** A move as the ledger holds it. */
export function begun(values: Partial<OpenStageMove>): OpenStageMove {
  const move = { from: 'salesqualifiedlead', to: 'lead', kind: 'recycle', mustClear: true } as const;
  return {
    ...move,
    code: 'stage_recycled',
    text: 'Sales has returned the person.',
    step: 'clearing',
    openedAtMs: 1,
    ...values,
  };
}
