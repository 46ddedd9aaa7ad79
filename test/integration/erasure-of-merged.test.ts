import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptEvents } from '../../src/usecases/accept-events.ts';
import type { Engine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';
import { handedOver, mark, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay();
});
afterAll(() => engine.close());

const portalId = '4711';
const event = { portalId, object: 'contact', isByOurApp: false, occurredAtMs: 0 } as const;

/** What the webhook of a merge, or of an erasure, tells. */
async function told(kind: 'merge' | 'privacyDeletion', objectId: string, otherIds: readonly string[] = []) {
  const { ledger, mapping } = engine;
  await acceptEvents({ ledger, mapping, portalId }, [{ ...event, kind, objectId, otherIds }]);
}

async function work(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await engine.drainLater();
}

/** Every row of every table, as text in lower case. */
async function dump(): Promise<string> {
  const { pool } = engine.database;
  const { rows } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts = await Promise.all(
    rows.map(async ({ name }) => (await pool.query<{ row: string }>(`select t::text as row from ${name} t`)).rows),
  );
  return texts.flatMap((each) => each.map(({ row }) => row.toLowerCase())).join('\n');
}

const secret = (word: string) => ({ jobtitle: `${word} Title`, city: `${word} City` });

function duplicate(): string {
  return engine.hubspot.createContact({
    lastname: 'Dup',
    email: `d${Math.random()}@x.example`,
    lifecyclestage: 'lead',
  });
}

describe('a privacy deletion of a contact into which others were merged', () => {
  it('erases what is known of them where the survivor was looked at before', async () => {
    const { id, leadId } = await handedOver(engine, secret('Alpha'));
    const other = duplicate();
    const survivor = engine.hubspot.mergeContacts(other, id);
    await told('merge', survivor, [other, id]);
    await work();
    expect(await dump()).toContain('alpha');
    engine.hubspot.privacyDelete(survivor);
    await told('privacyDeletion', survivor);
    await work();

    expect(await dump()).not.toContain('alpha');
    const [receipt] = await engine.ledger.erasures(1, { contactId: survivor });
    expect(receipt?.personIds).toContain(leadId);
    expect(receipt?.erased.base).toBeGreaterThan(0);
  });

  it.each(['merge first', 'erasure first'] as const)(
    'erases it where nobody looked between the merge and the erasure: events %s',
    async (order) => {
      const word = order === 'merge first' ? 'Beta' : 'Gamma';
      const { id } = await handedOver(engine, secret(word));
      const other = duplicate();
      const survivor = engine.hubspot.mergeContacts(other, id);
      engine.hubspot.privacyDelete(survivor);
      if (order === 'merge first') await told('merge', survivor, [other, id]);
      await told('privacyDeletion', survivor);
      if (order === 'erasure first') {
        await work();
        await told('merge', survivor, [other, id]);
      }
      await work();

      expect(await dump()).not.toContain(word.toLowerCase());
      expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: 'erased' });
    },
  );

  it('reaches over merges of merges that nobody looked at', async () => {
    const { id } = await handedOver(engine, secret('Delta'));
    const [second, third] = [duplicate(), duplicate()];
    const between = engine.hubspot.mergeContacts(second, id);
    const survivor = engine.hubspot.mergeContacts(third, between);
    engine.hubspot.privacyDelete(survivor);
    await told('merge', between, [second, id]);
    await told('merge', survivor, [third, between]);
    await told('privacyDeletion', survivor);
    await work();

    expect(await dump()).not.toContain('delta');
  });

  it('leaves other contacts alone', async () => {
    const [one, two] = [await handedOver(engine), await handedOver(engine, secret('Epsilon'))];
    await mark(engine, two.id);
    engine.hubspot.privacyDelete(one.id);
    await told('privacyDeletion', one.id);
    await work();

    expect(await dump()).toContain('epsilon');
    expect((await engine.ledger.history(two.id)).pair).toMatchObject({ tombstone: null });
  });
});

it('remembers all emails of somebody who was erased', async () => {
  const name = `many${Date.now()}`;
  const emails = ['a', 'b', 'c'].map((each) => `${name}.${each}@people.example`);
  const [first = '', ...others] = emails;
  const [id = ''] = engine.hubspot.seedContacts([
    sqlContact(name, { email: first, hs_additional_emails: others.join(';') }),
  ]);
  await engine.look(id);
  engine.hubspot.privacyDelete(id);
  await told('privacyDeletion', id);
  await work();

  expect(await engine.ledger.erasedEmails(emails)).toEqual(new Set(emails));
});
