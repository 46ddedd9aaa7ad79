import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOfRound } from '../../src/service/poll-check.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ salesforce: { deleteMovesStamp: false } });
  // The first round only begins the watermarks.
  await engine.poll();
});
afterAll(() => engine.close());

/** A contact that was handed over and whose base is what both sides hold, and its lead. */
async function handedOver(name: string, more: Record<string, string> = {}) {
  const id = engine.hubspot.createContact(sqlContact(name, more));
  await engine.look(id);
  const [lead] = personsOf(engine, id);
  return { id, leadId: String(lead?.Id) };
}

const propertiesOf = (id: string) => engine.hubspot.getContact(id)?.properties ?? {};
const decisionOf = async (id: string) => (await engine.ledger.history(id)).decision;

async function pendingContacts(): Promise<string[]> {
  const { rows } = await engine.database.pool.query<{ id: string }>(
    `select record_id as id from pending where system = 'hubspot' order by 1`,
  );
  return rows.map(({ id }) => id);
}

/** What the next round marks, whatever it was that other tests left behind. */
async function pollOnly(...ids: string[]): Promise<string[]> {
  await engine.drainLater();
  await engine.poll();
  return (await pendingContacts()).filter((id) => ids.includes(id));
}

describe('the poller', () => {
  it('carries what sales changes in Salesforce to HubSpot', async () => {
    const { id, leadId } = await handedOver('carried');
    engine.salesforce.edit('Lead', leadId, { Title: 'Head of Sales' });

    const marked = await pollOnly(id);
    await engine.drain();

    expect(marked).toEqual([id]);
    expect(propertiesOf(id).jobtitle).toBe('Head of Sales');
  });

  it('leaves its own writes alone: a create, an update, and a write that followed from Salesforce', async () => {
    const { id, leadId } = await handedOver('own');
    const afterCreate = await pollOnly(id);
    engine.hubspot.editContact(id, { jobtitle: 'Buyer' });
    await engine.look(id);
    const afterUpdate = await pollOnly(id);
    engine.salesforce.edit('Lead', leadId, { City: 'Graz' });
    await engine.poll();
    await engine.drain();
    const afterReturn = await pollOnly(id);

    expect([afterCreate, afterUpdate, afterReturn]).toEqual([[], [], []]);
    expect(engine.salesforce.get('Lead', leadId)).toMatchObject({ Title: 'Buyer', City: 'Graz' });
  });

  it('passes over a mass stamp that changed nothing', async () => {
    const { id, leadId } = await handedOver('stamped');
    engine.salesforce.touch('Lead', [leadId]);

    expect(await pollOnly(id)).toEqual([]);
  });

  it('marks the contact whose opportunity moved, although no row of a person did', async () => {
    const { id, leadId } = await handedOver('dealing');
    const { contactId, opportunityId } = engine.salesforce.convertLead(leadId, { opportunityName: 'Deal' });
    await engine.poll();
    await engine.drainLater();
    engine.salesforce.edit('Opportunity', String(opportunityId), { StageName: 'Closed Won' });

    const marked = await pollOnly(id);
    await engine.drain();

    expect(personsOf(engine, id).map((person) => person.Id)).toContain(contactId);
    expect(marked).toEqual([id]);
    expect(propertiesOf(id).lifecyclestage).toBe('customer');
  });

  it.each([
    {
      what: 'deleted without a stamp that moves',
      act: (leadId: string) => engine.salesforce.remove('Lead', leadId),
      outcome: 'unlinked',
    },
    { what: 'converted', act: (leadId: string) => void engine.salesforce.convertLead(leadId), outcome: 'link' },
  ])('sees that a lead was $what', async ({ what, act, outcome }) => {
    const { id, leadId } = await handedOver(what.replaceAll(' ', ''));
    act(leadId);

    const marked = await pollOnly(id);
    await engine.drain();
    const decision = await decisionOf(id);
    const again = await pollOnly(id);

    expect(marked).toEqual([id]);
    expect([decision?.outcome, again]).toEqual([expect.stringMatching(`${outcome}|update|unchanged`), []]);
  });

  it.each([
    ['an open opportunity', undefined],
    ['a won opportunity', 'Closed Won'],
  ])(
    'marks a conversion with %s no more once both sides are settled, nor with the wide windows',
    async (what, stage) => {
      const { id, leadId } = await handedOver(what.replaceAll(' ', ''));
      // Rows of the last two seconds are not remembered: they may change again within the second of their stamp.
      engine.salesforce.jumpClock(-10_000);
      const { opportunityId } = engine.salesforce.convertLead(leadId, { opportunityName: what });
      if (stage !== undefined) engine.salesforce.edit('Opportunity', String(opportunityId), { StageName: stage });
      engine.salesforce.jumpClock(10_000);
      const first = await pollOnly(id);
      await engine.drainLater();
      // Its roles are of a Contact that was nobody's yet: they are looked at once.
      await pollOnly(id);
      const later = [await pollOnly(id), await pollOnly(id)];
      for (let wide = 0; wide < 3; wide++) {
        await engine.database.pool.query(
          `update watermarks set at = at - interval '11 minutes' where source like 'salesforce.%.wide'`,
        );
        later.push(await pollOnly(id), await pollOnly(id));
      }

      expect(first).toEqual([id]);
      expect(later).toEqual(later.map(() => []));
    },
  );

  it('sees a merge, and follows it to the survivor', async () => {
    const { id, leadId } = await handedOver('merged');
    const survivor = engine.salesforce.create('Lead', { LastName: 'merged', Company: 'People Works' });
    engine.salesforce.merge('Lead', survivor.Id, [leadId]);

    const marked = await pollOnly(id);
    await engine.drain();

    expect(marked).toEqual([id]);
    expect(personsOf(engine, id).map((person) => person.Id)).toEqual([survivor.Id]);
  });

  it('sees that a deleted person is there again', async () => {
    const { id, leadId } = await handedOver('restored');
    engine.salesforce.remove('Lead', leadId);
    await engine.poll();
    await engine.drain();
    const gone = (await engine.ledger.history(id)).pair?.tombstone;
    engine.salesforce.undelete('Lead', leadId);

    const marked = await pollOnly(id);
    await engine.drainLater();

    expect([gone, marked]).toEqual(['person_deleted', [id]]);
    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: null, person: { id: leadId } });
  });

  it('goes on marking while CRM writes are paused', async () => {
    const { id, leadId } = await handedOver('paused');
    await engine.ledger.pause('ann', 'a look');
    engine.salesforce.edit('Lead', leadId, { Title: 'Waiting' });
    await engine.poll();
    const marked = (await pendingContacts()).includes(id);
    await engine.ledger.resume();
    await engine.drain();

    expect([marked, propertiesOf(id).jobtitle]).toEqual([true, 'Waiting']);
  });
});

