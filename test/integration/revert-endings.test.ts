import { afterAll, beforeAll, expect, it } from 'vitest';
import { advanceRuns } from '../../src/usecases/runs/advance-runs.ts';
import type { Engine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';
import { backfilled, beginRevert, heldBy, reverted } from '../support/reverts.ts';
import { beginBackfill, countsOf, finishRun, runsOf } from '../support/runs.ts';
import { handedOver, killedAt, propertiesOf, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
let owners: { ownerId: string; userId: string }[] = [];

beforeAll(async () => {
  engine = await startTwoWay();
  // Before anybody asks who owns what: that is kept for minutes.
  owners = ['one', 'two'].map((name) => {
    const email = `${name}@owners.example`;
    const { Id } = engine.salesforce.addUser({ email });
    return { ownerId: String(engine.hubspot.addOwner(email).id), userId: String(Id) };
  });
});

afterAll(async () => {
  await engine.close();
});

const personOf = (object: 'Lead' | 'Contact', id: string) =>
  engine.salesforce.all(object).find(({ Id }) => Id === id) ?? { Title: undefined, MailingCity: undefined };

/** A contact whose Title a run has written, from CTO to CEO. */
async function written(more: Record<string, string> = {}) {
  const pair = await handedOver(engine, { jobtitle: 'CTO', city: 'Bonn', ...more });
  engine.hubspot.editContact(pair.id, { jobtitle: 'CEO' });
  const run = await backfilled(engine, 'contacts', pair.id);
  return { ...pair, run };
}

it('refuses a run that is not there, one that has not ended, and a second revert of the same run', async () => {
  await expect(beginRevert(engine, '999999')).rejects.toMatchObject({ code: 'run_not_found' });
  const { run } = await written();
  const first = await beginRevert(engine, run.id);
  await expect(beginRevert(engine, first)).rejects.toMatchObject({ code: 'run_not_ended' });
  await engine.ledger.pauseRun(first, 'tester');
  await expect(beginRevert(engine, first)).rejects.toMatchObject({ code: 'run_not_ended' });
  await expect(beginRevert(engine, run.id)).rejects.toMatchObject({ code: 'run_overlaps' });
  expect(await engine.ledger.cancelRun(first, 'tester')).toBe(true);
  expect(await reverted(engine, run.id)).toMatchObject({ state: 'ended' });
});

it('refuses a dry run: it wrote nothing', async () => {
  const { id } = await handedOver(engine);
  const runId = await beginBackfill(engine, { object: 'contacts', ids: [id], isDryRun: true });
  await finishRun(engine, runId);
  const before = (await engine.ledger.runs(100)).length;
  for (const isDryRun of [false, true]) {
    const refused = beginRevert(engine, runId, { isDryRun });
    await expect(refused).rejects.toMatchObject({ code: 'run_wrote_nothing', kind: 'needs-human' });
  }
  expect(await engine.ledger.runs(100), 'no run was begun').toHaveLength(before);
});

it('ends at once where there is nothing to put back', async () => {
  const { id } = await handedOver(engine);
  const run = await backfilled(engine, 'contacts', id);
  const revert = await reverted(engine, run.id);
  expect(revert).toMatchObject({ state: 'ended', total: 0, counts: [] });
});

it('leaves a contact that was deleted since, and one whose person was', async () => {
  const one = await written();
  engine.hubspot.deleteContact(one.id);
  expect(countsOf(await reverted(engine, one.run.id), 'left')).toEqual({ record_gone: 1 });

  const other = await written();
  engine.salesforce.remove('Lead', other.leadId);
  const revert = await reverted(engine, other.run.id);
  expect(countsOf(revert, 'left')).toEqual({ record_gone: 1 });
  expect(revert.state).toBe('ended');
});

it('follows a Lead that was converted to the Contact, where the mapping names the field there', async () => {
  const { id } = await handedOver(engine, { jobtitle: 'CTO', city: 'Bonn', website: 'one.example' });
  engine.hubspot.editContact(id, { jobtitle: 'CEO', city: 'Ulm', website: 'two.example' });
  const run = await backfilled(engine, 'contacts', id);
  const leadId = String(propertiesOf(engine, id).salesforce_person_id);
  const { contactId } = engine.salesforce.convertLead(leadId, {});
  const revert = await reverted(engine, run.id);
  expect(personOf('Contact', contactId)).toMatchObject({ Title: 'CTO', MailingCity: 'Bonn' });
  expect(countsOf(revert, 'left')).toEqual({ converted: 1 });
  await engine.look(id);
  expect(personOf('Contact', contactId)).toMatchObject({ Title: 'CTO', MailingCity: 'Bonn' });
});

it('follows a contact that was merged away to the one that goes on', async () => {
  const { id, leadId, run } = await written();
  const other = engine.hubspot.createContact(sqlContact('lesser', { lifecyclestage: 'lead', phone: '+49 30 3333333' }));
  const survivor = engine.hubspot.mergeContacts(id, other);
  const revertId = await beginRevert(engine, run.id);
  await engine.look(id, survivor);
  await engine.drainLater();
  const revert = await finishRun(engine, revertId);
  expect(revert.state).toBe('ended');
  expect(countsOf(revert, 'put_back')).toEqual({ salesforce: 1 });
  expect(personOf('Lead', leadId).Title).toBe('CTO');
});

it('leaves what was erased for privacy', async () => {
  const { id, leadId, run } = await written();
  engine.hubspot.deleteContact(id);
  await engine.ledger.mark([
    { system: 'hubspot', object: 'contact', recordId: id, priority: 1, source: 'webhook', hints: ['erased'] },
  ]);
  await engine.drain();
  const revert = await reverted(engine, run.id);
  expect(revert.state).toBe('ended');
  expect(countsOf(revert, 'put_back')).toEqual({});
  expect(personOf('Lead', leadId).Title).toBe('CEO');
});

it('goes on where it was killed, at each step, and counts each field once', async () => {
  for (const when of [
    { before: 'read' },
    { before: 'writePersons' },
    { after: 'writePersons' },
    { before: 'update' },
    { after: 'update' },
  ] as const) {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO', phone: '+49 30 1111111' });
    engine.hubspot.editContact(id, { jobtitle: 'CEO' });
    engine.salesforce.edit('Lead', leadId, { MobilePhone: '+49 170 1111111' });
    const run = await backfilled(engine, 'contacts', id);
    const revertId = await beginRevert(engine, run.id);
    await advanceRuns(runsOf(engine), new AbortController().signal, { roundMs: 50, runId: revertId });
    await killedAt(engine, when, id);
    const revert = await finishRun(engine, revertId);
    expect(countsOf(revert, 'put_back'), JSON.stringify(when)).toEqual({ hubspot: 1, salesforce: 1 });
    expect(personOf('Lead', leadId).Title).toBe('CTO');
    expect(propertiesOf(engine, id).mobilephone ?? '').toBe('');
    expect(await heldBy(engine, revertId)).toHaveLength(2);
  }
});

it('holds nobody up while a person pauses it', async () => {
  const { id, leadId, run } = await written();
  const revertId = await beginRevert(engine, run.id);
  await advanceRuns(runsOf(engine), new AbortController().signal, { roundMs: 50, runId: revertId });
  await engine.ledger.pauseRun(revertId, 'tester');
  engine.hubspot.editContact(id, { phone: '+49 30 5555555' });
  await engine.look(id);
  expect(personOf('Lead', leadId)).toMatchObject({ Title: 'CEO', Phone: '+49 30 5555555' });
  await engine.ledger.resumeRun(revertId, 'tester');
  expect(await finishRun(engine, revertId)).toMatchObject({ state: 'ended' });
  expect(personOf('Lead', leadId)).toMatchObject({ Title: 'CTO', Phone: '+49 30 5555555' });
});

it('puts back the rest where HubSpot refuses one of the old values', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO', hs_lead_status: 'NEW' });
  engine.salesforce.edit('Lead', leadId, { Title: 'CEO', Status: 'Working - Contacted' });
  const run = await backfilled(engine, 'contacts', id);
  expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'CEO', hs_lead_status: 'IN_PROGRESS' });
  const property = engine.hubspot.properties.get('contacts', 'hs_lead_status');
  const options = (property?.options ?? []).filter(({ value }) => value !== 'NEW');
  engine.hubspot.properties.define('contacts', { ...property, name: 'hs_lead_status', label: 'Lead status', options });
  const revert = await reverted(engine, run.id);
  expect(revert.state).toBe('ended');
  expect(countsOf(revert, 'put_back')).toEqual({ hubspot: 1 });
  expect(countsOf(revert, 'left')).toEqual({ refused: 1 });
  expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'CTO', hs_lead_status: 'IN_PROGRESS' });
});

