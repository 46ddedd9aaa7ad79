import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';
import { handedOver, killedAt, mark, propertiesOf, stageIn, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay({ mappings: { 'contacts.yaml': { 'born_in_salesforce.do': 'link' } } });
  await engine.poll();
});
afterAll(() => engine.close());

/** What a round of the poller and the work after it come to. */
async function round(): Promise<void> {
  await engine.poll();
  for (let turn = 0; turn < 3; turn++) await engine.drainLater();
}

const duplicateAt = (stage: string) =>
  engine.hubspot.createContact({
    lastname: 'Duplicate',
    email: `dup${Math.random()}@x.example`,
    lifecyclestage: stage,
  });

/** HubSpot merges, and the webhooks of the merge are worked off. */
async function merge(primaryId: string, ...others: string[]): Promise<string> {
  let survivor = primaryId;
  for (const other of others) {
    const before = survivor;
    survivor = engine.hubspot.mergeContacts(before, other);
    await mark(engine, before, other, survivor);
  }
  for (let turn = 0; turn < 3; turn++) await engine.drainLater();
  return survivor;
}

const pairOf = async (id: string) => (await engine.ledger.history(id)).pair;

describe('contacts that HubSpot merges into one below the gate', () => {
  it('a returned contact: the survivor has the pair, and what sales does later arrives', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted' });
    await engine.look(id);
    await engine.look(id);
    expect(stageIn(engine, id)).toBe('lead');
    const survivor = await merge(id, duplicateAt('lead'));
    await round();
    expect(await pairOf(survivor)).toMatchObject({ person: { id: leadId }, recycles: 1 });

    engine.salesforce.edit('Lead', leadId, { Status: 'Working - Contacted', Title: 'Later Title' });
    await round();
    expect(propertiesOf(engine, survivor)).toMatchObject({
      jobtitle: 'Later Title',
      lifecyclestage: 'salesqualifiedlead',
    });
    expect(personsOf(engine, survivor).map(({ Id }) => Id)).toEqual([leadId]);
  });

  it('a handed-over contact into a primary below the gate: paused, and sales’ changes still flow', async () => {
    const { id, leadId } = await handedOver(engine);
    const survivor = await merge(duplicateAt('lead'), id);
    await round();
    expect(await pairOf(survivor)).toMatchObject({ person: { id: leadId } });
    engine.salesforce.edit('Lead', leadId, { Title: 'While Paused' });
    await round();
    expect(propertiesOf(engine, survivor).jobtitle).toBe('While Paused');
  });

  it('a contact whose move was cut between clearing and setting: the survivor’s move is finished', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted' });
    await killedAt(engine, { before: 'update', nth: 2 }, id);
    const survivor = await merge(id, engine.hubspot.createContact({ lastname: 'Blank', email: 'blank@x.example' }));
    await round();

    expect(stageIn(engine, survivor)).toBe('lead');
    expect(await pairOf(survivor)).toMatchObject({ stageMove: null, recycles: 1 });
    const { rows } = await engine.database.pool.query(`select from stage_moves where state = 'open'`);
    expect(rows).toEqual([]);
  });

  it('a contact that was linked below the gate: the survivor and the person name each other', async () => {
    const email = 'linked.low@people.example';
    const id = engine.hubspot.createContact({ lastname: 'Low', email, lifecyclestage: 'lead' });
    const lead = engine.salesforce.create('Lead', { LastName: 'Low', Company: 'C', Email: email });
    await round();
    await round();
    expect(propertiesOf(engine, id).salesforce_person_id).toBe(lead.Id);
    const survivor = await merge(duplicateAt('lead'), id);
    await round();

    expect(await pairOf(survivor)).toMatchObject({ person: { id: lead.Id } });
    expect(propertiesOf(engine, survivor).salesforce_person_id).toBe(lead.Id);
    expect(personsOf(engine, survivor).map(({ Id }) => Id)).toEqual([lead.Id]);
  });

  it('a merge of a merge, of which only the last survivor is marked', async () => {
    const { id, leadId } = await handedOver(engine);
    const [second, third] = [duplicateAt('lead'), duplicateAt('lead')];
    const survivor = engine.hubspot.mergeContacts(third, engine.hubspot.mergeContacts(second, id));
    await engine.look(survivor);
    for (let turn = 0; turn < 3; turn++) await engine.drainLater();
    engine.salesforce.edit('Lead', leadId, { Title: 'Twice Merged' });
    await round();

    expect(await pairOf(survivor)).toMatchObject({ person: { id: leadId } });
    expect(propertiesOf(engine, survivor).jobtitle).toBe('Twice Merged');
    expect(personsOf(engine, survivor).map(({ Id }) => Id)).toEqual([leadId]);
  });

  it('merges one after the other', async () => {
    const { id, leadId } = await handedOver(engine);
    const first = await merge(duplicateAt('lead'), id);
    const survivor = await merge(duplicateAt('lead'), first);
    engine.salesforce.edit('Lead', leadId, { Title: 'Followed Twice' });
    await round();

    expect(propertiesOf(engine, survivor).jobtitle).toBe('Followed Twice');
    expect((await pairOf(survivor))?.formerContactIds).toEqual(expect.arrayContaining([id, first, survivor]));
  });

  it('a survivor that was looked at before its old ids were', async () => {
    const { id, leadId } = await handedOver(engine);
    const other = duplicateAt('lead');
    const survivor = engine.hubspot.mergeContacts(other, id);
    await engine.look(survivor);
    await mark(engine, id, other);
    await round();
    engine.salesforce.edit('Lead', leadId, { Title: 'In Any Order' });
    await round();

    expect(propertiesOf(engine, survivor).jobtitle).toBe('In Any Order');
  });
});