describe('the poller: what it costs and what may fail', () => {
  it('costs one call a round when nothing happened', async () => {
    await engine.drainLater();
    await engine.poll();
    engine.salesforce.resetRequests();
    for (let round = 0; round < 5; round++) await engine.poll();

    expect(engine.salesforce.countedCalls()).toBe(5);
  });

  it('a hidden field keeps one object unread, says so, and loses nothing of it', async () => {
    const { id, leadId } = await handedOver('visible');
    const other = await handedOver('hidden');
    engine.salesforce.convertLead(other.leadId);
    await engine.poll();
    await engine.drainLater();
    const [contact] = personsOf(engine, other.id).filter((person) => person.AccountId !== undefined);
    engine.salesforce.setFieldAccess('Contact', 'Title', 'none');
    engine.salesforce.edit('Lead', leadId, { Title: 'Seen' });
    engine.salesforce.edit('Contact', String(contact?.Id), { MobilePhone: '+43 660 1' });
    const during = await engine.poll();
    const marked = await pendingContacts();
    engine.salesforce.setFieldAccess('Contact', 'Title', 'all');
    const after = await engine.poll();

    expect([...during.failing].map(([source, { code }]) => [source, code])).toEqual([
      ['Contact', 'salesforce_unknown_field'],
    ]);
    expect(marked).toContain(id);
    expect(marked).not.toContain(other.id);
    expect(after.failing.size).toBe(0);
    expect(await pendingContacts()).toContain(other.id);
    expect(engine.logLines.join('\n')).toContain('cannot be read');
  });

  it('hidden opportunities stay visible, and what they did meanwhile moves stages once they are granted', async () => {
    const { id, leadId } = await handedOver('veiled');
    const { opportunityId } = engine.salesforce.convertLead(leadId, { opportunityName: 'Veiled' });
    await engine.poll();
    await engine.drainLater();
    engine.salesforce.setObjectHidden('Opportunity', true);
    engine.salesforce.edit('Opportunity', String(opportunityId), { StageName: 'Closed Won' });
    const during = [await engine.poll(), await engine.poll()];
    await engine.drainLater();
    const stageDuring = propertiesOf(id).lifecyclestage;
    engine.salesforce.setObjectHidden('Opportunity', false);
    const after = await engine.poll();
    await engine.drain();

    for (const round of during) {
      expect([...round.failing.keys()]).toEqual(['OpportunityContactRole', 'Opportunity']);
      expect(checkOfRound(round, Date.now()).detail).toMatch(/^opportunities are hidden/);
    }
    expect(stageDuring).not.toBe('customer');
    expect(after.failing.size).toBe(0);
    expect(propertiesOf(id).lifecyclestage).toBe('customer');
  });
});
