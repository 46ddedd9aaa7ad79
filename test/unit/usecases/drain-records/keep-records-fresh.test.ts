import { describe, expect, it } from 'vitest';
import type { FieldChange } from '../../../../src/domain/plan/types.ts';
import type { Association, ContactRole } from '../../../../src/domain/record.ts';
import type { RecordPlan } from '../../../../src/domain/records/types.ts';
import { SyncError } from '../../../../src/errors.ts';
import { keepRecordsFresh } from '../../../../src/usecases/drain-records/keep-records-fresh.ts';
import { kinds } from '../../../../src/usecases/drain-records/kinds.ts';
import { givenContact, now } from '../drain/given.ts';
import { givenOpportunity, givenRecordDependencies, givenRecordLook, opportunity } from './given.ts';

const silent = new SyncError('retryable', 'test', 'No answer.');
const batch = {
  claim: { token: 't', leaseMs: 600_000, records: [] },
  leasedUntilMs: now + 600_000,
  readAtMs: now,
  spend: { priority: 2, prepaid: 0 },
  signal: new AbortController().signal,
} as const;

const associated = (toId: string, labels: readonly string[] = [], more: Partial<Association> = {}): Association => ({
  toObject: 'contact',
  toId,
  labels,
  isPrimary: false,
  ...more,
});
const role: ContactRole = { id: '00K1', contactId: '003A', role: 'Evaluator', isPrimary: true };

const toName: FieldChange = {
  field: 'Name',
  before: 'Order',
  after: 'Big order',
  rule: 'newest',
  source: 'dealname',
  sourceValue: 'Big order',
};
const toRole: FieldChange = { field: 'roles/1', before: null, after: '*', rule: 'newest', source: 'contacts/1' };
const toDealname: FieldChange = {
  field: 'dealname',
  before: 'Big order',
  after: 'Order',
  rule: 'newest',
  source: 'Name',
  sourceValue: 'Order',
};
const toContact: FieldChange = { field: 'contacts/1', before: null, after: '*', rule: 'newest', source: 'roles/1' };
const write = (...changes: FieldChange[]): Partial<RecordPlan> => ({
  write: { operation: 'update', object: 'Opportunity', id: opportunity.id, changes },
});

/** How both sides are by the time of the write, where they are not as they were read. */
type World = {
  ageMs: number;
  properties?: Record<string, string>;
  fields?: Record<string, string>;
  isDeleted?: boolean;
  isSilent?: boolean;
  associations?: readonly Association[] | SyncError;
  roles?: readonly ContactRole[];
};

const read = { properties: { dealname: 'Big order' }, associations: [associated('1', ['Buyer', 'Friend'])] };

async function goesOn(world: World, goal: 'hubspot' | 'salesforce', plan: Partial<RecordPlan>): Promise<boolean> {
  const { ageMs, properties = read.properties, fields = {}, isDeleted = false, roles = [role] } = world;
  const { associations = read.associations } = world;
  const held = { ...givenOpportunity(fields, roles), isDeleted };
  const { dependencies } = givenRecordDependencies({
    atMs: now + ageMs,
    hubspot: {
      read: async () => new Map([['1', { kind: 'found', record: givenContact(properties), readAtMs: now }]]),
      associations: async (_from: string, _ids: unknown, to: string) => {
        const own =
          associations instanceof SyncError
            ? associations
            : associations.filter(({ toObject }) => toObject === (to === 'contacts' ? 'contact' : 'company'));
        return new Map([['1', own]]);
      },
    },
    salesforce: {
      findRecords: async () => {
        if (world.isSilent) throw silent;
        return new Map([['1', { byExternalId: [], byId: [held], byDomain: [] }]]);
      },
    },
  });
  const look = givenRecordLook({ ...read, read: givenOpportunity({}, [role]), plan });
  const { fresh, changed } = await keepRecordsFresh(dependencies, batch, kinds.deal, [look], goal);
  expect(fresh.length + changed.length).toBe(1);
  const [kept] = fresh;
  if (kept !== undefined) expect(kept.readAtMs).toBe(ageMs > 5_000 ? now + ageMs : now);
  return kept !== undefined;
}

type Case = [name: string, world: World, expected: boolean];

describe('before a field of an Opportunity is written', () => {
  it.each<Case>([
    ['fresh data is used as it is', { ageMs: 4_000, properties: { dealname: 'X' } }, true],
    ['old data that still holds goes on', { ageMs: 6_000 }, true],
    ['a property that changed meanwhile stops it', { ageMs: 6_000, properties: { dealname: 'X' } }, false],
    ['so does the field that is written', { ageMs: 6_000, fields: { Name: 'Renamed' } }, false],
    ['another field does not matter', { ageMs: 6_000, fields: { Amount: '7' } }, true],
    ['an Opportunity that was deleted stops it', { ageMs: 6_000, isDeleted: true }, false],
    ['where Salesforce does not answer, nothing is known to be the same', { ageMs: 6_000, isSilent: true }, false],
    ['what a process slept over is read anew', { ageMs: 61_000 }, false],
    ['who takes part does not matter', { ageMs: 6_000, associations: [], roles: [] }, true],
  ])('%s', async (_name, world, expected) => {
    expect(await goesOn(world, 'salesforce', write(toName))).toBe(expected);
  });
});

describe('before a deal is written', () => {
  const plan = { changes: [toDealname], ...write({ ...toName, field: 'Amount', before: null, source: 'amount' }) };

  it.each<Case>([
    ['old data that still holds goes on', { ageMs: 6_000 }, true],
    ['a source that changed meanwhile stops it', { ageMs: 6_000, fields: { Name: 'Renamed' } }, false],
    ['what we have just written to Salesforce is no change', { ageMs: 6_000, fields: { Amount: 'Big order' } }, true],
  ])('%s', async (_name, world, expected) => {
    expect(await goesOn(world, 'hubspot', plan)).toBe(expected);
  });
});

describe('before somebody gets or loses a part in a deal', () => {
  const buyer = [associated('1', ['Friend', 'Buyer'])];

  it.each<Case>([
    ['old data that still holds goes on, in whatever order labels come', { ageMs: 6_000, associations: buyer }, true],
    ['fresh data is used as it is', { ageMs: 4_000, associations: [] }, true],
    ['a contact that was taken off meanwhile stops it', { ageMs: 6_000, associations: [] }, false],
    ['so does a label that somebody gave it', { ageMs: 6_000, associations: [associated('1', ['Buyer'])] }, false],
    [
      'so does a company that came to it',
      { ageMs: 6_000, associations: [...buyer, associated('5', ['Reseller'], { toObject: 'company' })] },
      false,
    ],
    ['what could not be read is not known to be the same', { ageMs: 6_000, associations: silent }, false],
    ['so does a role that sales changed', { ageMs: 6_000, roles: [{ ...role, role: 'Influencer' }] }, false],
    ['so does a role that sales took away', { ageMs: 6_000, roles: [] }, false],
  ])('%s', async (_name, world, expected) => {
    expect(await goesOn(world, 'salesforce', write(toRole))).toBe(expected);
    expect(await goesOn(world, 'hubspot', { changes: [toContact] })).toBe(expected);
  });

  it('roles that we have just written are no change', async () => {
    const plan = { ...write(toRole), changes: [toContact] };
    expect(await goesOn({ ageMs: 6_000, roles: [] }, 'hubspot', plan)).toBe(true);
  });
});
