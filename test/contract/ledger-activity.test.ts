import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toLongId } from '../../src/domain/salesforce-ids.ts';
import type {
  ActivityFilter,
  ActivityLedger,
  ActivityLine,
  ActivityPosition,
} from '../../src/ports/ledger-activity.ts';
import { createActivityLedger } from '../../src/store/activity/activity-ledger.ts';
import { type AuditRows, createAuditRows } from '../support/audit-rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let rows: AuditRows;
let ledger: ActivityLedger;
beforeAll(async () => {
  database = await createTestDatabase();
  rows = createAuditRows(database.pool);
  ledger = createActivityLedger({ pool: database.pool, connectionId: 1 });
});
afterAll(() => database.close());

async function empty(): Promise<void> {
  await database.pool.query('truncate pairs, links, writes, stage_moves, actions restart identity cascade');
  await database.pool.query('alter sequence writes_id restart');
}

// Months of the audit log begin with the last one; the middle of today is far from their ends only by chance, so an hour ago it is.
const now = Date.now() - 3_600_000;
const minute = 60_000;
const lead = toLongId('00QAA0000000001') ?? '';
const person = toLongId('003AA0000000001') ?? '';

/** All pages of a filter, as the place of each line. */
async function read(filter: ActivityFilter, limit = 2, from: ActivityLedger = ledger): Promise<string[]> {
  const found: string[] = [];
  let after: ActivityPosition | undefined;
  for (let pages = 0; pages < 100; pages++) {
    const { lines, next } = await from.activity(filter, { limit, ...(after && { after }) });
    expect(lines.length).toBeLessThanOrEqual(limit);
    found.push(...lines.map(placeOf));
    if (next === null) return found;
    after = next;
  }
  throw new Error('the list has no end');
}

const placeOf = ({ position: { kind, id } }: ActivityLine) => `${kind} ${id}`;

/** Three pairs, and what happened to them within an hour. */
async function story() {
  const contact = await rows.pair('contact', [
    ['hubspot', 'contact', '101'],
    ['hubspot', 'contact', '90', 'merged'],
    ['salesforce', 'Lead', lead, 'converted'],
    ['salesforce', 'Contact', person],
    ['salesforce', 'OpportunityContactRole', '00K000000000001AAA'],
  ]);
  const absorbed = await rows.pair('contact', []);
  await database.pool.query('update pairs set absorbed_into = $1 where id = $2', [contact, absorbed]);
  const deal = await rows.pair('deal', [
    ['hubspot', 'deal', '500'],
    ['salesforce', 'Opportunity', '006000000000001AAA'],
  ]);
  const of = { system: 'hubspot', object: 'contact', recordId: '101' };
  return {
    contact,
    deal,
    ids: [
      await rows.write(absorbed, { atMs: now - 9 * minute, ...of, recordId: '90' }),
      await rows.write(contact, { atMs: now - 8 * minute, runId: '7', object: 'Lead', recordId: lead }),
      await rows.write(contact, {
        atMs: now - 7 * minute,
        ...of,
        changes: [
          { field: 'phone', before: '1', after: '2', rule: 'newest', conflict: 'salesforce' },
          { field: 'lifecyclestage', before: 'lead', after: 'customer', rule: 'lifecycle' },
        ],
      }),
      await rows.write(deal, { atMs: now - 6 * minute, runId: '7', object: 'Opportunity', state: 'refused' }),
    ],
    stages: [
      await rows.stage(contact, '101', { atMs: now - 5 * minute }),
      await rows.stage(null, '777', { atMs: now - 4 * minute, source: 'hubspot', state: 'seen' }),
    ],
    actions: [
      await rows.action('jane', 'contact_resync', { atMs: now - 3 * minute, target: ['contact', '101'] }),
      await rows.action('jane', 'run_pause', { atMs: now - 2 * minute, target: ['run', '7'] }),
      await rows.action('sync', 'pause', { atMs: now - minute }),
      await rows.action('olaf', 'deal_resync', {
        atMs: now,
        target: ['deal', '101'],
        outcome: 'refused',
        problem: 'forbidden',
      }),
    ],
  };
}

const everything = [
  'action 4',
  'action 3',
  'action 2',
  'action 1',
  'stage 2',
  'stage 1',
  'write 4',
  'write 3',
  'write 2',
  'write 1',
];