it('puts values back below the gate', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO' });
  engine.hubspot.editContact(id, { jobtitle: 'CEO' });
  const run = await backfilled(engine, 'contacts', id);
  engine.hubspot.editContact(id, { lifecyclestage: '' });
  engine.hubspot.editContact(id, { lifecyclestage: 'lead' });
  const revert = await reverted(engine, run.id);
  expect(countsOf(revert, 'put_back')).toEqual({ salesforce: 1 });
  expect(personOf('Lead', leadId).Title).toBe('CTO');
});

it('gives a contact back to the owner from before the run', async () => {
  const [one, two] = owners;
  const { id, leadId } = await handedOver(engine, { hubspot_owner_id: one?.ownerId ?? '' });
  engine.salesforce.edit('Lead', leadId, { OwnerId: two?.userId ?? '' });
  const run = await backfilled(engine, 'contacts', id);
  expect(propertiesOf(engine, id).hubspot_owner_id).toBe(two?.ownerId);
  await reverted(engine, run.id);
  await engine.look(id);
  expect(propertiesOf(engine, id).hubspot_owner_id).toBe(one?.ownerId);
  expect(personOf('Lead', leadId)).toMatchObject({ OwnerId: two?.userId });
});

it('stops at its safety limit like every run, and goes on once it is approved', async () => {
  const pairs = [];
  for (let index = 0; index < 3; index += 1) {
    const pair = await handedOver(engine, { jobtitle: 'CTO' });
    engine.hubspot.editContact(pair.id, { jobtitle: 'CEO' });
    pairs.push(pair);
  }
  const run = await backfilled(engine, 'contacts', ...pairs.map(({ id }) => id));
  const revertId = await beginRevert(engine, run.id);
  await engine.database.pool.query('update runs set changes_limit = 1 where id = $1', [revertId]);
  expect(await finishRun(engine, revertId)).toMatchObject({ state: 'stopped' });
  await engine.drainLater();
  expect(await engine.ledger.approve(revertId, 'tester')).toBe(true);
  const revert = await finishRun(engine, revertId);
  expect(revert.state).toBe('ended');
  expect(countsOf(revert, 'put_back')).toEqual({ salesforce: 3 });
  for (const { leadId } of pairs) expect(personOf('Lead', leadId).Title).toBe('CTO');
});

it('puts back what the live run of today has written until now', async () => {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'CTO' });
  engine.hubspot.editContact(id, { jobtitle: 'CEO' });
  await engine.look(id);
  const [live] = await engine.ledger.runs(1, { kind: 'live' });
  const revert = await reverted(engine, String(live?.id), { created: 'keep' });
  expect(revert.state).toBe('ended');
  // The Lead was created by this run, too: it is kept with all that it holds.
  expect(personOf('Lead', leadId).Title).toBe('CEO');
  expect(countsOf(revert, 'left').created).toBeGreaterThan(0);
});
