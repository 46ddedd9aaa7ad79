import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf } from '../support/people.ts';
import { changesOf, handedOver, propertiesOf, recycleReason, stageIn, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay();
});
afterAll(() => engine.close());

const status = (leadId: string) => engine.salesforce.get('Lead', leadId)?.Status;
const recycle = (leadId: string) => engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted' });
const movesOf = async (id: string) =>
  (await engine.ledger.stageTransitions(id)).map(({ from, to, kind }) => ({ from, to, kind }));

/** Converted with an open opportunity. */
function convert(leadId: string) {
  return engine.salesforce.convertLead(leadId, { opportunityName: 'Big deal' });
}

describe('forward, by what Salesforce says', () => {
  it('an open opportunity makes the contact one, a won one a customer', async () => {
    const { id, leadId } = await handedOver(engine);
    const { opportunityId } = convert(leadId);
    await engine.look(id);
    const open = stageIn(engine, id);
    engine.salesforce.edit('Opportunity', String(opportunityId), { StageName: 'Closed Won' });
    await engine.look(id);

    expect([open, stageIn(engine, id)]).toEqual(['opportunity', 'customer']);
    expect(await movesOf(id)).toEqual(
      expect.arrayContaining([
        { from: 'salesqualifiedlead', to: 'opportunity', kind: 'forward' },
        { from: 'opportunity', to: 'customer', kind: 'forward' },
      ]),
    );
    expect(await engine.ledger.stageDisagreements(100)).toEqual([]);
  });

  it('a lost opportunity moves nothing backward, and the list says why the sides differ', async () => {
    const { id, leadId } = await handedOver(engine);
    const { opportunityId } = convert(leadId);
    await engine.look(id);
    engine.salesforce.edit('Opportunity', String(opportunityId), { StageName: 'Closed Lost' });
    await engine.look(id);

    expect(stageIn(engine, id)).toBe('opportunity');
    const standing = (await engine.ledger.stageDisagreements(100)).find(({ contactId }) => contactId === id);
    expect(standing?.cause).toMatch(/\w/);
  });

  it('the move is one update, together with the fields', async () => {
    const { id, leadId } = await handedOver(engine);
    const { contactId } = convert(leadId);
    engine.salesforce.edit('Contact', contactId, { Title: 'Buyer in chief' });
    engine.hubspot.resetCounters();
    await engine.look(id);

    expect(propertiesOf(engine, id)).toMatchObject({ lifecyclestage: 'opportunity', jobtitle: 'Buyer in chief' });
    expect(engine.hubspot.requests.filter(({ path }) => path.endsWith('/batch/update'))).toHaveLength(1);
  });
});

describe('a recycle', () => {
  it('that sales takes back opens the gate by itself: what marketing changed meanwhile is sent at once', async () => {
    const { id, leadId } = await handedOver(engine);
    recycle(leadId);
    await engine.look(id);
    engine.hubspot.editContact(id, { jobtitle: 'Changed in between' });
    await engine.look(id);
    const held = engine.salesforce.get('Lead', leadId)?.Title ?? null;
    engine.salesforce.edit('Lead', leadId, { Status: 'Working - Contacted' });
    await engine.look(id);

    expect([held, stageIn(engine, id)]).toEqual([null, 'salesqualifiedlead']);
    expect(engine.salesforce.get('Lead', leadId)?.Title).toBe('Changed in between');
  });

  it('sends the contact back with the reason, over a clearing, counts, and pauses Salesforce', async () => {
    const { id, leadId } = await handedOver(engine);
    recycle(leadId);
    engine.hubspot.resetCounters();
    await engine.look(id);

    expect(stageIn(engine, id)).toBe('lead');
    expect(propertiesOf(engine, id)[recycleReason]).toContain('Closed - Not Converted');
    expect(engine.hubspot.requests.filter(({ path }) => path.endsWith('/batch/update'))).toHaveLength(2);
    expect((await engine.ledger.history(id)).pair).toMatchObject({ recycles: 1, stageMove: null });

    engine.hubspot.editContact(id, { jobtitle: 'Not for sales' });
    await engine.look(id);
    expect(engine.salesforce.get('Lead', leadId)?.Title ?? null).toBeNull();
    expect((await engine.ledger.history(id)).decision).toMatchObject({ outcome: 'paused' });
  });

  it('ends when the contact qualifies again: the same person is reopened and gets what it missed', async () => {
    const { id, leadId } = await handedOver(engine);
    recycle(leadId);
    await engine.look(id);
    engine.hubspot.editContact(id, { jobtitle: 'Grown' });
    await engine.look(id);
    engine.hubspot.editContact(id, { lifecyclestage: 'salesqualifiedlead' });
    await engine.look(id);
    await engine.look(id);

    expect(personsOf(engine, id)).toMatchObject([{ Id: leadId, Status: 'Open - Not Contacted', Title: 'Grown' }]);
    expect(stageIn(engine, id)).toBe('salesqualifiedlead');
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('can happen a second time', async () => {
    const { id, leadId } = await handedOver(engine);
    for (let round = 0; round < 2; round++) {
      recycle(leadId);
      await engine.look(id);
      expect(stageIn(engine, id)).toBe('lead');
      engine.hubspot.editContact(id, { lifecyclestage: 'salesqualifiedlead' });
      await engine.look(id);
      await engine.look(id);
    }

    expect((await engine.ledger.history(id)).pair).toMatchObject({ recycles: 2 });
    expect([stageIn(engine, id), status(leadId)]).toEqual(['salesqualifiedlead', 'Open - Not Contacted']);
  });

  it('while it lasts, what sales changes still comes to HubSpot', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    recycle(leadId);
    await engine.look(id);
    engine.salesforce.edit('Lead', leadId, { Title: 'From sales' });
    await engine.look(id);

    expect(propertiesOf(engine, id).jobtitle).toBe('From sales');
    expect(await changesOf(engine, id)).toContainEqual(
      expect.objectContaining({ field: 'jobtitle', after: 'From sales' }),
    );
  });
});

describe('a status that nobody mapped', () => {
  it('is a failure that names it, and the fields go on', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Status: 'On the moon', Title: 'Astronaut' });
    await engine.look(id);

    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human', code: 'status_unknown' });
    expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'Astronaut', lifecyclestage: 'salesqualifiedlead' });

    engine.salesforce.edit('Lead', leadId, { Status: 'Working - Contacted' });
    await engine.look(id);
    expect(await failureOf(engine, id)).toBeUndefined();
  });
});
