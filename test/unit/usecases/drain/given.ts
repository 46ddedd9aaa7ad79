import { noStageDecision } from '../../../../src/domain/lifecycle/types.ts';
import type { FieldChange, PairKnowledge, Plan } from '../../../../src/domain/plan/types.ts';
import type { HubSpotRecord, SalesforcePerson } from '../../../../src/domain/record.ts';
import type { ClaimedRecord } from '../../../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../../../src/ports/ledger-result.ts';
import type { Batch } from '../../../../src/usecases/drain/batch.ts';
import { noTies } from '../../../../src/usecases/drain/contact-ties.ts';
import type { DrainDependencies } from '../../../../src/usecases/drain/dependencies.ts';
import type { ContactLook } from '../../../../src/usecases/drain/look.ts';

export const now = Date.UTC(2026, 10, 22, 12);

export function givenContact(properties: Record<string, string | null> = {}, more: Partial<HubSpotRecord> = {}) {
  return { id: '1', properties, mergedIds: [], updatedAtMs: now, ...more } satisfies HubSpotRecord;
}

export function givenPair(more: Partial<PairKnowledge> = {}): PairKnowledge {
  return {
    person: null,
    handedOverAtMs: null,
    base: null,
    openIntents: [],
    formerPersonIds: [],
    formerContactIds: [],
    tombstone: null,
    agreedAtMs: null,
    recycles: 0,
    stageMove: null,
    frozen: [],
    recentWrites: [],
    ...more,
  };
}

export function givenClaimed(more: Partial<ClaimedRecord> = {}): ClaimedRecord {
  return {
    recordId: '1',
    counter: '7',
    priority: 2,
    hints: [],
    attempts: 0,
    source: 'test',
    runId: null,
    markedAtMs: now,
    pairId: '10',
    pair: givenPair(),
    ...more,
  };
}

export function givenPerson(more: Partial<SalesforcePerson> = {}): SalesforcePerson {
  return {
    object: 'Lead',
    id: '00Q000000000001AAA',
    fields: {},
    externalId: '1',
    email: null,
    isDeleted: false,
    masterRecordId: null,
    isConverted: false,
    convertedContactId: null,
    modifiedAtMs: now,
    lastModifiedBy: null,
    opportunities: [],
    ...more,
  };
}

export function givenPlan(more: Partial<Plan> = {}): Plan {
  return {
    outcome: 'unchanged',
    gate: { passes: true, code: 'passes', text: 'It passes.', lacking: [] },
    person: { object: 'Lead', id: '00Q000000000001AAA' },
    write: null,
    contact: [],
    stage: noStageDecision,
    asks: null,
    freezes: [],
    tombstone: null,
    waitsFor: [],
    archivesContact: false,
    agreed: null,
    linkBack: false,
    blanks: [],
    intents: [],
    reasons: [],
    problem: null,
    ...more,
  };
}

export const toCity: FieldChange = {
  field: 'city',
  before: 'Bonn',
  after: 'Kiel',
  rule: 'newest',
  source: 'City',
  sourceValue: 'Kiel',
};

export function givenLook(more: Partial<ContactLook> = {}): ContactLook {
  const plan = givenPlan({ contact: [toCity] });
  return {
    claimed: givenClaimed(),
    contact: givenContact({ city: 'Bonn' }),
    readAtMs: now,
    plan,
    found: null,
    ties: noTies,
    goneCompanyId: null,
    pairId: '10',
    person: plan.person,
    intentId: '100',
    changes: plan.contact,
    ...more,
  };
}

export function givenBatch(): Batch {
  return {
    claim: { token: 't', leaseMs: 600_000, records: [] },
    leasedUntilMs: now + 600_000,
    readAtMs: now,
    spend: { priority: 2, prepaid: 0 },
    signal: new AbortController().signal,
  };
}

/** A test names the ports it needs; every other call ends it. */
export type Ports = {
  hubspot?: Partial<DrainDependencies['hubspot']>;
  salesforce?: Partial<DrainDependencies['salesforce']>;
  ledger?: Partial<DrainDependencies['ledger']>;
  properties?: readonly string[];
  atMs?: number;
  observe?: boolean;
  deletedInHubSpot?: 'unlink' | 'delete';
  erasedInHubSpot?: 'unlink' | 'delete';
};

/** What was committed, in order; each `nextIntent` gets the id `next-<contact>`. */
export function givenDependencies(ports: Ports): { dependencies: DrainDependencies; committed: RecordResult[] } {
  const committed: RecordResult[] = [];
  const commit: DrainDependencies['ledger']['commit'] = async (_token, _version, results) => {
    committed.push(...results);
    const next = results.filter(({ nextIntent }) => nextIntent !== undefined);
    return {
      intentIds: new Map(next.map(({ contactId }) => [contactId, `next-${contactId}`])),
      stale: [],
      poisoned: [],
    };
  };
  const { deletedInHubSpot = 'unlink', erasedInHubSpot = 'unlink' } = ports;
  const parts: Record<string, unknown> = {
    hubspot: guarded('hubspot', ports.hubspot),
    salesforce: guarded('salesforce', ports.salesforce),
    ledger: guarded('ledger', { commit, ...ports.ledger }),
    clock: { now: () => ports.atMs ?? now, random: () => 0.5, sleep: async () => undefined },
    mapping: {
      contact: {
        hubspotProperties: ports.properties ?? ['city', 'lifecyclestage'],
        salesforceFields: { Lead: ['City'], Contact: [] },
      },
      events: { deletedInHubSpot, erasedInHubSpot },
      company: { isOn: false },
      deal: { isOn: false },
    },
    mappingVersion: 1,
    observe: ports.observe ?? false,
  };
  return { dependencies: parts as unknown as DrainDependencies, committed };
}

function guarded(name: string, port: object = {}): object {
  return new Proxy(port, {
    get(target, method, receiver) {
      if (Reflect.has(target, method)) return Reflect.get(target, method, receiver);
      throw new Error(`${name}.${String(method)} was not expected`);
    },
  });
}
