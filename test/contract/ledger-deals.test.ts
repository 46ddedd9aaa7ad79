import { describe, expect, it } from 'vitest';
import type { HubSpotObject } from '../../src/domain/record.ts';
import type { DealState } from '../../src/domain/records/types.ts';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { kind, resultOf, stepsOf, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const contacts = stepsOf(bench, kind);
const companies = stepsOf(bench, { system: 'hubspot', object: 'company' });
const deals = stepsOf(bench, { system: 'hubspot', object: 'deal' });

const opportunity = (id: string) => ({ object: 'Opportunity' as const, id });
const relation = (object: HubSpotObject, recordId: string) => ({ to: { object, recordId }, passedGate: false });
const relations = [relation('contact', '1'), relation('contact', '2'), relation('company', 'c')];

/** Which contacts and companies were marked since the last time. */
async function marked(): Promise<readonly string[]> {
  const { rows } = await bench.database.pool.query<{ row: string }>(
    `delete from pending where object <> 'deal' returning concat(object, ' ', record_id, ' ', source) as row`,
  );
  return rows.map(({ row }) => row).sort();
}

const all = ['company c deal', 'contact 1 deal', 'contact 2 deal'];

describe('what a deal has come to', () => {
  it('is told to those who look at its contacts and companies', async () => {
    await deals.pair('d', opportunity('006D'), { relations, dealState: 'open' });
    expect(await marked()).toEqual(all);

    const related = await bench.ledger.relatedTo([{ object: 'contact', recordId: '1' }], 'deal');
    expect(related.get('contact/1')).toMatchObject([{ recordId: 'd', pair: { dealState: 'open' } }]);
  });

  const changes: readonly [string, DealState | null, Partial<RecordResult>, readonly string[]][] = [
    ['that it is won', 'open', { dealState: 'won' }, all],
    ['that it was reopened', 'lost', { dealState: 'open' }, all],
    ['that nobody knows any more', 'open', { dealState: null }, all],
    ['nothing, where it is as it was', 'open', { dealState: 'open' }, []],
    ['nothing, where a look does not say', 'open', {}, []],
    ['that it has ended', 'open', { tombstone: 'contact_deleted' }, all],
    [
      'that it is gone, with its contacts',
      'open',
      { tombstone: 'contact_deleted', dealState: null, relations: [] },
      all,
    ],
    ['nothing, where it was of no state and is gone', null, { tombstone: null, dealState: null, relations: [] }, []],
    [
      'that another contact takes part',
      'open',
      { dealState: 'open', relations: [...relations, relation('contact', '3')] },
      ['contact 3 deal'],
    ],
    [
      'that another contact takes part, where the look does not say what it has come to',
      'open',
      { relations: [...relations, relation('contact', '3')] },
      ['contact 3 deal'],
    ],
    [
      'that a contact no longer takes part, where the look does not say what it has come to',
      'won',
      { relations: relations.slice(1) },
      ['contact 1 deal'],
    ],
    [
      'that a contact no longer takes part',
      'open',
      { dealState: 'open', relations: relations.slice(1) },
      ['contact 1 deal'],
    ],
    [
      'nothing of new contacts, where it has come to nothing yet',
      null,
      { dealState: null, relations: [relation('contact', '3')] },
      [],
    ],
  ];

  it.each(changes)('marks its contacts and companies: %s', async (_, before, now, expected) => {
    await deals.pair('d', opportunity('006D'), { relations, dealState: before });
    await marked();
    await deals.look('d', now);

    expect(await marked()).toEqual(expected);
  });

  it('marks those who are its own from this look on', async () => {
    await deals.pair('d', opportunity('006D'), { relations, dealState: 'open' });
    await marked();
    await deals.look('d', { relations: [relation('contact', '2'), relation('contact', '3')], dealState: 'won' });

    expect(await marked()).toEqual(['company c deal', 'contact 1 deal', 'contact 2 deal', 'contact 3 deal']);
  });

  it('is kept of a deal that was born in Salesforce, under its HubSpot id', async () => {
    const births = stepsOf(bench, { system: 'salesforce', object: 'Opportunity' });
    const batch = await births.claimed('006D');
    const { counter } = resultOf(batch, '006D');
    const birth = { recordId: '006D', counter, object: 'Opportunity', changes: [] } as const;
    const [answer] = await bench.ledger.reserveBirths(batch.token, bench.version, [birth]);
    if (answer?.ok !== true) throw new Error('not reserved');
    const { pairId } = answer;
    const born = { pairId, person: opportunity('006D'), bornContactId: 'd', relations, dealState: 'won' } as const;
    await births.commit(batch, resultOf(batch, '006D', born));

    expect(await marked()).toEqual(all);
    const known = await bench.ledger.knownPairs([{ object: 'deal', recordId: 'd' }]);
    expect(known.get('deal/d')).toMatchObject({ dealState: 'won', counterpart: opportunity('006D') });
  });
});

it('commits of contacts, companies and deals that mark each other never wait in a circle', async () => {
  const { pool } = bench.database;
  const deadlocks = async () =>
    (await pool.query('select deadlocks from pg_stat_database where datname = current_database()')).rows[0];
  const before = await deadlocks();
  const ids = Array.from({ length: 20 }, (_, index) => String(index));
  const ledgers = [createLedger(bench.database.connect()), createLedger(bench.database.connect()), bench.ledger];
  const all = [contacts, companies, deals];
  const objects = ['contact', 'company', 'deal'] as const;
  for (const id of ids) {
    await contacts.pair(id, { object: 'Lead', id: `00Q${id}` });
    await companies.pair(id, { object: 'Account', id: `001${id}` });
    await deals.pair(id, opportunity(`006${id}`));
  }
  for (const round of [0, 1, 2, 3, 4, 5]) {
    await Promise.all(
      all.map(async (steps, place) => {
        const batch = await steps.claimed(...ids);
        const object = objects[place] ?? 'contact';
        // Each lands, and marks all three.
        const results = batch.records.map(({ recordId }) =>
          resultOf(batch, recordId, {
            person: {
              object: place === 0 ? 'Lead' : place === 1 ? 'Account' : 'Opportunity',
              id: `${recordId}/${round}/${object}`,
            },
            relations: object === 'company' ? [] : [relation('company', recordId), relation('contact', String(round))],
            ...(object === 'deal' ? { dealState: round % 2 === 0 ? 'open' : 'won' } : {}),
            marks: objects.map((other) => ({ system: 'hubspot', object: other, recordId, priority: 2, source: 'x' })),
          }),
        );
        const ledger = ledgers[place] ?? bench.ledger;
        const of = { system: 'hubspot', object } as const;
        expect(await ledger.commit(batch.token, bench.version, results, of)).toMatchObject({ poisoned: [], stale: [] });
      }),
    );
  }
  expect(await deadlocks()).toEqual(before);
});
