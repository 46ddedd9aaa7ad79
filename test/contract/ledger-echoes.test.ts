import { describe, expect, it } from 'vitest';
import type { Intent } from '../../src/ports/ledger-work.ts';
import { done, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claimed, commit, handOver, reserve } = bench;

/** Writes a city and empties a phone of contact 1 in HubSpot. */
async function writeToHubSpot(state: 'done' | 'unknown' | 'refused'): Promise<void> {
  await handOver('1', '00Q1');
  const batch = await claimed('1');
  const changes = [
    { field: 'city', before: 'Wien', after: 'Graz', rule: 'newest' as const },
    { field: 'phone', before: '1', after: null, rule: 'newest' as const },
  ];
  const intent: Intent = { system: 'hubspot', object: 'contact', recordId: '1', operation: 'update', changes };
  const person = { object: 'Lead' as const, id: '00Q1' };
  const [answer] = await reserve(batch, reservation(batch, '1', { claimEmails: [], person, intent }));
  if (answer?.ok !== true || answer.intentId === null) throw new Error('not reserved');
  const { counter } = record(batch, '1');
  const outcomes = [{ intentId: answer.intentId, state }];
  await commit(batch, { contactId: '1', counter, pairId: answer.pairId, outcomes, settle: done });
}

const told = [
  { recordId: '1', property: 'city', value: 'Graz' },
  { recordId: '1', property: 'city', value: 'Wien' },
  { recordId: '1', property: 'phone', value: '' },
  { recordId: '1', property: 'jobtitle', value: 'Graz' },
  { recordId: '2', property: 'city', value: 'Graz' },
];

describe('what HubSpot tells of our own writes', () => {
  it('is recognised by contact, property and value, an emptied one too', async () => {
    await writeToHubSpot('done');

    expect([...(await bench.ledger.echoes(told))].toSorted()).toEqual([0, 2]);
  });

  it('is news while the answer is lost: a look then finds that the write was carried out', async () => {
    await writeToHubSpot('unknown');

    expect([...(await bench.ledger.echoes(told))]).toEqual([]);
  });

  it('is somebody else’s doing where ours was refused', async () => {
    await writeToHubSpot('refused');

    expect([...(await bench.ledger.echoes(told))]).toEqual([]);
  });

  it('is looked at again after an hour', async () => {
    await writeToHubSpot('done');
    await bench.database.pool.query(`update writes set at = at - interval '61 minutes'`);

    expect([...(await bench.ledger.echoes(told))]).toEqual([]);
  });
});
