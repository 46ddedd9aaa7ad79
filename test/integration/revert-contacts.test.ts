import { afterAll, beforeAll, expect, it } from 'vitest';
import { explainContact } from '../../src/usecases/explain-contact.ts';
import type { Engine } from '../support/engine.ts';
import { backfilled, beginRevert, heldBy, reverted } from '../support/reverts.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { countsOf, finishRun } from '../support/runs.ts';
import { handedOver, propertiesOf, stageIn, startTwoWay } from '../support/two-way.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startTwoWay();
});

afterAll(async () => {
  await engine.close();
});

const leadOf = (id: string) => engine.salesforce.all('Lead').find(({ Id }) => Id === id) ?? { Title: undefined };

it('puts both sides back to what they held before the run, and holds the fields', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO', phone: '+49 30 1234567' });
  engine.hubspot.editContact(id, { jobtitle: 'CEO' });
  const run = await backfilled(engine, 'contacts', id);
  expect(countsOf(run, 'outcome')).toEqual({ update: 1 });
  expect(leadOf(leadId).Title).toBe('CEO');

  const revert = await reverted(engine, run.id);
  expect(revert).toMatchObject({ kind: 'revert', state: 'ended', reverts: run.id });
  expect(countsOf(revert, 'outcome')).toEqual({ reverted: 1 });
  expect(countsOf(revert, 'put_back')).toEqual({ salesforce: 1 });
  expect(leadOf(leadId).Title).toBe('CTO');
  expect(propertiesOf(engine, id).jobtitle).toBe('CEO');
  expect(await heldBy(engine, revert.id)).toEqual(['jobtitle Title']);

  const told = await explainContact(engine.dependencies, id);
  expect(told.fields.find(({ hubspot }) => hubspot.name === 'jobtitle')).toMatchObject({ held: revert.id });
  expect(told.sentence).toContain(`as run ${revert.id} put it back (jobtitle)`);

  // Nobody repairs what both sides hold.
  await engine.look(id);
  await engine.look(id);
  expect(leadOf(leadId).Title).toBe('CTO');
  expect(propertiesOf(engine, id).jobtitle).toBe('CEO');

  // Nor do a person's resync, a poll, and the nightly comparison.
  const resync = { system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'resync' } as const;
  await engine.ledger.mark([{ ...resync, hints: ['resync'] }]);
  await engine.drain();
  await engine.poll();
  await engine.poll();
  await engine.drain();
  expect((await runToEnd(engine, 'comparison')).state).toBe('ended');
  expect(leadOf(leadId).Title).toBe('CTO');
  expect(propertiesOf(engine, id).jobtitle).toBe('CEO');
  expect(await heldBy(engine, revert.id)).toEqual(['jobtitle Title']);

  // A human's change on either side ends it, and the rule has its turn.
  engine.hubspot.editContact(id, { jobtitle: 'Chair' });
  await engine.look(id);
  expect(leadOf(leadId).Title).toBe('Chair');
  expect(await heldBy(engine, revert.id)).toEqual([]);
});

it('puts back what the run wrote to HubSpot', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO', city: 'Bonn', country: 'Germany' });
  engine.salesforce.edit('Lead', leadId, { Title: 'CEO', City: 'Ulm', MobilePhone: '+49 170 1111111' });
  const run = await backfilled(engine, 'contacts', id);
  expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'CEO', city: 'Ulm' });
  const revert = await reverted(engine, run.id);
  expect(countsOf(revert, 'put_back')).toEqual({ hubspot: 3 });
  expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'CTO', city: 'Bonn' });
  expect(propertiesOf(engine, id).mobilephone ?? '').toBe('');
  expect(leadOf(leadId)).toMatchObject({ Title: 'CEO', City: 'Ulm', MobilePhone: '+49 170 1111111' });
  await engine.look(id);
  await engine.poll();
  await engine.poll();
  await engine.drain();
  expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'CTO', city: 'Bonn' });
  expect(leadOf(leadId)).toMatchObject({ Title: 'CEO', City: 'Ulm' });
});

