import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparison } from '../../src/usecases/compare-both/comparison.ts';
import {
  type Cast,
  dealOf,
  newCompany,
  newContact,
  opportunityOf,
  pairedDeal,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';
import { beginRun, runToEnd } from '../support/run-to-end.ts';
import { countsOf, runsOf } from '../support/runs.ts';
import { handedOver, propertiesOf } from '../support/two-way.ts';

let engine: Engine;
let cast: Cast;
beforeAll(async () => {
  engine = await startDeals();
  cast = await pairedDeal(engine);
  await engine.poll();
}, 60_000);
afterAll(() => engine.close());

/** What a comparison finds: the numbers of drift by code. It repairs what it may. */
async function compare(more: { isDryRun?: boolean } = {}) {
  const run = await runToEnd(engine, 'comparison', more);
  expect(run.state).toBe('ended');
  return countsOf(run, 'drift');
}

const leadOf = (id: string) => engine.salesforce.all('Lead').find(({ HubSpot_Contact_Id__c: of }) => of === id);

describe('a comparison of both CRMs with the ledger', () => {
  it('finds nothing where both sides are as they were agreed on', async () => {
    await handedOver(engine);
    await handedOver(engine, { lifecyclestage: 'opportunity' });

    expect(await compare()).toEqual({});
  });

  it('finds a contact past the gate of which no event came, and hands it over', async () => {
    const id = engine.hubspot.createContact(sqlContact('unheard'));
    engine.hubspot.createContact(sqlContact('below', { lifecyclestage: 'lead' }));

    expect(await compare()).toEqual({ missing: 1 });
    expect(personsOf(engine, id)).toHaveLength(1);
    expect(await compare()).toEqual({});
  });

  it('leaves a contact that is older than the ledger to a backfill', async () => {
    const id = engine.hubspot.createContact(sqlContact('older'));
    await engine.database.pool.query(`update connections set created_at = clock_timestamp() + interval '1 minute'`);

    expect(await compare()).toEqual({ not_backfilled: 1 });
    expect(personsOf(engine, id)).toEqual([]);
    await engine.database.pool.query(`update connections set created_at = clock_timestamp() - interval '1 day'`);
    expect(await compare()).toEqual({ missing: 1 });
  });

  it('finds what was edited on either side without an event, and carries it over', async () => {
    const inHubSpot = await handedOver(engine);
    const inSalesforce = await handedOver(engine);
    engine.hubspot.editContact(inHubSpot.id, { jobtitle: 'Director' });
    engine.salesforce.edit('Lead', inSalesforce.leadId, { Title: 'Auditor' });

    expect(await compare({ isDryRun: true })).toEqual({ unequal: 2 });
    expect(leadOf(inHubSpot.id)?.Title).not.toBe('Director');
    expect(await compare()).toEqual({ unequal: 2 });
    expect(leadOf(inHubSpot.id)?.Title).toBe('Director');
    expect(propertiesOf(engine, inSalesforce.id).jobtitle).toBe('Auditor');
    expect(await compare()).toEqual({});
  });

  it('finds a stage that moved, and a status that moves one', async () => {
    const pair = await handedOver(engine);
    engine.salesforce.edit('Lead', pair.leadId, { Status: 'Closed - Not Converted' });

    const drift = await compare();

    expect(drift.unequal).toBe(1);
    expect(propertiesOf(engine, pair.id).lifecyclestage).not.toBe('salesqualifiedlead');
    expect(await compare()).toEqual({ recycled: 1 });
  });

  it('counts who is below the gate and present, and leaves the person alone', async () => {
    const pair = await handedOver(engine);
    engine.hubspot.editContact(pair.id, { lifecyclestage: 'other' });
    await engine.look(pair.id);
    const before = leadOf(pair.id);

    const drift = await compare();

    expect(drift.below_gate_present).toBe(1);
    expect(leadOf(pair.id)).toEqual(before);
    engine.hubspot.deleteContact(pair.id);
    await engine.look(pair.id);
  });

  it('finds a deletion of either side that nobody told of', async () => {
    const contact = await handedOver(engine);
    const person = await handedOver(engine);
    engine.hubspot.deleteContact(contact.id);
    engine.salesforce.remove('Lead', person.leadId);

    const drift = await compare();

    expect(drift.gone).toBe(2);
    const { rows } = await engine.database.pool.query(
      `select tombstone_reason as reason from pairs p join links l on l.pair_id = p.id where l.record_id = any($1) order by 1`,
      [[contact.id, person.id]],
    );
    expect(rows).toEqual([{ reason: 'contact_deleted' }, { reason: 'person_deleted' }]);
    expect((await compare()).gone).toBeUndefined();
  });

  it('finds an id of ours that leads nowhere, and one that leads to another pair', async () => {
    const one = await handedOver(engine);
    const stray = engine.salesforce.create('Lead', {
      LastName: 'Stray',
      Company: 'Nowhere',
      HubSpot_Contact_Id__c: '999999999',
    });

    const below = engine.hubspot.createContact(sqlContact('other', { lifecyclestage: 'lead' }));
    engine.salesforce.edit('Lead', one.leadId, { HubSpot_Contact_Id__c: below });

    const drift = await compare();

    expect(drift.extra).toBe(2);
    expect(personsOf(engine, below).length + personsOf(engine, one.id).length).toBe(1);
    engine.salesforce.edit('Lead', one.leadId, { HubSpot_Contact_Id__c: one.id });
    await engine.look(one.id, below);
    expect(engine.salesforce.all('Lead').some(({ Id }) => Id === stray.Id)).toBe(true);
    expect(leadOf(one.id)?.Id).toBe(one.leadId);
    engine.salesforce.remove('Lead', stray.Id);
  });

  it('puts an id back that somebody emptied', async () => {
    const pair = await handedOver(engine);
    engine.salesforce.edit('Lead', pair.leadId, { HubSpot_Contact_Id__c: null });

    const drift = await compare();

    expect(drift.gone).toBe(1);
    expect(leadOf(pair.id)?.Id).toBe(pair.leadId);
  });

  it('compares companies and deals in the same way', async () => {
    engine.hubspot.editCompany(cast.company, { city: 'Oslo' });
    engine.salesforce.edit('Opportunity', cast.opportunityId, { Amount: 4711 });

    expect((await compare()).unequal).toBe(2);
    expect(dealOf(engine, cast.deal).amount).toBe('4711');
    expect(engine.salesforce.all('Account').find(({ Id }) => Id === cast.accountId)?.BillingCity).toBe('Oslo');
    expect(opportunityOf(engine, cast.deal).Id).toBe(cast.opportunityId);
    expect((await compare()).unequal).toBeUndefined();
  });

  it('counts frozen and held fields and does not repair them', async () => {
    const pair = await handedOver(engine, { jobtitle: 'Clerk', city: 'Rome' });
    const { rows } = await engine.database.pool.query<{ id: string }>(
      'select pair_id as id from links where record_id = $1',
      [pair.id],
    );
    const pairId = rows[0]?.id;
    await engine.database.pool.query(
      `insert into frozen_fields (connection_id, pair_id, system, field, code, text) values (1, $1, 'salesforce', 'Title', 'field_frozen', '')`,
      [pairId],
    );
    await engine.database.pool.query(
      `insert into held_fields (pair_id, hubspot, salesforce, run_id) select $1, 'city', 'City', min(id) from runs`,
      [pairId],
    );
    engine.hubspot.editContact(pair.id, { jobtitle: 'Boss', city: 'Pisa' });

    const drift = await compare();

    expect(drift).toMatchObject({ frozen: 1, held: 1 });
    expect(drift.unequal).toBeUndefined();
    expect(leadOf(pair.id)).toMatchObject({ Title: 'Clerk', City: 'Rome' });
  });

  it('misses nobody who is linked below the gate: no id of ours is written to them there', async () => {
    const { hubspot, salesforce, ledger } = engine;
    const lead = salesforce.create('Lead', { LastName: 'Below', Company: 'C' });
    const recordId = hubspot.createContact(sqlContact('linked', { lifecyclestage: 'lead' }));
    const pair = { recordId, formerIds: [], formerCounterparts: [], handedOver: false };
    await ledger.storePairs('0', 'contact', [{ ...pair, counterpart: { object: 'Lead', id: String(lead.Id) } }]);

    expect((await compare()).gone).toBeUndefined();
    hubspot.deleteContact(recordId);
    expect((await compare()).gone).toBe(1);
  });

  it('ends, and another run is paused, where it was begun under a mapping that is not active any more', async () => {
    const mappingVersion = engine.dependencies.mappingVersion - 1;
    const reason = { stoppedReason: 'mapping_changed' };
    expect(await runToEnd(engine, 'comparison', { mappingVersion })).toMatchObject({ state: 'failed', ...reason });
    const other = await runToEnd(engine, 'backfill', { object: 'contacts', mappingVersion });
    expect(other).toMatchObject({ state: 'paused', ...reason, counts: [] });
    expect(await engine.ledger.cancelRun(other.id, 'test')).toBe(true);
  });

  it('does not take everybody for gone when the database has lost what was seen', async () => {
    await settle(engine, { contacts: [newContact(engine, newCompany(engine))] });
    const { ledger } = engine;
    const id = await beginRun(engine, 'comparison');
    for (;;) {
      const run = await ledger.claimRun(60_000, { runId: id });
      if (run === null) throw new Error('the run cannot be claimed');
      if (run.cursor?.part === 'pairs') await engine.database.pool.query('truncate run_seen');
      const page = comparison.page(runsOf(engine), run, new AbortController().signal);
      if (run.cursor?.part === 'pairs') {
        await expect(page).rejects.toMatchObject({ code: 'comparison_lost' });
        return await ledger.releaseRun(run, { state: 'failed', reason: 'comparison_lost' });
      }
      const step = await page;
      if (step.kind === 'page') await ledger.commitPage(run, step.page, 60_000);
      await ledger.releaseRun(run);
    }
  });
});

describe('a comparison of 1,000 contacts, 200 of them in Salesforce', () => {
  it('costs at most 12 calls in HubSpot and 8 in Salesforce', async () => {
    const own = await startDeals();
    try {
      const stages = Array.from({ length: 1_000 }, (_, index) => (index % 5 === 0 ? 'salesqualifiedlead' : 'lead'));
      const ids = own.hubspot.seedContacts(
        stages.map((lifecyclestage, n) => sqlContact(`many${n}`, { lifecyclestage })),
      );
      await own.look(...ids.filter((_, index) => index % 5 === 0));
      expect(own.salesforce.all('Lead')).toHaveLength(200);
      own.hubspot.resetCounters();
      const before = own.salesforce.countedCalls();

      const run = await runToEnd(own, 'comparison');

      expect(countsOf(run, 'drift')).toEqual({});
      expect(countsOf(run, 'listed')).toMatchObject({ 'hubspot.contact': 1_000, 'salesforce.Lead': 200 });
      expect(own.hubspot.requests.length, JSON.stringify(own.hubspot.countByPattern())).toBeLessThanOrEqual(12);
      expect(own.salesforce.countedCalls() - before).toBeLessThanOrEqual(8);
    } finally {
      await own.close();
    }
  }, 60_000);
});
