import type { Association, ContactRole, FieldValues, SalesforceRecord } from '../../../../src/domain/record.ts';
import type { RecordPlan } from '../../../../src/domain/records/types.ts';
import type { RecordDependencies } from '../../../../src/usecases/drain-records/dependencies.ts';
import type { ReservedRecord } from '../../../../src/usecases/drain-records/record-look.ts';
import { givenClaimed, givenContact, givenDependencies, now, type Ports } from '../drain/given.ts';

export const opportunity = { object: 'Opportunity', id: '006000000000001AAA' } as const;

export function givenOpportunity(fields: FieldValues = {}, roles: readonly ContactRole[] = []): SalesforceRecord {
  return {
    ...opportunity,
    fields: { Name: 'Order', ...fields },
    externalId: '1',
    isDeleted: false,
    masterRecordId: null,
    modifiedAtMs: now,
    lastModifiedBy: null,
    roles,
  };
}

function givenRecordPlan(more: Partial<RecordPlan> = {}): RecordPlan {
  return {
    outcome: 'update',
    counterpart: opportunity,
    write: null,
    changes: [],
    handsOver: true,
    linkBack: false,
    waitsFor: [],
    wants: [],
    asks: null,
    freezes: [],
    tombstone: null,
    archives: false,
    agreed: null,
    blanks: [],
    intents: [],
    reasons: [],
    problem: null,
    dealState: null,
    ...more,
  };
}

type GivenLook = {
  properties?: Record<string, string | null>;
  associations?: readonly Association[];
  read?: SalesforceRecord;
  plan?: Partial<RecordPlan>;
};

/** A deal that is about to be written. */
export function givenRecordLook({ properties, associations = [], read, plan }: GivenLook = {}): ReservedRecord {
  const planned = givenRecordPlan(plan);
  return {
    claimed: { ...givenClaimed(), pair: null },
    record: givenContact(properties ?? { dealname: 'Order' }),
    associations,
    readAtMs: now,
    plan: planned,
    matches: { byExternalId: [], byId: [read ?? givenOpportunity()], byDomain: [] },
    personOf: new Map(),
    goneEnds: [],
    unpairedDeals: [],
    replan: () => planned,
    pairId: '10',
    intentId: '100',
  };
}

/** With a deal's mapping. A test names the ports it needs; every other call ends it. */
export function givenRecordDependencies(
  ports: Omit<Ports, 'salesforce' | 'hubspot'> & { salesforce?: object; hubspot?: object },
) {
  const { dependencies, committed } = givenDependencies(ports as Ports);
  const deal = {
    isOn: true,
    hubspotProperties: ['dealname', 'amount', 'dealstage', 'hs_deal_stage_probability'],
    salesforceFields: ['Name', 'Amount'],
    roles: { primaryLabel: null },
  };
  const parts: Record<string, unknown> = { ...dependencies, mapping: { ...dependencies.mapping, deal } };
  return { dependencies: parts as unknown as RecordDependencies, committed };
}