it('leaves what somebody has changed since, and says so', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO', phone: '+49 30 1234567' });
  engine.hubspot.editContact(id, { jobtitle: 'CEO', phone: '+49 30 7654321' });
  const run = await backfilled(engine, 'contacts', id);
  engine.salesforce.edit('Lead', leadId, { Title: 'Chair' });
  const revert = await reverted(engine, run.id);
  expect(countsOf(revert, 'put_back')).toEqual({ salesforce: 1 });
  expect(countsOf(revert, 'left')).toEqual({ changed_since: 1 });
  expect(leadOf(leadId)).toMatchObject({ Title: 'Chair', Phone: '+49 30 1234567' });
  // What somebody typed goes on as ever.
  await engine.look(id);
  expect(propertiesOf(engine, id).jobtitle).toBe('Chair');
});

it('lets an edit that nobody has looked at yet have its turn after the revert', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO' });
  engine.hubspot.editContact(id, { jobtitle: 'CEO' });
  const run = await backfilled(engine, 'contacts', id);
  engine.hubspot.editContact(id, { jobtitle: 'Chair', phone: '+49 30 7777777' });
  const revertId = await beginRevert(engine, run.id);
  await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId: id, priority: 1, source: 'webhook' }]);
  const revert = await finishRun(engine, revertId);
  expect(countsOf(revert, 'outcome')).toEqual({ reverted: 1 });
  expect(leadOf(leadId)).toMatchObject({ Title: 'Chair', Phone: '+49 30 7777777' });
  expect(await heldBy(engine, revert.id)).toEqual([]);
  const writes = await engine.database.pool.query<{ kind: string; fields: string }>(
    `select r.kind, string_agg(c.value ->> 'field' || '=' || coalesce(c.value ->> 'after', ''), ' ' order by w.id, 1) as fields
     from writes w join runs r on r.id = w.run_id cross join lateral jsonb_array_elements(w.changes) as c
     where w.system = 'salesforce' and r.id >= $1 group by r.id, r.kind order by r.id`,
    [revertId],
  );
  expect(writes.rows).toEqual([{ kind: 'revert', fields: 'Title=CTO' }]);
});

it('puts a revert back: both sides hold what the run wrote', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO' });
  engine.hubspot.editContact(id, { jobtitle: 'CEO' });
  const run = await backfilled(engine, 'contacts', id);
  const revert = await reverted(engine, run.id);
  expect(leadOf(leadId).Title).toBe('CTO');
  const again = await reverted(engine, revert.id);
  expect(again).toMatchObject({ state: 'ended', reverts: revert.id });
  expect(leadOf(leadId).Title).toBe('CEO');
  expect(await heldBy(engine, again.id)).toEqual(['jobtitle Title']);
  expect((await engine.ledger.run(run.id))?.revertedBy).toEqual([revert.id]);
  const nothing = await reverted(engine, revert.id);
  expect(countsOf(nothing, 'left')).toEqual({ already_back: 1 });
});

it('moves the lifecycle stage back, and no old fact moves it again', async () => {
  const { id, leadId } = await handedOver(engine, { lifecyclestage: 'salesqualifiedlead' });
  engine.salesforce.convertLead(leadId, { opportunityName: 'Big one' });
  const run = await backfilled(engine, 'contacts', id);
  expect(stageIn(engine, id)).toBe('opportunity');
  const revert = await reverted(engine, run.id);
  expect(stageIn(engine, id)).toBe('salesqualifiedlead');
  expect(revert.state).toBe('ended');
  await engine.look(id);
  await engine.look(id);
  expect(stageIn(engine, id)).toBe('salesqualifiedlead');
  expect(await heldBy(engine, revert.id)).toContain('lifecyclestage stage facts');
});