describe('two pairs whose contacts HubSpot merges', () => {
  it.each(['loses', 'wins'] as const)(
    'wait for a human, who merges the persons; the pair goes on when the first one %s',
    async (outcome) => {
      const [one, two] = [await handedOver(engine), await handedOver(engine)];
      const survivor = await merge(one.id, two.id);
      await round();
      expect(await failureOf(engine, survivor)).toMatchObject({ code: 'several_persons' });

      const [winner, loser] = outcome === 'wins' ? [one.leadId, two.leadId] : [two.leadId, one.leadId];
      engine.salesforce.merge('Lead', winner, [loser]);
      await round();
      expect(await failureOf(engine, survivor)).toBeUndefined();
      expect(await pairOf(survivor)).toMatchObject({ person: { id: winner } });
      expect(personsOf(engine, survivor).map(({ Id }) => Id)).toEqual([winner]);
      expect(propertiesOf(engine, survivor).salesforce_person_id).toBe(winner);

      engine.salesforce.edit('Lead', winner, { Title: 'After Both' });
      await round();
      expect(propertiesOf(engine, survivor).jobtitle).toBe('After Both');
    },
  );

  it('the one with a person leads, although the survivor’s old id had a pair of its own', async () => {
    const { id, leadId } = await handedOver(engine);
    const ended = await handedOver(engine);
    engine.salesforce.remove('Lead', ended.leadId);
    await engine.look(ended.id);
    const survivor = await merge(ended.id, id);
    await round();

    expect(await pairOf(survivor)).toMatchObject({ person: { id: leadId }, tombstone: null });
    engine.salesforce.edit('Lead', leadId, { Title: 'The Living One' });
    await round();
    expect(propertiesOf(engine, survivor).jobtitle).toBe('The Living One');
  });

  it('a paused pair and one above the gate', async () => {
    const paused = await handedOver(engine);
    engine.hubspot.editContact(paused.id, { lifecyclestage: 'lead' });
    await engine.look(paused.id);
    const survivor = await merge(paused.id, duplicateAt('salesqualifiedlead'));
    await round();

    expect(await pairOf(survivor)).toMatchObject({ person: { id: paused.leadId } });
    expect(personsOf(engine, survivor).map(({ Id }) => Id)).toEqual([paused.leadId]);
  });
});

it('several persons of one email are settled by sales alone, without a look at the contact', async () => {
  const email = `many${Date.now()}@people.example`;
  const [first, second] = ['A', 'B'].map((name) =>
    String(engine.salesforce.create('Lead', { LastName: name, Company: 'C', Email: email }).Id),
  );
  const id = engine.hubspot.createContact(sqlContact('many', { email }));
  await engine.look(id);
  expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human' });
  await round();
  engine.salesforce.merge('Lead', String(first), [String(second)]);
  await round();

  expect(await failureOf(engine, id)).toBeUndefined();
  expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([first]);
});
