import { afterEach, expect, it } from 'vitest';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { drainRecords } from '../../src/usecases/drain-records/drain-records.ts';
import { accountsOf, newCompany, newContact, newDeal, opportunityOf, rolesOf, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';

type Kind = 'company' | 'contact' | 'deal';

let engine: Engine;
afterEach(() => engine.close());

/** One look at one kind alone: whatever else is due by then stays so. */
async function lookAtOnly(object: Kind, recordId: string) {
  const { signal } = new AbortController();
  await engine.ledger.mark([{ system: 'hubspot', object, recordId, priority: 2, source: 'test' }]);
  if (object === 'contact') await drainContacts(engine.dependencies, signal);
  else await drainRecords(engine.dependencies, object, signal);
}

async function rowsOf(table: 'pending' | 'parent_waits' | 'failures') {
  const { rows } = await engine.database.pool.query(`select * from ${table}`);
  return rows;
}

it.each<[Kind, Kind, Kind]>([
  ['company', 'contact', 'deal'],
  ['company', 'deal', 'contact'],
  ['contact', 'company', 'deal'],
  ['contact', 'deal', 'company'],
  ['deal', 'company', 'contact'],
  ['deal', 'contact', 'company'],
])(
  'a %s, a %s and a %s that are looked at for the first time in this order all land, and nothing waits any more',
  async (...order) => {
    engine = await startDeals({ 'contacts.yaml': { create: 'contact', examples: [] } });
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    const ids = { company, contact, deal };

    for (const kind of order) await lookAtOnly(kind, ids[kind]);
    await engine.drain();

    const [account, ...others] = accountsOf(engine, company);
    expect(others).toEqual([]);
    const [person] = personsOf(engine, contact);
    expect(person).toMatchObject({ AccountId: account?.Id });
    expect(opportunityOf(engine, deal)).toMatchObject({ AccountId: account?.Id });
    expect(rolesOf(engine, opportunityOf(engine, deal).Id)).toMatchObject([{ ContactId: person?.Id }]);
    expect(await rowsOf('parent_waits')).toEqual([]);
    expect(await rowsOf('pending')).toEqual([]);
    expect(await rowsOf('failures')).toEqual([]);
  },
);
