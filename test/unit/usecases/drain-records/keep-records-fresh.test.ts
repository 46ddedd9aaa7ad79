import { describe, expect, it } from 'vitest';
import type { FieldChange } from '../../../../src/domain/plan/types.ts';
import type { FieldValue, SystemName } from '../../../../src/domain/record.ts';
import { SyncError } from '../../../../src/errors.ts';
import type { RecordDependencies } from '../../../../src/usecases/drain-records/dependencies.ts';
import { keepRecordsFresh } from '../../../../src/usecases/drain-records/keep-records-fresh.ts';
import { kindOfObject } from '../../../../src/usecases/drain-records/kinds.ts';
import type { ReservedRecord } from '../../../../src/usecases/drain-records/record-look.ts';
import { givenBatch, now } from '../drain/given.ts';

const opportunity = { object: 'Opportunity', id: '006000000000001AAA' } as const;
const asRead = { amount: '5', dealname: 'Order', roles: null };

const change = (field: string, before: FieldValue, more: Partial<FieldChange> = {}): FieldChange => ({
  field,
  before,
  after: 'new',
  rule: 'newest',
  ...more,
});

/** A deal whose amount is to be written: by HubSpot's value to Salesforce, or the other way round. */
function look(goal: SystemName): ReservedRecord {
  const toSalesforce = { changes: [change('Amount', '7'), change('roles/1', '*')] };
  const toHubSpot = [change('amount', '5', { source: 'Amount', sourceValue: '7' })];
  const plan = {
    counterpart: opportunity,
    write: goal === 'salesforce' ? toSalesforce : null,
    changes: goal === 'hubspot' ? toHubSpot : [],
  };
  return { record: { id: '1', properties: asRead }, readAtMs: now, plan } as unknown as ReservedRecord;
}

type World = {
  ageMs: number;
  properties?: Record<string, string | null>;
  amount?: string;
  isDeleted?: boolean;
  isAway?: boolean;
  isGone?: boolean;
};

function given({ ageMs, properties = {}, amount = '7', isDeleted = false, isAway = false, isGone = false }: World) {
  const found = { ...opportunity, fields: { Amount: amount, Name: 'Order' }, isDeleted, roles: [] };
  return {
    clock: { now: () => now + ageMs },
    mapping: { deal: { hubspotProperties: ['amount', 'dealname'], salesforceFields: ['Amount', 'Name'] } },
    hubspot: {
      read: async () =>
        new Map([
          ['1', isGone ? { kind: 'gone' } : { kind: 'found', record: { properties: { ...asRead, ...properties } } }],
        ]),
    },
    salesforce: {
      findRecords: async () => {
        if (isAway) throw new SyncError('retryable', 'salesforce_unreachable', 'Away.');
        return new Map([['1', { byExternalId: [], byDomain: [], byId: [found] }]]);
      },
    },
  } as unknown as RecordDependencies;
}

async function goesOn(world: World, goal: SystemName): Promise<boolean> {
  const looks = [look(goal)];
  const kept = await keepRecordsFresh(given(world), givenBatch() as never, kindOfObject('Opportunity'), looks, goal);
  expect(kept.fresh.length + kept.changed.length).toBe(1);
  return kept.fresh.length === 1;
}

const ageMs = 6_000;

describe.each<SystemName>(['hubspot', 'salesforce'])('before a deal is written to %s', (goal) => {
  it.each<[string, World, boolean]>([
    ['fresh data is used as it is', { ageMs: 4_000, properties: { amount: '9' }, amount: '9' }, true],
    ['old data that still holds goes on', { ageMs }, true],
    ['a property that changed meanwhile is looked at again', { ageMs, properties: { dealname: 'Other' } }, false],
    ['so is a field that sales changed meanwhile', { ageMs, amount: '9' }, false],
    ['so is a deal that is gone', { ageMs, isGone: true }, false],
    ['so is one whose Opportunity was deleted', { ageMs, isDeleted: true }, false],
    ['what Salesforce does not say is not known to be the same', { ageMs, isAway: true }, false],
    ['what a process slept over is read anew', { ageMs: 61_000 }, false],
  ])('%s', async (_, world, expected) => {
    expect(await goesOn(world, goal)).toBe(expected);
  });
});

it('what was read again counts as fresh from then on', async () => {
  const names = kindOfObject('Opportunity');
  const { fresh } = await keepRecordsFresh(
    given({ ageMs }),
    givenBatch() as never,
    names,
    [look('hubspot')],
    'hubspot',
  );

  expect(fresh[0]?.readAtMs).toBe(now + ageMs);
});
