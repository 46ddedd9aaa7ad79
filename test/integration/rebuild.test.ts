import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rebuild } from '../../src/usecases/rebuild/rebuild.ts';
import { chooseRebuildPolicy, startRebuild } from '../../src/usecases/rebuild/start-rebuild.ts';
import { cancelRun } from '../../src/usecases/runs/control-runs.ts';
import { type Cast, newContact, newDeal, pairedDeal, pollAndWork, settle, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';
import { countsOf, finishRun, runsOf } from '../support/runs.ts';
import { handedOver } from '../support/two-way.ts';

/** As if the database had been lost: what is left is what a first start makes. */
async function loseLedger({ database: { pool } }: Engine): Promise<void> {
  await pool.query(`truncate pending, failures, decisions, waits, runs, run_counts, run_ids, run_seen, rebuild_ids, watermarks, bases, links, pairs,
    writes, stage_moves, frozen_fields, held_fields, revert_pairs, erasures, erased_emails, merged_contacts, relations, parent_waits cascade`);
}

/** Which ids belong together, whatever the numbers of the pairs. */
async function linksOf({ database: { pool } }: Engine): Promise<string[]> {
  const { rows } = await pool.query<{ link: string }>(
    `select string_agg(system || ' ' || object || ' ' || record_id || ' ' || status, ', ' order by system, object, record_id) as link
     from links where object <> 'email' and pair_id in (select id from pairs where person_id is not null) group by pair_id order by 1`,
  );
  return rows.map(({ link }) => link);
}

async function relationsOf({ database: { pool } }: Engine): Promise<string[]> {
  const text = `select object || ' ' || record_id || ' ' || to_object || ' ' || to_id as row from relations order by 1`;
  return (await pool.query<{ row: string }>(text)).rows.map(({ row }) => row);
}

/** All that both CRMs hold, without times. */
function valuesIn({ hubspot, salesforce }: Engine) {
  const times = new Set([
    'SystemModstamp',
    'LastModifiedDate',
    'LastModifiedById',
    'lastmodifieddate',
    'hs_lastmodifieddate',
  ]);
  const without = (values: object) => Object.fromEntries(Object.entries(values).filter(([name]) => !times.has(name)));
  return {
    hubspot: [...hubspot.contacts(), ...hubspot.companies(), ...hubspot.deals()].map(
      ({ id, properties, archived }) => ({
        id,
        archived,
        ...without(properties),
      }),
    ),
    salesforce: ['Lead', 'Contact', 'Account', 'Opportunity', 'OpportunityContactRole'].map((type) =>
      salesforce.all(type).map(without),
    ),
  };
}

/** A converted Lead keeps the id that its Contact has. */
function livingOf(engine: Engine, contactId: string) {
  return personsOf(engine, contactId).find(({ IsConverted }) => IsConverted !== true);
}

/** As if each process had been killed between reading a page and storing it: the next one does the page again. */
async function listTwice(engine: Engine, runId: string): Promise<void> {
  const { ledger } = engine;
  for (;;) {
    const run = await ledger.claimRun(60_000, { runId });
    if (run === null) return;
    if (run.phase === 'draining') return await ledger.releaseRun(run);
    const dependencies = runsOf(engine);
    await rebuild.page(dependencies, run, new AbortController().signal);
    const step = await rebuild.page(dependencies, run, new AbortController().signal);
    if (step.kind === 'page') await ledger.commitPage(run, step.page, 60_000);
    await ledger.releaseRun(run);
  }
}

async function rebuilt(engine: Engine, policy: 'keep' | 'rules', again = false) {
  const { dependencies } = engine;
  const id = await startRebuild(dependencies, { again, by: 'test' });
  await listTwice(engine, id);
  const review = await finishRun(engine, id);
  expect(review.state).toBe('review');
  const before = valuesIn(engine);
  expect(await chooseRebuildPolicy(dependencies, policy)).toBe(id);
  const run = await finishRun(engine, id);
  expect(run.state).toBe('ended');
  return { review, run, before };
}

let engine: Engine;
let cast: Cast;
beforeAll(async () => {
  engine = await startDeals();
  const { hubspot } = engine;
  for (const [type, names] of Object.entries({
    contacts: ['salesforceleadid', 'salesforcecontactid', 'salesforceaccountid'],
    companies: ['salesforceaccountid'],
    deals: ['hs_salesforceopportunityid'],
  } as const)) {
    for (const name of names) hubspot.properties.define(type as 'contacts', { name, label: name });
  }
  await engine.poll();
  cast = await pairedDeal(engine);
  const second = newContact(engine, cast.company);
  const lead = await handedOver(engine);
  const merged = await handedOver(engine);
  const other = newContact(engine, null, { lifecyclestage: 'lead' });
  await settle(engine, {
    contacts: [second, other],
    deals: [newDeal(engine, { contacts: [second], companies: [cast.company] })],
  });
  const survivor = hubspot.mergeContacts(merged.id, other);
  await engine.look(survivor, merged.id, other);
  engine.salesforce.convertLead(lead.leadId, {});
  await pollAndWork(engine);
  hubspot.createContact(sqlContact('later', { lifecyclestage: 'lead' }));
  await engine.drainLater();
}, 120_000);
afterAll(() => engine.close());

describe('a rebuild of a lost ledger', () => {
  it('links again what was linked, creates nobody, and changes no field', async () => {
    const [links, relations, values] = [await linksOf(engine), await relationsOf(engine), valuesIn(engine)];
    await loseLedger(engine);

    const { review, run } = await rebuilt(engine, 'keep');

    expect(countsOf(review, 'listed')['contact.conflict']).toBeUndefined();
    expect(countsOf(review, 'listed')['contact.by_external_id']).toBe(4);
    expect(countsOf(review, 'drift')).toEqual({});
    expect(await linksOf(engine)).toEqual(links);
    expect(await relationsOf(engine)).toEqual(relations);
    expect(valuesIn(engine)).toEqual(values);
    expect(run.creates + run.changes).toBe(0);
    const { mode, handoffsToday } = await engine.ledger.status();
    expect(mode.paused).toBe(false);
    expect(handoffsToday, 'a takeover is no handoff of today').toBe(0);
  });

  it('refuses a ledger that links records already, and pauses nothing then', async () => {
    await expect(startRebuild(engine.dependencies, { again: false, by: 'test' })).rejects.toMatchObject({
      code: 'ledger_not_empty',
    });
    expect((await engine.ledger.status()).mode.paused).toBe(false);
  });

  it('keeps a difference by the one policy, and settles it by the other', async () => {
    engine.salesforce.edit('Contact', String(livingOf(engine, cast.contact)?.Id), { Title: 'Typed meanwhile' });
    await loseLedger(engine);
    const kept = await rebuilt(engine, 'keep');
    expect(countsOf(kept.review, 'drift')).toMatchObject({ 'contact.unequal': 1, 'contact.unequal.Title': 1 });
    expect(valuesIn(engine)).toEqual(kept.before);
    await loseLedger(engine);

    await rebuilt(engine, 'rules');

    expect(engine.hubspot.getContact(cast.contact)?.properties.jobtitle).toBe('Typed meanwhile');
  });

  it('takes over by the ids of the connector alone, and writes ours', async () => {
    const { hubspot, salesforce } = engine;
    const before = await linksOf(engine);
    const ids = { Lead: 'salesforceleadid', Contact: 'salesforcecontactid' } as const;
    for (const { id, archived } of hubspot.contacts()) {
      const person = archived ? undefined : livingOf(engine, id);
      if (person === undefined) continue;
      const object = String(person.Id).startsWith('00Q') ? 'Lead' : 'Contact';
      hubspot.editContact(id, { salesforce_person_id: '', [ids[object]]: String(person.Id).slice(0, 15) });
      salesforce.edit(object, String(person.Id), { HubSpot_Contact_Id__c: null });
    }
    for (const { Id, HubSpot_Company_Id__c: id } of salesforce.all('Account')) {
      if (typeof id !== 'string') continue;
      hubspot.editCompany(id, { salesforce_account_id: '', salesforceaccountid: Id });
      salesforce.edit('Account', Id, { HubSpot_Company_Id__c: null });
    }
    for (const { Id, HubSpot_Deal_Id__c: id } of salesforce.all('Opportunity')) {
      if (typeof id !== 'string') continue;
      hubspot.editDeal(id, { salesforce_opportunity_id: '', hs_salesforceopportunityid: Id });
      salesforce.edit('Opportunity', Id, { HubSpot_Deal_Id__c: null });
    }
    const counts = ['Lead', 'Contact', 'Account', 'Opportunity'].map((type) => salesforce.all(type).length);
    await loseLedger(engine);

    const { review } = await rebuilt(engine, 'keep');

    expect(countsOf(review, 'listed')).toMatchObject({
      'contact.by_connector': 4,
      'company.by_connector': 2,
      'deal.by_connector': 2,
    });
    expect((await linksOf(engine)).length).toBe(before.length);
    expect(['Lead', 'Contact', 'Account', 'Opportunity'].map((type) => salesforce.all(type).length)).toEqual(counts);
    expect(livingOf(engine, cast.contact)?.Id).toBe(hubspot.getContact(cast.contact)?.properties.salesforce_person_id);
    expect(hubspot.getDeal(cast.deal)?.properties.salesforce_opportunity_id).toBe(cast.opportunityId);
    expect(salesforce.all('Account').find(({ Id }) => Id === cast.accountId)?.HubSpot_Company_Id__c).toBe(cast.company);
  });

  it('asks a person where ids contradict each other, and makes no such pair', async () => {
    const { hubspot, salesforce } = engine;
    const [one, two] = [await handedOver(engine), await handedOver(engine)];
    const dead = await handedOver(engine);
    hubspot.editContact(one.id, { salesforceleadid: two.leadId });
    hubspot.deleteContact(dead.id);
    const twin = hubspot.createContact(
      sqlContact('twin', { salesforceleadid: String(salesforce.create('Lead', { LastName: 'T', Company: 'C' }).Id) }),
    );
    const rival = hubspot.createContact(
      sqlContact('rival', { salesforceleadid: hubspot.getContact(twin)?.properties.salesforceleadid ?? '' }),
    );
    await loseLedger(engine);

    const { review } = await rebuilt(engine, 'keep');

    expect(countsOf(review, 'listed')['contact.conflict']).toBe(4);
    for (const id of [one.id, dead.id, twin, rival]) {
      expect(await failureOf(engine, id)).toMatchObject({ code: 'rebuild_conflict' });
    }
    const { rows } = await engine.database.pool.query('select from links where record_id = any($1)', [
      [one.id, twin, rival],
    ]);
    expect(rows).toEqual([]);
    expect(personsOf(engine, two.id)).toHaveLength(1);
  });

  it('writes nothing to either CRM before a policy is chosen, whatever comes meanwhile', async () => {
    await loseLedger(engine);
    const id = await startRebuild(engine.dependencies, { again: false, by: 'test' });
    await finishRun(engine, id);
    const values = valuesIn(engine);
    const fresh = engine.hubspot.createContact(sqlContact('meanwhile'));

    await engine.look(fresh);

    expect(personsOf(engine, fresh)).toEqual([]);
    expect(valuesIn(engine).salesforce).toEqual(values.salesforce);
    await chooseRebuildPolicy(engine.dependencies, 'keep');
    await finishRun(engine, id);
    await engine.drainLater();
    expect(personsOf(engine, fresh)).toHaveLength(1);
    const again = await rebuilt(engine, 'keep', true);
    expect(countsOf(again.review, 'listed')['contact.by_external_id']).toBeUndefined();
  });

  it('keeps its review shut when the pauses of admins are lifted or it is cancelled', async () => {
    const { dependencies, hubspot, ledger } = engine;
    await loseLedger(engine);
    await ledger.pause('ann', 'before the rebuild');
    const id = await startRebuild(dependencies, { again: false, by: 'test' });
    await finishRun(engine, id);
    const fresh = hubspot.createContact(sqlContact('shut'));

    await ledger.resume();
    await expect(cancelRun(ledger, id, 'ann')).rejects.toMatchObject({ code: 'rebuild_in_review' });
    await engine.look(fresh);

    expect(personsOf(engine, fresh)).toEqual([]);
    expect((await ledger.status()).mode).toMatchObject({ paused: true, rebuild: { runId: id, state: 'review' } });
    await chooseRebuildPolicy(dependencies, 'keep');
    await finishRun(engine, id);
    await engine.drainLater();
    expect(personsOf(engine, fresh)).toHaveLength(1);
  });

  it('takes over the pairs of a rebuild that failed in the middle', async () => {
    await loseLedger(engine);
    const { ledger, dependencies, database } = engine;
    const id = await startRebuild(dependencies, { again: false, by: 'test' });
    for (let step = ''; !step.startsWith('measure.'); ) {
      const run = await ledger.claimRun(60_000, { runId: id });
      if (run === null) throw new Error('the run cannot be claimed');
      const page = await rebuild.page(runsOf(engine), run, new AbortController().signal);
      if (page.kind !== 'page') throw new Error('a page was expected');
      step = String(page.page.cursor.step);
      await ledger.commitPage(run, page.page, 60_000);
      await ledger.releaseRun(run, step.startsWith('measure.') ? { state: 'failed', reason: 'test' } : undefined);
    }
    const values = valuesIn(engine);
    expect((await ledger.status()).mode.paused).toBe(true);

    await rebuilt(engine, 'keep', true);

    const text =
      'select from pairs p where person_id is not null and not exists (select from bases b where b.pair_id = p.id)';
    expect((await database.pool.query(text)).rowCount).toBe(0);
    expect(valuesIn(engine).salesforce).toEqual(values.salesforce);
  });

  it('has a company of its own for each Account', () => {
    const ids = engine.salesforce.all('Account').flatMap(({ HubSpot_Company_Id__c: id }) => (id === null ? [] : id));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
