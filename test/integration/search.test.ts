import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HubSpotObject } from '../../src/domain/record.ts';
import type { RecordKind } from '../../src/usecases/drain-records/kinds.ts';
import { type SearchQuestion, searchRecords } from '../../src/usecases/search/search-records.ts';
import { accountsOf, newCompany, newContact, newDeal, opportunityOf, settle, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';

let engine: Engine;
let contact: string;
let lead: string;
let company: string;
let account: string;
let deal: string;
let opportunity: string;

beforeAll(async () => {
  engine = await startDeals();
  company = newCompany(engine, { name: 'Muster Works', domain: 'muster.example' });
  contact = newContact(engine, company, { firstname: 'Anna', lastname: 'Muster', email: 'Anna@muster.example' });
  deal = newDeal(engine, { contacts: [contact], companies: [company] }, { dealname: 'Thousand pumps' });
  await settle(engine, { contacts: [contact], companies: [company], deals: [deal] });
  lead = String(personsOf(engine, contact)[0]?.Id);
  account = String(accountsOf(engine, company)[0]?.Id);
  opportunity = String(opportunityOf(engine, deal).Id);
});
afterAll(() => engine.close());
beforeEach(() => {
  engine.hubspot.resetCounters();
  engine.salesforce.resetRequests();
});

async function search(kind: HubSpotObject, query: string | undefined, more: Partial<SearchQuestion> = {}) {
  return await searchRecords(engine.dependencies, kind, { query, limit: 25, ...more });
}

/** How many requests each CRM got, and how many of HubSpot's were searches. */
function calls() {
  const paths = engine.hubspot.requests.map(({ path }) => path);
  const searches = paths.filter((path) => path.endsWith('/search')).length;
  return { searches, reads: paths.length - searches, salesforce: engine.salesforce.requests.length };
}

describe('a contact that both CRMs have', () => {
  it.each<[string, () => string, { searches: number; reads: number }]>([
    ['its name', () => 'anna muster', { searches: 1, reads: 0 }],
    ['part of its email', () => '@muster.ex', { searches: 1, reads: 0 }],
    ['its email, whatever its case', () => 'ANNA@Muster.example', { searches: 0, reads: 1 }],
    ['its HubSpot id', () => contact, { searches: 0, reads: 1 }],
    ['the long id of its person', () => lead, { searches: 0, reads: 1 }],
    ['the short id of its person', () => lead.slice(0, 15), { searches: 0, reads: 1 }],
  ])('is found by %s, with what the ledger knows of it', async (_what, query, asked) => {
    const found = await search('contact', query());

    expect(found).toEqual({
      items: [
        {
          kind: 'contact',
          recordId: contact,
          name: 'Anna Muster',
          email: 'anna@muster.example',
          detail: 'People Works',
          stage: expect.any(String),
          counterpart: { object: expect.stringMatching(/^(Lead|Contact)$/), id: lead },
          standing: 'paired',
          failing: false,
          pending: false,
          lastChangeAtMs: expect.any(Number),
        },
      ],
      nextCursor: null,
      notice: null,
    });
    expect(calls()).toEqual({ ...asked, salesforce: 0 });
  });
});

describe('companies and deals', () => {
  it.each([
    ['company', 'its domain', () => 'muster.example'],
    ['company', 'its name', () => 'muster works'],
    ['company', 'its id', () => company],
    ['company', 'the id of its Account', () => account],
    ['deal', 'its name', () => 'thousand'],
    ['deal', 'its id', () => deal],
    ['deal', 'the id of its Opportunity', () => opportunity],
  ] as [RecordKind, string, () => string][])('a %s is found by %s', async (kind, _what, query) => {
    const { items } = await search(kind, query());

    const expected = {
      company: { recordId: company, name: 'Muster Works', detail: 'muster.example' },
      deal: { recordId: deal, name: 'Thousand pumps', detail: null },
    };
    expect(items).toEqual([expect.objectContaining({ kind, standing: 'paired', ...expected[kind] })]);
  });

  it('says where an id of another kind is found', async () => {
    const found = await search('contact', account);

    expect(found).toMatchObject({
      items: [],
      notice: 'This is the id of an Account in Salesforce. Search for it under Companies.',
    });
  });
});

describe('what HubSpot alone has', () => {
  it('is found below the gate, and told as such', async () => {
    const id = engine.hubspot.createContact({ email: 'below@gate.example', lifecyclestage: 'lead' });

    const { items } = await search('contact', 'below@');

    expect(items).toEqual([
      expect.objectContaining({ recordId: id, name: null, standing: 'hubspot_only', counterpart: null }),
    ]);
  });

  it('is found by its id and its email before HubSpot finds it by search', async () => {
    engine.hubspot.configure({ searchLagMs: 60_000 });
    const id = engine.hubspot.createContact({ email: 'new@lag.example', firstname: 'Lagging' });
    engine.hubspot.configure({ searchLagMs: 0 });
    await engine.ledger.mark([
      { system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test', dueInMs: 600_000 },
    ]);

    const [byName, byEmail, byId] = await Promise.all(
      ['Lagging', 'new@lag.example', id].map(async (query) => (await search('contact', query)).items),
    );

    expect(byName).toEqual([]);
    expect(byEmail).toEqual([expect.objectContaining({ recordId: id, name: 'Lagging', pending: true })]);
    expect(byId).toEqual(byEmail);
  });

  it('leads from the id of a merged contact to its survivor', async () => {
    const [id, other] = ['m1@merge.example', 'm2@merge.example'].map((email) =>
      engine.hubspot.createContact({ email }),
    );
    const survivor = engine.hubspot.mergeContacts(id ?? '', other ?? '');

    const { items } = await search('contact', other);

    expect(items).toEqual([expect.objectContaining({ recordId: survivor })]);
  });
});

describe('what Salesforce alone has', () => {
  it.each([
    ['its id', (id: string) => id],
    ['its email', () => 'born@there.example'],
  ])('is found by %s, though nobody has looked at it', async (_what, query) => {
    const id = engine.salesforce.create('Lead', {
      FirstName: 'Born',
      LastName: 'There',
      Company: 'Elsewhere',
      Email: 'born@there.example',
    }).Id;

    const { items } = await search('contact', query(id));

    expect(items).toContainEqual(
      expect.objectContaining({
        recordId: null,
        name: 'Born There',
        email: 'born@there.example',
        detail: 'Elsewhere',
        standing: 'salesforce_only',
        counterpart: { object: 'Lead', id },
      }),
    );
    expect(calls()).toMatchObject({
      searches: expect.toSatisfy((count) => count <= 1),
      salesforce: expect.toSatisfy((count) => count <= 2),
    });
    engine.salesforce.remove('Lead', id);
  });

  it('is found by the id of a lead that was converted', async () => {
    const { id, leadId } = await handOver('converted');
    const { contactId } = engine.salesforce.convertLead(leadId);
    await engine.look(id);

    const [byLead, byContact] = [await search('contact', leadId), await search('contact', contactId)];

    expect(byLead.items).toEqual([
      expect.objectContaining({ recordId: id, counterpart: { object: 'Contact', id: contactId }, standing: 'paired' }),
    ]);
    expect(byContact).toEqual(byLead);
  });
});

async function handOver(name: string) {
  const id = newContact(engine, null, { lastname: name, email: `${name}@handed.example` });
  await settle(engine, { contacts: [id] });
  return { id, leadId: String(personsOf(engine, id)[0]?.Id) };
}

describe('what has ended, and what fails', () => {
  it('is found by both ids once the contact was deleted', async () => {
    const { id, leadId } = await handOver('deleted');
    engine.hubspot.deleteContact(id);
    await engine.look(id);

    for (const query of [id, leadId, 'deleted@handed.example']) {
      const { items } = await search('contact', query);
      expect(items).toEqual([expect.objectContaining({ recordId: id, standing: 'ended', name: 'Given deleted' })]);
    }
  });

  it('is told as failing', async () => {
    const { id } = await handOver('failing');
    await engine.database.pool.query(
      `insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
       values (1, 'hubspot', 'contact', $1, 'needs-human', 'x', '', '')`,
      [id],
    );

    expect((await search('contact', 'failing@handed')).items).toEqual([
      expect.objectContaining({ recordId: id, failing: true }),
    ]);
  });

  it('is told by its ids alone once it was erased: no value is left', async () => {
    const { id, leadId } = await handOver('erased');
    engine.hubspot.privacyDelete(id);
    await engine.ledger.mark([
      { system: 'hubspot', object: 'contact', recordId: id, priority: 2, source: 'test', hints: ['erased'] },
    ]);
    await engine.drain();

    const [byId, byLead, byEmail] = await Promise.all(
      [id, leadId, 'erased@handed.example'].map(async (query) => (await search('contact', query)).items),
    );

    expect(byId).toEqual([expect.objectContaining({ recordId: id, name: null, email: null, standing: 'ended' })]);
    expect(byLead).toEqual(byId);
    // Salesforce still has the person, and leads there.
    expect(byEmail).toEqual(byId);
  });
});

describe('without a query', () => {
  it('those that changed last come first, page by page, and no CRM is asked', async () => {
    const first = await search('contact', undefined, { limit: 2 });
    const second = await search('contact', ' ', { limit: 100, ...(first.nextCursor && { cursor: first.nextCursor }) });
    const all = [...first.items, ...second.items];

    expect(first.items).toHaveLength(2);
    expect(all.map(({ recordId }) => recordId)).toContain(contact);
    expect(new Set(all.map(({ recordId }) => recordId)).size).toBe(all.length);
    const times = all.map(({ lastChangeAtMs }) => lastChangeAtMs ?? 0);
    expect(times).toEqual(times.toSorted((one, other) => other - one));
    expect(calls()).toEqual({ searches: 0, reads: 0, salesforce: 0 });
  });

  it('a company and a deal are listed too', async () => {
    const [companies, deals] = [await search('company', undefined), await search('deal', undefined)];

    expect(companies.items).toContainEqual(expect.objectContaining({ recordId: company, name: 'Muster Works' }));
    expect(deals.items).toMatchObject([{ recordId: deal, name: 'Thousand pumps' }]);
  });
});

describe('where a CRM cannot be asked', () => {
  const daily = { status: 'error', category: 'RATE_LIMITS', policyName: 'SECONDLY', message: 'no' };
  it.each([
    ['HubSpot has a limit', { status: 429, body: daily }, /^HubSpot asks us to slow down\./],
    ['HubSpot is down', { status: 503, body: {} }, /^HubSpot cannot be asked at the moment\./],
    ['HubSpot refuses the token', { status: 401, body: {} }, /^HubSpot does not accept our access token\./],
  ])('%s: what the ledger knows by id or email is told, and why there is no more', async (_what, answer, why) => {
    const queries = ['anna@muster.example', contact, lead, 'Muster'];
    const found = [];
    for (const query of queries) {
      engine.hubspot.faults.add({ kind: 'status', match: '/crm/', times: 1, ...answer });
      found.push(await search('contact', query));
      engine.hubspot.faults.clear();
      await engine.database.pool.query('delete from waits');
    }

    expect(found.map(({ items }) => items.map(({ recordId }) => recordId))).toEqual([
      [contact],
      [contact],
      [contact],
      [],
    ]);
    for (const { notice } of found) {
      expect(notice).toMatch(why);
      expect(notice).toMatch(/Only what Handoff itself knows is shown/);
    }
  });

  it('a pause of the connection is not passed: nobody is asked', async () => {
    await engine.database.pool.query(
      `insert into waits (connection_id, system, until, code) values (1, 'hubspot', now() + interval '1 minute', 'hubspot_daily_limit')`,
    );

    const found = await search('contact', 'Muster');
    await engine.database.pool.query('delete from waits');

    expect(found).toMatchObject({
      items: [],
      notice: expect.stringMatching(/^HubSpot's calls of the day are used up\./),
    });
    expect(calls()).toMatchObject({ searches: 0, reads: 0 });
  });

  it('Salesforce is down: what is noted of the person is told', async () => {
    const id = '00Q000000000077EAA';
    await engine.ledger.mark([
      { system: 'salesforce', object: 'Lead', recordId: id, priority: 2, source: 'test', dueInMs: 600_000 },
    ]);
    engine.salesforce.faults.add({ kind: 'status', match: '/services/data/', times: 5, status: 503, body: [] });

    const found = await search('contact', id);
    engine.salesforce.faults.clear();
    await engine.database.pool.query('delete from waits');

    expect(found).toMatchObject({
      items: [{ recordId: null, name: null, pending: true, counterpart: { object: 'Lead', id } }],
      notice: expect.stringMatching(/^Salesforce /),
    });
  });
});
