import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';
import { changesOf, handedOver, lookWith, propertiesOf, stageIn, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
const undo: (() => void)[] = [];
beforeAll(async () => {
  engine = await startTwoWay();
});
afterAll(() => engine.close());
afterEach(() => {
  for (const one of undo.splice(0)) one();
  engine.hubspot.configure({ backwardStage: 'ignore' });
});

const writesOf = async (id: string) => (await engine.ledger.history(id)).changes.length;
const decisionOf = async (id: string) => JSON.stringify((await engine.ledger.history(id)).decision);

describe('H5: others move the stage too', () => {
  it.each(['SALESFORCE', 'DEALS', 'AUTOMATION_PLATFORM'])(
    'a forward move by %s is accepted, whoever made it, and the pair is listed with the cause',
    async (changeSource) => {
      const { id } = await handedOver(engine);
      engine.hubspot.editContact(id, { lifecyclestage: 'customer' }, { changeSource });
      const writes = await writesOf(id);
      await engine.look(id);
      await engine.look(id);

      expect(stageIn(engine, id)).toBe('customer');
      expect(await writesOf(id)).toBe(writes);
      const standing = (await engine.ledger.stageDisagreements(100)).find(({ contactId }) => contactId === id);
      expect(standing?.cause).toBe('hubspot_ahead');
    },
  );

  it('a recycle is no single backward write, which HubSpot would refuse or pass over', async () => {
    engine.hubspot.configure({ backwardStage: 'reject' });
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted', Title: 'Returned' });
    await engine.look(id);

    expect(propertiesOf(engine, id)).toMatchObject({ lifecyclestage: 'lead', jobtitle: 'Returned' });
    expect(await failureOf(engine, id)).toBeUndefined();
    expect(engine.hubspot.getHistory(id, 'lifecyclestage').map(({ value }) => value)).toEqual([
      'lead',
      '',
      'salesqualifiedlead',
    ]);
  });

  it('a workflow and a flow that move the person in a circle are stopped, and people are told', async () => {
    const { id, leadId } = await handedOver(engine);
    undo.push(
      engine.hubspot.automate(({ properties }) =>
        properties.email === propertiesOf(engine, id).email && properties.lifecyclestage === 'lead'
          ? { lifecyclestage: 'salesqualifiedlead' }
          : undefined,
      ),
      engine.salesforce.automate('Lead', ({ Id, Status }) =>
        Id === leadId && Status === 'Open - Not Contacted' ? { Status: 'Closed - Not Converted' } : undefined,
      ),
    );
    engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted' });
    const counts: number[] = [];
    for (let round = 0; round < 12; round++) {
      await engine.look(id);
      await engine.drainLater();
      engine.hubspot.runWorkflows();
      counts.push(await writesOf(id));
    }

    expect(counts.at(-1), `writes after each round: ${counts.join(' ')}`).toBe(counts.at(-3));
    expect(await failureOf(engine, id)).toMatchObject({ code: 'field_frozen' });
    expect(personsOf(engine, id)).toHaveLength(1);
  });
});

describe('H11: property history halves the batch', () => {
  it('the past of 60 contacts in conflict costs two calls of 50, that of 40 without a conflict none', async () => {
    const ids = Array.from({ length: 100 }, (_, place) =>
      engine.hubspot.createContact(sqlContact(`past${place}`, { jobtitle: 'Buyer' })),
    );
    await engine.look(...ids);
    await engine.look(...ids);
    for (const [place, id] of ids.entries()) {
      engine.salesforce.edit('Lead', String(propertiesOf(engine, id).salesforce_person_id), { Title: 'Head' });
      if (place < 60) engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    }
    engine.hubspot.setKeepBodies(true);
    engine.hubspot.resetCounters();
    await engine.look(...ids);
    const reads = engine.hubspot.requests.filter(({ path }) => path.endsWith('/batch/read'));
    engine.hubspot.setKeepBodies(false);
    const pasts = reads.map(({ body }) => String(body)).filter((body) => body.includes('propertiesWithHistory":["'));

    expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
    expect(pasts).toHaveLength(2);
    for (const id of ids) {
      const lead = engine.salesforce.get('Lead', String(propertiesOf(engine, id).salesforce_person_id));
      expect(propertiesOf(engine, id).jobtitle).toBe(lead?.Title);
    }
  });
});

describe('H14: an owner is written by the id, and an archived one is no owner', () => {
  it('an owner of Salesforce who is archived in HubSpot is not written there, and the change is explained', async () => {
    const now = engine.hubspot.addOwner('now@sandbox.example');
    engine.hubspot.addOwner('left@sandbox.example', { archived: true });
    const users = ['now', 'left'].map((name) => engine.salesforce.addUser({ email: `${name}@sandbox.example` }).Id);
    const worker = engine.secondWorker();
    const id = engine.hubspot.createContact(sqlContact('owned', { hubspot_owner_id: now.id }));
    const look = () => lookWith(engine, worker, id);
    await look();
    await look();
    const [lead] = personsOf(engine, id);
    engine.salesforce.edit('Lead', String(lead?.Id), { OwnerId: users[1] ?? '' });
    await look();
    await look();

    expect(propertiesOf(engine, id).hubspot_owner_id).toBe(now.id);
    expect(engine.salesforce.get('Lead', String(lead?.Id))?.OwnerId).toBe(users[1]);
    expect((await decisionOf(id)) + JSON.stringify(await failureOf(engine, id))).toContain('owner');
  });
});

describe('S13: automation writes under our name', () => {
  it('what a flow adds to another field in the save of our own write comes to HubSpot', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer', phone: '+43 1 100' });
    undo.push(
      engine.salesforce.automate('Lead', ({ Id, Title }) =>
        Id === leadId && Title === 'Chief' ? { Phone: '+43 1 200' } : undefined,
      ),
    );
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    for (let look = 0; look < 3; look++) await engine.look(id);

    expect(engine.salesforce.get('Lead', leadId)).toMatchObject({
      Phone: '+43 1 200',
      LastModifiedById: engine.salesforce.runAsUserId,
    });
    expect(propertiesOf(engine, id)).toMatchObject({ jobtitle: 'Chief', phone: '+43 1 200' });
    expect(await changesOf(engine, id)).toContainEqual(
      expect.objectContaining({ system: 'hubspot', field: 'phone', after: '+43 1 200' }),
    );
  });

  it('a flow that writes our value in its own way costs one write, and no fight', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    undo.push(
      engine.salesforce.automate('Lead', ({ Id, Title }) =>
        Id === leadId && typeof Title === 'string' ? { Title: Title.toUpperCase() } : undefined,
      ),
    );
    engine.hubspot.editContact(id, { jobtitle: 'Chief' });
    await engine.look(id);
    await engine.look(id);
    const writes = await writesOf(id);
    for (let look = 0; look < 4; look++) await engine.look(id);

    expect(await writesOf(id)).toBe(writes);
    expect(await failureOf(engine, id)).toBeUndefined();
    expect(engine.salesforce.get('Lead', leadId)?.Title).toBe('CHIEF');
  });

  it('what keeps undoing our write under our own name is no echo: it is frozen, and called automation', async () => {
    const { id, leadId } = await handedOver(engine);
    const undone = { Email: 'flow@people.example' };
    for (let round = 0; round < 6; round++) {
      engine.salesforce.edit('Lead', leadId, undone, engine.salesforce.runAsUserId);
      await engine.look(id);
    }
    const frozen = (await engine.ledger.timeline(id, 100)).filter(({ kind }) => kind === 'frozen');

    expect(engine.salesforce.get('Lead', leadId)).toMatchObject(undone);
    expect(await failureOf(engine, id)).toMatchObject({ code: 'field_frozen' });
    expect(JSON.stringify(frozen)).toContain('automation after our own write');
    await engine.look(id);
    expect((await failureOf(engine, id))?.message, 'also at a later look').toContain('automation after our own write');
  });
});
