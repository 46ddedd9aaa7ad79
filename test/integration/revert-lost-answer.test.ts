import { afterAll, beforeAll, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { advanceRuns } from '../../src/usecases/runs/advance-runs.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';
import { backfilled, beginRevert } from '../support/reverts.ts';
import { beginBackfill, countsOf, finishRun, runsOf } from '../support/runs.ts';
import { killedAt, lookWith, meeting, propertiesOf, startTwoWay } from '../support/two-way.ts';

let engine: Engine;

beforeAll(async () => {
  engine = await startTwoWay({
    mappings: {
      'contacts.yaml': {
        'events.deleted_in_hubspot': 'delete',
        'events.deleted_in_salesforce': 'delete',
        'born_in_salesforce.do': 'create',
        'born_in_salesforce.stage': 'salesqualifiedlead',
      },
    },
  });
}, 60_000);

afterAll(async () => {
  await engine.close();
});

it.each([{ before: 'deleteRecords' }, { after: 'deleteRecords' }] as const)(
  'ends the pair of a record that a revert has deleted without hearing of it, and leaves its contact: %j',
  async (when) => {
    const id = engine.hubspot.createContact(sqlContact(`lost-${Object.keys(when)[0]}`));
    const run = await backfilled(engine, 'contacts', id);
    const leadId = String(personsOf(engine, id)[0]?.Id);
    const revertId = await beginRevert(engine, run.id, { created: 'delete' });
    await advanceRuns(runsOf(engine), new AbortController().signal, { roundMs: 50, runId: revertId });
    const lost = new SyncError('retryable', 'salesforce_no_answer', 'lost', { mayHaveHappened: true });
    const worker = meeting(engine, when, () => Promise.reject(lost));
    await lookWith(engine, worker, id);
    await engine.drainLater();
    // No vendor can carry it out any more.
    await engine.database.pool.query(`update writes set at = at - interval '15 minutes' where state = 'unknown'`);
    await engine.drainLater();

    const revert = await finishRun(engine, revertId);

    expect(countsOf(revert, 'put_back')).toMatchObject({ deleted: 1 });
    expect(engine.salesforce.all('Lead').map(({ Id }) => Id)).not.toContain(leadId);
    expect(propertiesOf(engine, id).salesforce_person_id ?? '').toBe('');
    await engine.look(id);
    await engine.look(id);
    expect(engine.hubspot.getContact(id)?.archived ?? true).toBe(false);
    expect(personsOf(engine, id)).toEqual([]);
  },
);

it('leaves the Lead of a contact that a revert has archived without hearing of it', async () => {
  const born = {
    LastName: 'Lost',
    Company: 'Sales Works',
    Email: 'lost@people.example',
    Status: 'Working - Contacted',
  };
  const leadId = String(engine.salesforce.create('Lead', born).Id);
  const run = await finishRun(engine, await beginBackfill(engine, { object: 'leads' }));
  const id = String(engine.salesforce.get('Lead', leadId)?.HubSpot_Contact_Id__c);
  const revertId = await beginRevert(engine, run.id, { created: 'delete' });
  await advanceRuns(runsOf(engine), new AbortController().signal, { roundMs: 50, runId: revertId });
  await killedAt(engine, { after: 'archiveRecords' }, id);
  expect(engine.hubspot.getContact(id)?.archived ?? true).toBe(true);

  await engine.drainLater();
  await engine.database.pool.query(`update writes set at = at - interval '15 minutes' where state = 'open'`);
  await engine.drainLater();
  const revert = await finishRun(engine, revertId);

  expect(revert.state).toBe('ended');
  expect(engine.salesforce.get('Lead', leadId)?.IsDeleted).toBe(false);
});
