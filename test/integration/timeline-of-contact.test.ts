import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { viewContact, viewExplanation } from '../../src/http/views.ts';
import { explainContact } from '../../src/usecases/explain-contact.ts';
import { listTimeline } from '../../src/usecases/list-timeline.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ mappings: { 'contacts.yaml': { 'fights.repeats': 1 } } });
  await engine.poll();
});
afterAll(() => engine.close());

async function handedOver(name: string) {
  const id = engine.hubspot.createContact(sqlContact(name));
  await engine.look(id);
  return { id, leadId: String(personsOf(engine, id)[0]?.Id) };
}

const explain = (named: string) => explainContact(engine.dependencies, named);
const fieldOf = async (named: string, property: string) =>
  (await explain(named)).fields.find(({ hubspot }) => hubspot.name === property);

async function pollAndWork(): Promise<void> {
  await engine.poll();
  await engine.drainLater();
}

describe('both sides of a pair', () => {
  it('tells each value, who owns the field, and who changed it last on either side', async () => {
    const { id, leadId } = await handedOver('sides');
    engine.salesforce.trackHistory('Lead', ['Title']);
    engine.salesforce.edit('Lead', leadId, { Title: 'CTO' });
    await pollAndWork();
    const field = await fieldOf(id, 'jobtitle');

    expect(field).toMatchObject({
      rule: 'newest',
      frozen: false,
      held: null,
      hubspot: { name: 'jobtitle', value: 'CTO', changedBy: expect.any(String), changedAtMs: expect.any(Number) },
      salesforce: { name: 'Title', value: 'CTO', changedBy: expect.any(String), changedAtMs: expect.any(Number) },
    });
    expect(field?.salesforce).toMatchObject({ changedBy: expect.stringContaining('Sales'), changeOf: 'field' });
    expect((await fieldOf(id, 'lastname'))?.salesforce.changeOf).toBe('record');
  });

  it('names Handoff where it wrote the value last, on either side, and nobody else', async () => {
    const { id, leadId } = await handedOver('ours');
    engine.salesforce.trackHistory('Lead', ['Title']);
    engine.salesforce.edit('Lead', leadId, { Title: 'CTO' });
    await pollAndWork();
    const bySales = await fieldOf(id, 'jobtitle');
    engine.hubspot.editContact(id, { jobtitle: 'CEO' });
    await engine.look(id);
    const byMarketing = await fieldOf(id, 'jobtitle');

    expect(bySales?.hubspot.changedBy).toBe('Handoff');
    expect(bySales?.salesforce.changedBy).toContain('Sales');
    expect(byMarketing?.hubspot.changedBy).not.toBe('Handoff');
    expect(byMarketing?.salesforce.changedBy).toBe('Handoff');
  });

  it('is found by the email, and by either form of the id of its lead', async () => {
    const { id, leadId } = await handedOver('named');
    const named = ['named@people.example', leadId, leadId.slice(0, 15)];

    expect(await Promise.all(named.map(async (name) => (await explain(name)).contactId))).toEqual([id, id, id]);
  });

  it('is not found by a person that is paired with nobody, but the last decision about that person is', async () => {
    const lead = engine.salesforce.create('Lead', { LastName: 'Loner', Company: 'X', Email: 'loner@people.example' });
    const before = await explain(lead.Id).catch((thrown: unknown) => thrown);
    await pollAndWork();
    const after = await explain(lead.Id).catch((thrown: unknown) => thrown);

    expect(before).toMatchObject({
      code: 'person_not_paired',
      message: expect.stringMatching(/Nobody has looked.*\[born_nobody]$/),
    });
    expect(after).toMatchObject({
      code: 'person_not_paired',
      message: expect.stringMatching(/has its email.*\[born_nobody]$/),
    });
  });

  it('tells where both sides stand on the stage, and what would be written to HubSpot', async () => {
    const { id, leadId } = await handedOver('staged');
    engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted' });
    const before = await explain(id);
    await pollAndWork();
    const after = await explain(id);

    expect(before.contactChanges).toContainEqual(expect.objectContaining({ field: 'lifecyclestage', after: 'lead' }));
    expect(after).toMatchObject({ outcome: 'paused', stage: 'lead', stages: { recycles: 1 } });
    expect(after.stages.transitions[0]).toMatchObject({ to: 'lead', kind: 'recycle', source: 'salesforce' });
  });

  it('says what a CRM did not give, with its code, and hides no fault of our own', async () => {
    const { id } = await handedOver('unread');
    const { dependencies } = engine;
    const { hubspot, salesforce } = dependencies;
    const refused = new SyncError('retryable', 'salesforce_unavailable', 'Salesforce is away.');
    const without = (thrown: Error) =>
      explainContact(
        {
          ...dependencies,
          hubspot: { ...hubspot, readHistories: () => Promise.reject(thrown) },
          salesforce: { ...salesforce, readHistories: () => Promise.reject(refused) },
        },
        id,
      );

    expect(await without(refused)).toMatchObject({
      outcome: 'unchanged',
      unread: [
        { what: 'hubspot_history', code: 'salesforce_unavailable' },
        { what: 'salesforce_history', code: 'salesforce_unavailable' },
      ],
    });
    expect((await explain(id)).unread).toEqual([]);
    await expect(without(new TypeError('a fault of ours'))).rejects.toThrow(TypeError);
  });

  it('says that a pair has ended, and why', async () => {
    const { id, leadId } = await handedOver('ended');
    engine.salesforce.remove('Lead', leadId);
    await engine.poll();
    await engine.drain();
    const explained = await explain(id);

    expect(explained.outcome).toBe('unlinked');
    expect(explained.sentence).toContain('deleted on purpose');
  });

  it('can be told as JSON whole, without a moment that is a number', async () => {
    const { id } = await handedOver('json');
    const told = JSON.stringify([viewContact(await explain(id)), viewExplanation(await explain(id))]);

    expect(told).toContain('"changedAt":"');
    expect(told).not.toMatch(/AtMs"/);
  });
});

describe('the timeline', () => {
  it('pages through all that happened, each entry once, the newest first', async () => {
    const { id, leadId } = await handedOver('busy');
    for (const title of ['One', 'Two', 'Three']) {
      engine.salesforce.edit('Lead', leadId, { Title: title });
      await pollAndWork();
    }
    const whole = await listTimeline(engine.ledger, id, { limit: 1_000 });
    const paged = [];
    let cursor: string | null = null;
    do {
      const page = await listTimeline(engine.ledger, id, { limit: 2, ...(cursor === null ? {} : { cursor }) });
      paged.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);

    const titles = whole.items.flatMap(({ changes }) => changes.filter(({ field }) => field === 'jobtitle'));
    expect(titles.map(({ after }) => after)).toEqual(['Three', 'Two', 'One']);
    expect(whole.items.map(({ atMs }) => atMs)).toEqual(whole.items.map(({ atMs }) => atMs).toSorted((a, b) => b - a));
    expect(paged).toEqual(whole.items);
  });

  it('tells a link as it was made, and never otherwise: what becomes of the person has its own time', async () => {
    const { id, leadId } = await handedOver('followed');
    const linksOf = async () => (await engine.ledger.timeline(id, 100)).filter(({ kind }) => kind === 'link');
    const before = await linksOf();
    engine.salesforce.convertLead(leadId);
    await pollAndWork();
    const after = await linksOf();

    expect(before.map(({ recordId }) => recordId)).toEqual(expect.arrayContaining([id, leadId]));
    expect(after).toHaveLength(before.length + 1);
    expect(after).toEqual(expect.arrayContaining(before));
  });
});

describe('a field that somebody else keeps changing back', () => {
  it('shows as frozen with the other writer, and is written again once thawed', async () => {
    const { id, leadId } = await handedOver('fought');
    engine.hubspot.editContact(id, { email: 'fought2@people.example' });
    await engine.look(id);
    for (let turn = 0; turn < 3; turn++) {
      engine.salesforce.edit('Lead', leadId, { Email: 'other@people.example' });
      await pollAndWork();
    }
    const frozen = await explain(id);
    const { frozenFields } = await engine.ledger.status();
    engine.hubspot.editContact(id, { email: 'fought3@people.example' });
    await engine.look(id);
    const during = engine.salesforce.get('Lead', leadId)?.Email;
    const thawed = await engine.ledger.thaw(id, 'ann');
    await engine.drainLater();

    expect(frozen.frozen).toContainEqual(expect.objectContaining({ system: 'salesforce', field: 'Email' }));
    expect(frozen.fields.find(({ hubspot }) => hubspot.name === 'email')?.frozen).toBe(true);
    expect(frozen.standing).toBe('failed');
    expect(frozenFields).toBeGreaterThan(0);
    expect(during).toBe('other@people.example');
    expect(thawed).toBe(1);
    expect(engine.salesforce.get('Lead', leadId)?.Email).toBe('fought3@people.example');
  });
});
