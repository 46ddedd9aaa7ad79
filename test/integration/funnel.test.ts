import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endpoints } from '../../src/http/contract/index.ts';
import { sqlContact } from '../support/people.ts';
import { adminToken, eventually, type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
let contact: string;
let lead: string;

const names = { email: 'walker@funnel.example', firstname: 'Wanda', lastname: 'Walker' };

beforeAll(async () => {
  stack = await startStack({ queue: { name: 'postgresql', env: {} }, hubspot: { rateLimitPer10s: 0 } });
  await stack.start();
  const { hubspot, salesforce } = stack;
  // A week ago nobody looked: HubSpot's own dates will tell.
  contact = hubspot.createContact({ ...sqlContact('walker'), ...names, lifecyclestage: 'marketingqualifiedlead' });
  hubspot.createContact({ email: 'stays@funnel.example', lifecyclestage: 'lead' });
  await eventually(
    'both are known',
    async () => (await stageOf('lead')).entered === 1 && (await stageOf('mql')).now === 1,
  );
  hubspot.editContact(contact, { lifecyclestage: 'salesqualifiedlead' });
  await eventually('the contact is handed over', () => salesforce.all('Lead').length === 1);
  lead = String(salesforce.all('Lead')[0]?.Id);
  await eventually('the funnel tells of it', async () => (await stageOf('sql')).now === 1);
}, 120_000);
afterAll(async () => await stack?.close());

async function get(path: string) {
  return await fetch(`${stack.env.PUBLIC_URL}/api/v1${path}`, { headers: { authorization: `Bearer ${adminToken}` } });
}

async function funnel(query = '') {
  const answer = await get(`/funnel${query}`);
  expect(answer.status).toBe(200);
  return endpoints['GET /funnel'].answer.strict().parse(await answer.json());
}

const values = { lead: 'lead', mql: 'marketingqualifiedlead', sql: 'salesqualifiedlead' } as const;
let asked = 0;

/** Each time another period, as an answer is kept for some seconds. */
async function stageOf(name: keyof typeof values) {
  asked += 1;
  const { stages } = await funnel(`?from=${2_000 + asked}h`);
  const found = stages.find(({ stage }) => stage === values[name]);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
}

describe('the funnel of a running service', () => {
  it('tells who is where, who came, and who went on', async () => {
    const [first, second, third] = await Promise.all((['lead', 'mql', 'sql'] as const).map(stageOf));

    expect(first).toMatchObject({ label: 'Lead', now: 1, entered: 1, advanced: 0, conversion: 0, opensGate: false });
    expect(second).toMatchObject({ now: 0, entered: 1, advanced: 1, conversion: 1, medianSeconds: expect.any(Number) });
    expect(third).toMatchObject({ now: 1, entered: 1, conversion: 0, opensGate: true });
  });

  it('has the handoff in its week, and every week of the period', async () => {
    const { weeks, notes, from, to } = await funnel('?from=2100h');

    expect(weeks.reduce((sum, { handoffs }) => sum + handoffs, 0)).toBe(1);
    expect(weeks.at(-1)?.handoffs).toBe(1);
    expect(weeks.length).toBeGreaterThanOrEqual(13);
    for (const { week } of weeks) expect(new Date(week).getUTCDay()).toBe(1);
    expect(Date.parse(to) - Date.parse(from)).toBeCloseTo(2_100 * 3_600_000, -5);
    expect(notes[0]).toMatch(/^Only contacts that Handoff has looked at are counted/);
  });

  it.each(['?from=nonsense', '?from=2030-01-01', '?from=500d', "?from=' or ''='", '?from=2026-10-02&to=2026-10-01'])(
    'refuses %s and says what it takes',
    async (query) => {
      const answer = await get(`/funnel${query}`);

      expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: 'bad_period' })]);
    },
  );
});

describe('the search and the links of a running service', () => {
  it.each([
    ['a name', () => 'wanda walker'],
    ['an email', () => names.email],
    ['a HubSpot id', () => contact],
    ['a Salesforce id', () => lead],
  ])('finds the contact by %s', async (_what, query) => {
    const answer = await get(`/contacts?query=${encodeURIComponent(query())}`);
    const { items } = endpoints['GET /contacts'].answer.strict().parse(await answer.json());

    expect(items).toEqual([
      expect.objectContaining({ recordId: contact, name: 'Wanda Walker', standing: 'paired', stage: 'SQL' }),
    ]);
  });

  it('lists it first among those that changed last', async () => {
    const { items } = endpoints['GET /contacts'].answer.parse(await (await get('/contacts')).json());

    expect(items[0]).toMatchObject({ recordId: contact, counterpart: { object: 'Lead', id: lead } });
  });

  it('leads to the pages of both records', async () => {
    const session = endpoints['GET /session'].answer.parse(await (await get('/session')).json());
    const pages = await Promise.all(
      [
        `${session.hubspot?.url}/contacts/${session.hubspot?.portalId}/record/0-1/${contact}`,
        `${session.salesforce?.url}/lightning/r/Lead/${lead}/view`,
      ].map(async (url) => await (await fetch(url)).text()),
    );

    for (const page of pages) expect(page).toContain(names.email);
  });
});
