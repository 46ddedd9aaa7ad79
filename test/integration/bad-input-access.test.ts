import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf } from '../support/people.ts';
import { handedOver, lookWith, meeting, propertiesOf, stageIn, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay();
});
afterAll(() => engine.close());
afterEach(() => {
  engine.salesforce.setFieldAccess('Lead', 'Title', 'all');
  engine.salesforce.setObjectHidden('Opportunity', false);
});

/** What a person does after the fix, and what is due then. */
const settle = async () => {
  await engine.ledger.retryFailures();
  for (let round = 0; round < 2; round++) await engine.drainLater();
};

describe('a Salesforce user who may not see a mapped field', () => {
  it('empties nothing in HubSpot, says which field, and both sides agree once it is granted', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.setFieldAccess('Lead', 'Title', 'none');
    engine.salesforce.edit('Lead', leadId, { City: 'Wien' });
    for (let round = 0; round < 4; round++) {
      await engine.look(id);
      await engine.drainLater();
    }
    const { pending } = await engine.ledger.history(id);
    const told = JSON.stringify([await failureOf(engine, id), pending]) + engine.logLines.join('\n');

    expect(propertiesOf(engine, id).jobtitle).toBe('Buyer');
    expect(told).toMatch(/salesforce_unknown_field/);
    expect(told).toContain('Title');

    engine.salesforce.setFieldAccess('Lead', 'Title', 'all');
    await settle();
    expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'Buyer', city: 'Wien' });
    expect(engine.salesforce.get('Lead', leadId)).toMatchObject({ Title: 'Buyer', City: 'Wien' });
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('between our read and our write: nobody is created, and the value arrives once it is granted', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    const hide = () => engine.salesforce.setFieldAccess('Lead', 'Title', 'none');
    await lookWith(engine, meeting(engine, { before: 'writePersons' }, hide), id);
    engine.salesforce.setFieldAccess('Lead', 'Title', 'all');
    await settle();

    expect(personsOf(engine, id)).toMatchObject([{ Id: leadId, Title: 'Chief' }]);
    expect(propertiesOf(engine, id).jobtitle).toBe('Chief');
    expect(await failureOf(engine, id)).toBeUndefined();
  });
});

describe('a Salesforce user who may not see opportunities', () => {
  it('moves no stage by them and follows the person all the same; once granted the stage comes', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.setObjectHidden('Opportunity', true);
    const { contactId } = engine.salesforce.convertLead(leadId, { opportunityName: 'Hidden deal' });
    await engine.look(id);
    const hidden = stageIn(engine, id);

    expect(hidden).toBe('salesqualifiedlead');
    expect(propertiesOf(engine, id).salesforce_person_id).toBe(contactId);

    engine.salesforce.setObjectHidden('Opportunity', false);
    const worker = engine.secondWorker();
    await lookWith(engine, worker, id);
    await settle();
    expect(stageIn(engine, id)).toBe('opportunity');
    expect(await failureOf(engine, id)).toBeUndefined();
  });
});

describe('a person that is gone for good between our read and our write', () => {
  it('not even a query of all rows shows it any more: nobody is created in its place', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    const before = engine.salesforce.all('Lead').length;
    const purge = () => {
      engine.salesforce.remove('Lead', leadId);
      engine.salesforce.purge('Lead', leadId);
    };
    await lookWith(engine, meeting(engine, { before: 'writePersons' }, purge), id);
    await settle();

    expect(engine.salesforce.all('Lead')).toHaveLength(before - 1);
    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human' });
    expect(engine.hubspot.getContact(id)).toMatchObject({ archived: false });
  });
});

describe('a contact that is erased for privacy between our read and our write', () => {
  it('is not written again, and the person stays as it was', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    const erase = () => engine.hubspot.privacyDelete(id);
    await lookWith(engine, meeting(engine, { before: 'update' }, erase), id);
    await engine.ledger.mark([
      { system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test', hints: ['erased'] },
    ]);
    await settle();

    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: 'erased' });
    expect(engine.salesforce.get('Lead', leadId)).toMatchObject({ Title: 'Head' });
    expect(engine.hubspot.contacts().filter(({ properties }) => properties.jobtitle === 'Head')).toEqual([]);
  });
});
