import { describe, expect, it } from 'vitest';
import { SyncError } from '../../../../src/errors.ts';
import type { HubSpotRead } from '../../../../src/ports/hubspot.ts';
import type { Intent } from '../../../../src/ports/ledger-work.ts';
import { settleGone } from '../../../../src/usecases/drain/settle-gone.ts';
import {
  givenBatch,
  givenClaimed,
  givenContact,
  givenDependencies,
  givenPair,
  givenPerson,
  now,
  type Ports,
} from './given.ts';

const person = givenPerson();
const linked = givenPair({ person: { object: 'Lead', id: person.id }, handedOverAtMs: 1, formerContactIds: ['1'] });

type World = Pick<Ports, 'deletedInHubSpot' | 'erasedInHubSpot' | 'observe' | 'hubspot'> & {
  how?: 'deleted' | 'erased';
  pair?: ReturnType<typeof givenPair> | null;
  persons?: readonly ReturnType<typeof givenPerson>[];
  answer?: SyncError | null;
};

async function settle({ how = 'deleted', pair = linked, persons = [person], answer = null, ...ports }: World) {
  const [deleted, intents]: [string[], Intent[]] = [[], []];
  const { dependencies, committed } = givenDependencies({
    ...ports,
    salesforce: {
      findPersons: async () => new Map([['1', { byExternalId: persons, byId: [], byEmail: [] }]]),
      async deleteRecords(ids) {
        deleted.push(...ids);
        return new Map(ids.map((id) => [id, answer]));
      },
    },
    ledger: {
      async reserve(_token, _version, reservations) {
        intents.push(...reservations.flatMap(({ intent }) => intent ?? []));
        return reservations.map(({ contactId }) => ({ contactId, ok: true, pairId: '10', intentId: '100' }));
      },
    },
  });
  const claimed = givenClaimed({ pair, pairId: pair === null ? null : '10' });
  await settleGone(dependencies, givenBatch(), [{ claimed, how }]);
  return { result: committed[0], deleted, intents };
}

const reads = (read: HubSpotRead) => ({ read: async () => new Map([['2', read]]) });
const withOther = { ...linked, formerContactIds: ['1', '2'] };

describe('a contact that is gone in HubSpot', () => {
  it('is unlinked: its pair ends, its person and its memories stay', async () => {
    const { result, deleted } = await settle({});

    expect(deleted).toEqual([]);
    expect(result).toMatchObject({
      tombstone: 'contact_deleted',
      retiredContactIds: [{ id: '1', status: 'deleted' }],
      decision: { outcome: 'gone', code: 'contact_gone' },
      settle: { kind: 'done' },
    });
    expect(result?.retiredPersonIds).toBeUndefined();
  });

  it('takes its person with it where the mapping says so: intent first, then the deletion', async () => {
    const { result, deleted, intents } = await settle({ deletedInHubSpot: 'delete' });

    expect(intents).toMatchObject([{ operation: 'delete', object: 'Lead', recordId: person.id }]);
    expect(deleted).toEqual([person.id]);
    expect(result).toMatchObject({
      tombstone: 'contact_deleted',
      outcomes: [{ intentId: '100', state: 'done' }],
      retiredPersonIds: [{ id: person.id, status: 'deleted' }],
    });
  });

  it.each([
    { name: 'nobody was linked', world: { pair: givenPair() } },
    { name: 'the contact was never known', world: { pair: null } },
    { name: 'the person carries the id of another contact', world: { persons: [{ ...person, externalId: '99' }] } },
    { name: 'the person is deleted already', world: { persons: [{ ...person, isDeleted: true }] } },
    { name: 'two living persons carry its id', world: { persons: [person, { ...person, id: '00Q000000000002AAA' }] } },
    { name: 'the pair has ended before', world: { pair: { ...linked, tombstone: 'contact_deleted' as const } } },
    { name: 'it is only observed', world: { observe: true } },
  ])('deletes nobody where $name', async ({ world }) => {
    const { deleted, result } = await settle({ deletedInHubSpot: 'delete', ...world });

    expect(deleted).toEqual([]);
    expect(result).toMatchObject({ decision: { outcome: 'gone' }, settle: { kind: 'done' } });
  });

  it('deletes the Contact that the lead became', async () => {
    const lead = { ...person, isConverted: true };
    const contact = givenPerson({ object: 'Contact', id: '003000000000001AAA' });
    const { deleted } = await settle({ deletedInHubSpot: 'delete', persons: [lead, contact] });

    expect(deleted).toEqual([contact.id]);
  });

  it('goes on where the id was one of several and another contact of the pair lives', async () => {
    for (const read of [
      { kind: 'found' as const, record: givenContact({}, { id: '2' }), readAtMs: now },
      { kind: 'merged' as const, record: givenContact({}, { id: '3' }), readAtMs: now },
    ]) {
      const { result, deleted } = await settle({ deletedInHubSpot: 'delete', pair: withOther, hubspot: reads(read) });

      expect(deleted).toEqual([]);
      expect(result).toMatchObject({ retiredContactIds: [{ id: '1', status: 'deleted' }] });
      expect(result?.tombstone).toBeUndefined();
    }
  });

  it('waits where HubSpot does not say whether another contact of the pair lives', async () => {
    const error = new SyncError('retryable', 'hubspot_unavailable', 'Away.');
    const { result } = await settle({ pair: withOther, hubspot: reads({ kind: 'error', error }) });

    expect(result).toMatchObject({ settle: { kind: 'later', counts: true } });
    expect(result?.tombstone).toBeUndefined();
  });

  it('ends where the others are gone too', async () => {
    const { result } = await settle({ pair: withOther, hubspot: reads({ kind: 'missing' }) });

    expect(result?.tombstone).toBe('contact_deleted');
  });

  it.each([
    {
      name: 'a refused deletion is a failure',
      error: new SyncError('needs-human', 'salesforce_missing_right', 'No.'),
      state: 'refused',
      kind: 'failed',
    },
    {
      name: 'a lost answer is asked about again',
      error: new SyncError('retryable', 'salesforce_no_answer', 'Lost.', { mayHaveHappened: true }),
      state: 'unknown',
      kind: 'later',
    },
  ])('$name, and the pair stays', async ({ error, state, kind }) => {
    const { result } = await settle({ deletedInHubSpot: 'delete', answer: error });

    expect(result).toMatchObject({ outcomes: [{ intentId: '100', state }], settle: { kind } });
    expect(result?.tombstone).toBeUndefined();
  });
});

describe('a contact that was erased for privacy', () => {
  it('ends its pair for ever, with its ids as the only memory', async () => {
    const { result } = await settle({ how: 'erased', pair: { ...linked, tombstone: 'contact_deleted' } });

    expect(result).toMatchObject({
      tombstone: 'erased',
      retiredContactIds: [{ id: '1', status: 'erased' }],
      decision: { code: 'contact_erased' },
    });
  });

  it('takes its person with it where the mapping says so, also when it was deleted first', async () => {
    const pair = { ...linked, tombstone: 'contact_deleted' as const };
    const { deleted } = await settle({ how: 'erased', erasedInHubSpot: 'delete', pair });

    expect(deleted).toEqual([person.id]);
  });
});
