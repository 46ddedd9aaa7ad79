import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

/** Every row of every table, as text. */
async function dump(): Promise<string> {
  const { pool } = engine.database;
  const { rows } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts = await Promise.all(
    rows.map(async ({ name }) => (await pool.query(`select t::text as row from ${name} t`)).rows),
  );
  return texts
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

it('a privacy deletion in HubSpot leaves nothing of the person in the ledger but ids', async () => {
  const person = { jobtitle: 'Unforgettable Title', city: 'Unforgettable City' };
  const id = engine.hubspot.createContact(sqlContact('unforgettable', person));
  await engine.look(id);
  engine.hubspot.editContact(id, { jobtitle: 'Unforgettable Second Title' });
  await engine.look(id);
  const before = (await dump()).toLowerCase();
  engine.hubspot.privacyDelete(id);
  await engine.ledger.mark([
    {
      system: 'hubspot',
      object: 'contact',
      recordId: id,
      priority: 2,
      hints: ['deleted', 'erased'],
      source: 'webhook',
    },
  ]);
  await engine.drain();
  const after = (await dump()).toLowerCase();

  expect(before).toContain('unforgettable');
  expect(after).not.toContain('unforgettable');
  expect(after, 'ids stay, so that nobody is created again').toContain(id);
  expect((await engine.ledger.history(id)).decision).toMatchObject({ code: 'contact_erased' });
  expect(personsOf(engine, id), 'the person in Salesforce is left to people').toHaveLength(1);
  expect(engine.logLines.join('\n').toLowerCase()).not.toContain('unforgettable');
});

it('an erasure gives a receipt that names the records and counts the values, and blocks the email for births', async () => {
  const id = engine.hubspot.createContact(sqlContact('receipted'));
  await engine.look(id);
  engine.hubspot.privacyDelete(id);
  await engine.ledger.mark([{ ...erasureOf(id), hints: ['erased'] }]);
  await engine.drain();

  const [receipt] = await engine.ledger.erasures(1);
  expect(receipt).toMatchObject({ contactId: id, personIds: [personsOf(engine, id)[0]?.Id] });
  expect(receipt?.erased.base).toBeGreaterThan(0);
  expect(receipt?.erased['audit log']).toBeGreaterThan(0);
  expect(JSON.stringify(receipt)).not.toContain('receipted');
  const email = 'receipted@people.example';
  expect(await engine.ledger.erasedEmails([email.toUpperCase()])).toEqual(new Set([email]));
});

it('an erasure of somebody who never passed the gate gives a receipt, too', async () => {
  const id = engine.hubspot.createContact({ ...sqlContact('unknown'), lifecyclestage: 'lead' });
  await engine.look(id);
  engine.hubspot.privacyDelete(id);
  await engine.ledger.mark([{ ...erasureOf(id), hints: ['erased'] }]);
  await engine.drain();

  expect(await engine.ledger.erasures(1)).toMatchObject([
    { contactId: id, pairId: null, personIds: [], erased: { base: 0 } },
  ]);
});

function erasureOf(recordId: string) {
  return { system: 'hubspot', object: 'contact', recordId, priority: 2, source: 'webhook' } as const;
}
