import { afterAll, beforeAll, expect, it } from 'vitest';
import { newCompany, newContact, settle, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { countsOf } from '../support/runs.ts';
import { handedOver } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startDeals();
  await engine.poll();
}, 60_000);
afterAll(() => engine.close());

const failures = async () => {
  const text = 'select record_id as id, code, attempts from failures order by record_id';
  return (await engine.database.pool.query<{ id: string; code: string; attempts: number }>(text)).rows;
};

/** What a night comes to: the drift, how many records were looked at, and the calls to both CRMs. */
async function night() {
  engine.hubspot.resetCounters();
  const before = engine.salesforce.countedCalls();
  const run = await runToEnd(engine, 'comparison');
  const looks = Object.values(countsOf(run, 'outcome')).reduce((sum, count) => sum + count, 0);
  const calls = engine.hubspot.requests.length + engine.salesforce.countedCalls() - before;
  return { drift: countsOf(run, 'drift'), looks, calls };
}

it('tells what failed and has not changed since by a code of its own, and spends no call on it', async () => {
  const { hubspot, salesforce, database } = engine;
  await settle(engine, { contacts: [newContact(engine, newCompany(engine))] });
  await night();
  const { calls } = await night();
  // Two persons could be each: nobody is guessed between.
  const torn = ['torn', 'torn-too'].map((name) => {
    const id = hubspot.createContact(sqlContact(name));
    const Email = hubspot.getContact(id)?.properties.email ?? '';
    for (const LastName of ['One', 'Two']) salesforce.create('Lead', { LastName, Company: 'C', Email });
    return id;
  });
  const purged = await handedOver(engine);
  salesforce.remove('Lead', purged.leadId);
  salesforce.purge('Lead', purged.leadId);
  const unlinked = await handedOver(engine);
  salesforce.remove('Lead', unlinked.leadId);
  await engine.look(...torn, purged.id, unlinked.id);
  await engine.look(unlinked.id);
  expect(await failures()).toHaveLength(4);
  const known = await failures();

  expect(await night()).toEqual({ drift: { failing: 3, ended: 1 }, looks: 0, calls });
  expect(await failures()).toEqual(known);

  hubspot.editContact(String(torn[0]), { jobtitle: 'Edited, and no event came' });
  expect(await night()).toMatchObject({ drift: { missing: 1, failing: 2, ended: 1 }, looks: 1 });
  expect(await night()).toMatchObject({ drift: { failing: 3, ended: 1 }, looks: 0 });

  // Under another mapping it may go well.
  await database.pool.query('update mapping_versions set activated_at = clock_timestamp()');
  expect(await night()).toMatchObject({ drift: { missing: 2, failing: 1, ended: 1 }, looks: 2 });
});

it('spends no more on 10,000 of them than the walk', async () => {
  const own = await startDeals();
  try {
    const ids = own.hubspot.seedContacts(Array.from({ length: 10_000 }, (_, index) => sqlContact(`failing${index}`)));
    await own.database.pool.query(
      `insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
       select 1, 'hubspot', 'contact', id, 'needs-human', 'person_deleted', '', '' from unnest($1::text[]) as id`,
      [ids],
    );
    own.hubspot.resetCounters();
    const run = await runToEnd(own, 'comparison');
    expect(countsOf(run, 'drift')).toEqual({ failing: 10_000 });
    expect(countsOf(run, 'outcome')).toEqual({});
    // 50 full pages and the empty ones behind them; owners, users and fields.
    expect(own.hubspot.requests.length, JSON.stringify(own.hubspot.countByPattern())).toBeLessThanOrEqual(60);
  } finally {
    await own.close();
  }
}, 60_000);
