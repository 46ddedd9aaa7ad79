import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';
import { backfilled, beginRevert, reverted } from '../support/reverts.ts';
import { beginBackfill, countsOf, finishRun } from '../support/runs.ts';
import { propertiesOf, startTwoWay } from '../support/two-way.ts';

let engine: Engine;

const bornAtSql = { 'born_in_salesforce.do': 'create', 'born_in_salesforce.stage': 'salesqualifiedlead' };

beforeAll(async () => {
  engine = await startTwoWay({ mappings: { 'contacts.yaml': bornAtSql } });
});

afterAll(async () => {
  await engine.close();
});

async function created(...names: readonly string[]) {
  const ids = names.map((name) => engine.hubspot.createContact(sqlContact(name)));
  const run = await backfilled(engine, 'contacts', ...ids);
  expect(run.creates).toBe(names.length);
  const leads = ids.map((id) => String(personsOf(engine, id)[0]?.Id));
  return { ids, run, leads };
}

it('asks what becomes of the records that the run created', async () => {
  const { run } = await created('asked', 'asked-too');
  await expect(beginRevert(engine, run.id)).rejects.toMatchObject({
    code: 'created_undecided',
    message: expect.stringContaining('2 Leads'),
  });
  const dry = await reverted(engine, run.id, { isDryRun: true });
  expect(dry).toMatchObject({ isDryRun: true, state: 'ended', forecast: { records: 2, changes: 0 } });
  expect(countsOf(dry, 'left').created).toBeGreaterThan(0);
});

it('keeps them where it is told to: the pairs go on', async () => {
  const { ids, run, leads } = await created('kept');
  const revert = await reverted(engine, run.id, { created: 'keep' });
  expect(revert).toMatchObject({ total: 1, changes: 0, forecast: { records: 1, changes: 0 } });
  expect(countsOf(revert, 'left').created).toBeGreaterThan(3);
  expect(countsOf(revert, 'left').id_field).toBeGreaterThan(0);
  expect(countsOf(revert, 'put_back')).toEqual({});
  const [id = '', lead = ''] = [ids[0], leads[0]];
  expect(propertiesOf(engine, id).salesforce_person_id).toBe(lead);
  engine.hubspot.editContact(id, { jobtitle: 'CTO' });
  await engine.look(id);
  expect(engine.salesforce.get('Lead', lead)?.Title).toBe('CTO');
});

it('deletes those that nobody has changed since, and nobody creates them again', async () => {
  const { ids, run, leads } = await created('gone', 'edited', 'converted');
  engine.salesforce.edit('Lead', String(leads[1]), { Title: 'Chair' });
  engine.salesforce.convertLead(String(leads[2]), {});
  const dry = await reverted(engine, run.id, { created: 'delete', isDryRun: true });
  expect(countsOf(dry, 'put_back')).toEqual({ deleted: 1 });
  expect(dry.forecast).toMatchObject({ records: 3, changes: 1, isExact: true });
  const revert = await reverted(engine, run.id, { created: 'delete' });
  expect(revert.state).toBe('ended');
  expect(countsOf(revert, 'put_back')).toEqual({ deleted: 1 });
  expect(revert).toMatchObject({ changes: 1, forecast: { records: 3, changes: 3 } });
  expect(countsOf(revert, 'left').changed_since).toBeGreaterThan(0);
  expect(engine.salesforce.all('Lead').map(({ Id }) => Id)).not.toContain(leads[0]);
  expect(engine.salesforce.get('Lead', String(leads[1]))?.Title).toBe('Chair');
  const [id = ''] = ids;
  expect(propertiesOf(engine, id).salesforce_person_id ?? '').toBe('');
  await engine.look(...ids);
  await engine.look(...ids);
  expect(personsOf(engine, id)).toEqual([]);
  const foreseen = await finishRun(engine, await beginBackfill(engine, { ids: [id], isDryRun: true }));
  expect(countsOf(foreseen, 'outcome')).toEqual({ failed: 1 });
  expect(countsOf(await backfilled(engine, 'contacts', id), 'outcome')).toEqual({ failed: 1 });
});

it('leaves what a revert has deleted: a revert of it says so, and where the ids went nothing is left', async () => {
  const { ids, run, leads } = await created('stays', 'comes-back');
  const dry = await reverted(engine, run.id, { created: 'delete', isDryRun: true });
  const revert = await reverted(engine, run.id, { created: 'delete' });
  expect(revert).toMatchObject({ changes: 2, forecast: { changes: 2 }, changesLimit: 53 });
  expect(countsOf(revert, 'left')).toEqual({});
  expect(countsOf(dry, 'left')).toEqual({});
  expect(dry.forecast).toMatchObject({ changes: revert.changes });
  engine.salesforce.undelete('Lead', String(leads[1]));
  const foreseen = await reverted(engine, revert.id, { isDryRun: true });
  const again = await reverted(engine, revert.id);
  expect(again).toMatchObject({ state: 'ended', changes: 0, forecast: { records: 2, changes: 0 } });
  expect(countsOf(again, 'put_back')).toEqual({});
  expect(countsOf(again, 'left').deleted_stays).toBe(1);
  expect(countsOf(foreseen, 'left')).toEqual(countsOf(again, 'left'));
  const { reasons } = (await engine.ledger.history(String(ids[0]))).decision ?? { reasons: [] };
  expect(reasons.map(({ code }) => code)).toContain('revert_deleted_stays');
});

it('moves contacts that the run created in HubSpot to the recycle bin', async () => {
  const born = {
    LastName: 'Born',
    Company: 'Sales Works',
    Email: 'born@people.example',
    Status: 'Working - Contacted',
  };
  const lead = String(engine.salesforce.create('Lead', born).Id);
  const run = await finishRun(engine, await beginBackfill(engine, { object: 'leads' }));
  const id = String(engine.salesforce.get('Lead', lead)?.HubSpot_Contact_Id__c);
  expect(engine.hubspot.getContact(id)).toBeDefined();
  const revert = await reverted(engine, run.id, { created: 'delete' });
  expect(countsOf(revert, 'put_back')).toMatchObject({ deleted: 1 });
  expect(engine.hubspot.getContact(id)?.archived ?? true).toBe(true);
  expect(engine.salesforce.get('Lead', lead)).toBeDefined();
  await engine.ledger.mark([{ system: 'salesforce', object: 'Lead', recordId: lead, priority: 2, source: 'test' }]);
  await engine.drain();
  expect(engine.hubspot.getContact(id)?.archived ?? true).toBe(true);
});