describe('the audit log as one list', () => {
  beforeAll(async () => {
    await empty();
    await story();
  });

  it.each([1, 2, 3, 9, 10, 11])('is told newest first and whole in pages of %i', async (limit) => {
    expect(await read({}, limit)).toStrictEqual(everything);
  });

  it.each<{ filter: ActivityFilter; found: string[] }>([
    { filter: { kind: 'write' }, found: ['write 4', 'write 3', 'write 2', 'write 1'] },
    { filter: { kind: 'stage' }, found: ['stage 2', 'stage 1'] },
    { filter: { kind: 'action' }, found: ['action 4', 'action 3', 'action 2', 'action 1'] },
    { filter: { actor: 'jane' }, found: ['action 2', 'action 1'] },
    {
      filter: { actor: 'sync' },
      found: ['action 3', 'stage 2', 'stage 1', 'write 4', 'write 3', 'write 2', 'write 1'],
    },
    { filter: { actor: 'nobody' }, found: [] },
    { filter: { system: 'hubspot' }, found: ['action 4', 'action 1', 'stage 2', 'write 3', 'write 1'] },
    { filter: { system: 'salesforce' }, found: ['stage 1', 'write 4', 'write 2'] },
    { filter: { object: 'contact' }, found: ['action 1', 'stage 2', 'stage 1', 'write 3', 'write 1'] },
    { filter: { object: 'Opportunity' }, found: ['write 4'] },
    { filter: { object: 'deal' }, found: ['action 4'] },
    { filter: { run: '7' }, found: ['action 2', 'write 4', 'write 2'] },
    { filter: { run: '7', object: 'Lead' }, found: ['write 2'] },
    { filter: { field: 'phone' }, found: ['write 3'] },
    { filter: { field: 'lifecyclestage' }, found: ['stage 2', 'stage 1', 'write 3'] },
    { filter: { field: 'phone', system: 'salesforce' }, found: [] },
    { filter: { fromMs: now - 5 * minute, toMs: now - 2 * minute }, found: ['action 1', 'stage 2', 'stage 1'] },
    { filter: { kind: 'write', actor: 'jane' }, found: [] },
    { filter: { record: '777' }, found: ['stage 2'] },
    { filter: { record: '500' }, found: ['write 4'] },
    { filter: { record: '101', kind: 'write', system: 'hubspot' }, found: ['write 3', 'write 1'] },
    { filter: { record: '101', run: '7' }, found: ['write 2'] },
    { filter: { record: '4711' }, found: [] },
  ])('finds $found for $filter', async ({ filter, found }) => {
    expect(await read(filter)).toStrictEqual(found);
  });

  it.each(['101', '90', lead, person, person.slice(0, 15)])(
    'finds all of a pair by its id %s, and what people did to a record of another kind with that id not',
    async (record) => {
      expect(await read({ record })).toStrictEqual(['action 1', 'stage 1', 'write 3', 'write 2', 'write 1']);
    },
  );

  it("tells a write in the timeline's words, with its record in HubSpot and its changes", async () => {
    const { lines } = await ledger.activity({ kind: 'write' }, { limit: 10 });

    expect(lines[1]).toMatchObject({
      code: 'update',
      outcome: 'done',
      text: 'Update of the contact in HubSpot (phone, lifecyclestage) was carried out.',
      pair: { kind: 'contact', recordId: '101' },
      changes: [
        { field: 'phone', before: '1', after: '2', rule: 'newest', conflict: 'salesforce', erased: false },
        { field: 'lifecyclestage', conflict: null, erased: false },
      ],
    });
    expect(lines[0]).toMatchObject({
      code: 'update_refused',
      outcome: 'refused',
      pair: { kind: 'deal', recordId: '500' },
      runId: '7',
    });
    expect(lines[3]).toMatchObject({ recordId: '90', pair: { kind: 'contact', recordId: '101' } });
  });
});

describe('a log that grows', () => {
  beforeEach(empty);

  it('tells what happened in one microsecond once, actions first', async () => {
    const pair = await rows.pair('contact', [['hubspot', 'contact', '1']]);
    // Ids are numbers: 10 comes after 9.
    await database.pool.query('alter sequence writes_id restart with 8');
    for (let count = 0; count < 3; count++) {
      await rows.write(pair, { atMs: now });
      await rows.stage(pair, '1', { atMs: now });
      await rows.action('jane', 'pause', { atMs: now });
    }
    const all = ['action 3', 'action 2', 'action 1', 'stage 3', 'stage 2', 'stage 1', 'write 10', 'write 9', 'write 8'];

    for (const limit of [1, 2, 4, 20]) expect(await read({}, limit)).toStrictEqual(all);
  });

  it('goes on where it was, whatever has happened since', async () => {
    const { contact } = await story();
    const { lines, next } = await ledger.activity({}, { limit: 4 });
    await rows.write(contact, {});
    await rows.action('jane', 'resume', {});
    const rest = await ledger.activity({}, { limit: 100, ...(next && { after: next }) });

    expect([...lines, ...rest.lines].map(placeOf)).toStrictEqual(everything);
  });
});

describe('what a filter seldom lets through', () => {
  beforeEach(empty);

  it('is looked for piece by piece, and found whole', async () => {
    const pair = await rows.pair('contact', [['hubspot', 'contact', '1']]);
    const wanted: string[] = [];
    for (let count = 0; count < 40; count++) {
      const isWanted = count % 13 === 0;
      const id = await rows.write(pair, { atMs: now + count * 1_000, object: isWanted ? 'Account' : 'Lead' });
      if (isWanted) wanted.unshift(`write ${id}`);
      await rows.stage(pair, '1', { atMs: now + count * 1_000 + 500, source: count === 2 ? 'hubspot' : 'salesforce' });
    }
    const slow = createActivityLedger({ pool: database.pool, connectionId: 1 }, [2, 3]);

    for (const limit of [1, 3, 100]) {
      expect(await read({ object: 'Account' }, limit, slow)).toStrictEqual(wanted);
      expect(await read({ system: 'hubspot' }, limit, slow)).toStrictEqual(['stage 3']);
    }
    expect((await read({ system: 'salesforce' }, 7, slow)).length).toBe(79);
  });

  it('ends a page after a bounded number of rows, with a place to go on at', async () => {
    const pair = await rows.pair('contact', []);
    for (let count = 0; count < 12; count++) await rows.write(pair, { atMs: now + count });
    const slow = createActivityLedger({ pool: database.pool, connectionId: 1 }, [2, 3]);

    const { lines, next } = await slow.activity({ field: 'Phone' }, { limit: 10 });
    expect(lines).toStrictEqual([]);
    expect(next).toMatchObject({ kind: 'write', id: '8' });
  });
});
