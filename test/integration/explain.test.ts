import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainContact } from '../../src/usecases/explain-contact.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

const explain = ({ dependencies, ledger }: Engine, id: string) =>
  explainContact(
    { ...dependencies, ledger, hubspot: { ...dependencies.hubspot, contactIdByEmail: async () => null } },
    id,
  );

/** What explain says, and what the sync then decides: they must be the same. */
async function explainThenLook(id: string) {
  const explained = await explain(engine, id);
  await engine.ledger.mark([
    { system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test', hints: [] },
  ]);
  await engine.drainLater();
  return { explained, decided: (await engine.ledger.history(id)).decision };
}

describe('explain makes the plan that the sync makes', () => {
  it('for a contact that fell back below the gate while the answer to its create was lost', async () => {
    const id = engine.hubspot.createContact(sqlContact('lostanswer'));
    engine.salesforce.faults.add({
      kind: 'cut-after',
      match: 'POST /services/data',
      bodyMatch: /composite\/sobjects.*lostanswer@/s,
    });
    await engine.look(id);
    engine.hubspot.editContact(id, { lifecyclestage: '' });
    engine.hubspot.editContact(id, { lifecyclestage: 'lead' });

    const { explained, decided } = await explainThenLook(id);

    expect(explained.history.pair?.openIntents).toHaveLength(1);
    expect(explained).toMatchObject({ outcome: 'paused', person: { id: personsOf(engine, id)[0]?.Id } });
    expect(decided).toMatchObject({ outcome: explained.outcome, code: explained.reasons[0]?.code });
  });

  it('for a contact whose person only a former pairing leads to', async () => {
    const id = engine.hubspot.createContact(sqlContact('formerly'));
    await engine.look(id);
    const personId = String(personsOf(engine, id)[0]?.Id);
    engine.salesforce.edit('Lead', personId, { HubSpot_Contact_Id__c: null, Email: 'moved@people.example' });
    engine.hubspot.editContact(id, { salesforce_person_id: '' });
    await engine.database.pool.query(
      `update pairs set person_object = null, person_id = null
       where id = (select pair_id from links where system = 'hubspot' and record_id = $1)`,
      [id],
    );
    await engine.database.pool.query(`update links set status = 'merged' where record_id = $1`, [personId]);

    const { explained, decided } = await explainThenLook(id);

    expect(explained.history.pair?.formerPersonIds).toEqual([personId]);
    expect(explained).toMatchObject({ person: { id: personId }, problem: null });
    expect(explained.reasons[0]?.code).toBe('found_by_former_id');
    expect(decided).toMatchObject({ outcome: explained.outcome, code: 'found_by_former_id' });
  });
});

it('explain calls the owners of both sides by name, and asks nobody for it once they are known', async () => {
  const own = await startEngine();
  const { id: ownerId, userId: samsUserId } = own.hubspot.addOwner('sam@people.example', {
    firstName: 'Sam',
    lastName: 'Seller',
  });
  const userId = String(own.salesforce.addUser({ email: 'sam@people.example', lastName: 'Seller' }).Id);
  const id = own.hubspot.createContact({ ...sqlContact('owned'), hubspot_owner_id: ownerId });
  await own.look(id);
  const before = own.hubspot.requests.length;
  own.hubspot.editContact(id, { city: 'Bonn' }, { userId: samsUserId });
  own.hubspot.editContact(id, { zip: '53111' }, { userId: 77 });
  const { owners, fields } = await explain(own, id);
  const changers = new Map(fields.map(({ hubspot }) => [hubspot.name, hubspot.changedBy]));
  const asked = own.hubspot.requests.slice(before).filter(({ path }) => path.includes('/owners'));
  await own.close();

  expect(owners).toMatchObject({
    [ownerId]: 'Sam Seller (sam@people.example)',
    [userId]: 'Seller (sam@people.example)',
  });
  expect([changers.get('city'), changers.get('zip')]).toEqual([
    'CRM_UI user Sam Seller (sam@people.example)',
    'CRM_UI user 77',
  ]);
  expect(asked).toEqual([]);
});

describe('explain says what keeps a contact back', () => {
  it('the observe mode, and that the last look was only observed', async () => {
    const observing = await startEngine({ observe: true });
    const id = observing.hubspot.createContact(sqlContact('watched'));
    const before = await explain(observing, id);
    await observing.look(id);
    const after = await explain(observing, id);
    await observing.close();

    expect(before).toMatchObject({ mode: 'observe', standing: 'unknown_to_the_ledger', outcome: 'create' });
    expect(after).toMatchObject({ mode: 'observe', standing: 'observed_only', outcome: 'create' });
    expect(after.sentence).toContain('would be created');
    expect(after.changes).toContainEqual(
      expect.objectContaining({ field: 'LastName', before: null, after: 'watched', rule: 'newest' }),
    );
    expect(after.sentence).toContain('SYNC_MODE is observe');
  });

  it("an admin's pause, a vendor's wait and when it will be looked at", async () => {
    const id = engine.hubspot.createContact(sqlContact('held'));
    engine.salesforce.setDailyUsed(1_000_000);
    await engine.look(id);
    engine.salesforce.setDailyUsed(0);
    await engine.ledger.pause('ann', 'a look at the mapping');
    const explained = await explain(engine, id);
    await engine.ledger.resume();

    expect(explained).toMatchObject({
      standing: 'pending',
      pause: { by: 'ann', reason: 'a look at the mapping' },
      outcome: 'unknown',
      problem: { code: expect.any(String) },
      waits: [{ system: 'salesforce', code: 'salesforce_request_limit' }],
      history: { pending: { attempts: 0, waitCode: 'salesforce_request_limit' } },
    });
    expect(explained.history.pending?.dueInMs).toBeGreaterThan(0);
    await engine.drainLater();
    expect((await explain(engine, id)).standing).toBe('handed_over');
  });

  it('an open failure', async () => {
    const remove = engine.salesforce.addValidationRule({ object: 'Lead', when: { City: 'Nowhere' }, message: 'No.' });
    const id = engine.hubspot.createContact(sqlContact('refused', { city: 'Nowhere' }));
    await engine.look(id);
    remove();

    expect(await explain(engine, id)).toMatchObject({
      standing: 'failed',
      history: { failure: { kind: 'needs-human' } },
    });
  });
});
