import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RowCursor, RowFilter, RowPage, RowQuestion, SalesforcePort } from '../../src/ports/salesforce.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { closeOrgs, rows, startOrg } from './salesforce-answers.ts';
import { connectReady, createHands } from './salesforce-record-support.ts';
import { connectTo, spend } from './salesforce-support.ts';

function question(more: Partial<RowQuestion> = {}): RowQuestion {
  return { filter: {}, fields: ['LastName'], cursor: null, expected: 100, ...more };
}

/** All pages of a walk. */
async function walkAll<Row>(readPage: (cursor: RowCursor | null) => Promise<RowPage<Row>>): Promise<Row[][]> {
  const pages: Row[][] = [];
  let cursor: RowCursor | null = null;
  do {
    const page: RowPage<Row> = await readPage(cursor);
    pages.push([...page.rows]);
    cursor = page.next;
  } while (cursor !== null);
  return pages;
}

const walkLeads = (salesforce: SalesforcePort, more: Partial<RowQuestion> = {}) =>
  walkAll((cursor) => salesforce.walkPersons('Lead', question({ ...more, cursor }), spend));

describe('a walk through all rows', () => {
  let sandbox: SalesforceSandbox;
  beforeEach(async () => {
    sandbox = await startSalesforceSandbox();
  });
  afterEach(() => sandbox.close());

  const addLead = (values: Record<string, string> = {}) =>
    sandbox.create('Lead', { LastName: 'Example', Company: 'Example Ltd', ...values }).Id;

  it('gives every living row once, 2,000 to a call, rising by id', async () => {
    const ids = Array.from({ length: 4_100 }, () => addLead());
    const { salesforce } = await connectReady(sandbox);
    const pages = await walkLeads(salesforce);
    expect(pages.map((page) => page.length)).toEqual([2_000, 2_000, 100]);
    expect(pages.flat().map(({ id }) => id)).toEqual([...ids].sort());
    expect(sandbox.requests).toHaveLength(3);
  });

  it('ends with one more call where the rows fill the last page', async () => {
    for (let made = 0; made < 2_000; made += 1) addLead();
    const { salesforce } = await connectReady(sandbox);
    expect((await walkLeads(salesforce)).map((page) => page.length)).toEqual([2_000, 0]);
  });

  it('goes on where rows were added and deleted between the pages', async () => {
    const ids = Array.from({ length: 2_050 }, () => addLead());
    const { salesforce } = await connectReady(sandbox);
    const first = await salesforce.walkPersons('Lead', question(), spend);
    sandbox.remove('Lead', ids[0] ?? '');
    sandbox.remove('Lead', ids[2_049] ?? '');
    const added = addLead();
    const second = await salesforce.walkPersons('Lead', question({ cursor: first.next }), spend);
    expect(second.rows.map(({ id }) => id)).toEqual([...ids.slice(2_000, 2_049), added]);
  });

  it('never gives deleted or merged rows, and tells of converted Leads that they are', async () => {
    const [kept, deleted, winner, loser, converted] = [addLead(), addLead(), addLead(), addLead(), addLead()];
    sandbox.remove('Lead', deleted);
    sandbox.merge('Lead', winner, [loser]);
    sandbox.convertLead(converted);
    const { salesforce } = await connectReady(sandbox);
    const found = (await walkLeads(salesforce)).flat();
    expect(found.map(({ id, isConverted }) => [id, isConverted])).toEqual([
      [kept, false],
      [winner, false],
      [converted, true],
    ]);
    expect(await salesforce.countRows('Lead', {}, spend)).toBe(3);
  });

  it('gives persons as a look gives them, without opportunities', async () => {
    const hands = createHands(sandbox);
    const contact = hands.contact({
      Email: 'ada@example.com',
      HubSpot_Contact_Id__c: '77',
      AccountId: hands.account(),
    });
    sandbox.addRole(hands.opportunity(), contact);
    const { salesforce } = connectTo(sandbox);
    const fields = { Lead: [], Contact: ['LastName', 'AccountId'] };
    const lookup = { contactId: '77', externalIds: ['77'], personIds: [], emails: [] };
    const found = (await salesforce.findPersons([lookup], fields, spend)).get('77')?.byExternalId;
    const page = await salesforce.walkPersons('Contact', question({ fields: fields.Contact }), spend);
    expect(found?.[0]?.opportunities).toHaveLength(1);
    expect(page.rows).toEqual(found?.map((person) => ({ ...person, opportunities: [] })));
  });

  it('gives opportunities as a look gives them, without roles', async () => {
    const hands = createHands(sandbox);
    const id = hands.opportunity({ Amount: 12.5, HubSpot_Deal_Id__c: '9' });
    sandbox.addRole(id, hands.contact());
    const { salesforce } = connectTo(sandbox);
    const lookup = { key: '9', externalIds: ['9'], recordIds: [], domains: [] };
    const found = (await salesforce.findRecords('Opportunity', [lookup], ['Amount'], spend)).get('9')?.byExternalId;
    const page = await salesforce.walkRecords('Opportunity', question({ fields: ['Amount'] }), spend);
    expect(found?.[0]?.roles).toHaveLength(1);
    expect(page.rows).toEqual(found?.map((record) => ({ ...record, roles: [] })));
  });

  it('takes only rows for which all of the filter holds, and counts the same ones', async () => {
    const start = Date.parse('2026-11-01T10:00:00Z');
    let now = start;
    await sandbox.close();
    sandbox = await startSalesforceSandbox({ clock: () => now });
    const closed = { Status: 'Closed - Not Converted' };
    const made = [
      addLead(),
      addLead({ HubSpot_Contact_Id__c: '1' }),
      addLead(closed),
      addLead({ ...closed, HubSpot_Contact_Id__c: '2' }),
    ];
    now = start + 3_600_000;
    made.push(addLead(closed));
    const { salesforce } = connectTo(sandbox, { clock: { now: () => now } });
    const cases: [RowFilter, number[]][] = [
      [{}, [0, 1, 2, 3, 4]],
      [{ hubspotId: 'set' }, [1, 3]],
      [{ hubspotId: 'blank' }, [0, 2, 4]],
      [{ stage: 'Closed - Not Converted' }, [2, 3, 4]],
      [{ stage: 'Closed - Not Converted', hubspotId: 'blank' }, [2, 4]],
      [{ modifiedFromMs: start + 1 }, [0, 1, 2, 3, 4]],
      [{ modifiedFromMs: start + 1_000 }, [4]],
      [{ modifiedUntilMs: start }, []],
      [{ modifiedUntilMs: start + 1 }, [0, 1, 2, 3]],
      [{ modifiedFromMs: start, modifiedUntilMs: now, hubspotId: 'set', stage: 'Closed - Not Converted' }, [3]],
      [{ stage: "O'Neil \\ %" }, []],
    ];
    for (const [filter, expected] of cases) {
      const found = (await walkLeads(salesforce, { filter })).flat();
      expect(found.map(({ id }) => made.indexOf(id))).toEqual(expected);
      expect(await salesforce.countRows('Lead', filter, spend)).toBe(expected.length);
    }
  });

  it('filters opportunities by stage, and refuses a stage for objects that have none', async () => {
    const hands = createHands(sandbox);
    hands.opportunity();
    hands.opportunity({ StageName: 'Prospecting' });
    const { salesforce } = connectTo(sandbox);
    expect(await salesforce.countRows('Opportunity', { stage: 'Prospecting' }, spend)).toBe(1);
    await expect(salesforce.countRows('Account', { stage: 'Prospecting' }, spend)).rejects.toMatchObject({
      kind: 'permanent',
    });
  });

  it('says that setup must run where our id field is missing', async () => {
    await sandbox.close();
    sandbox = await startSalesforceSandbox({ withHandoffFields: false });
    const { salesforce } = connectTo(sandbox);
    await expect(salesforce.walkPersons('Lead', question(), spend)).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'salesforce_unknown_field',
      detail: { advice: 'Run handoff setup.' },
    });
  });

  it('tells how many of the calls of a day are used', async () => {
    const { salesforce } = await connectReady(sandbox);
    const before = await salesforce.usage(spend);
    await salesforce.countRows('Lead', {}, spend);
    const after = await salesforce.usage(spend);
    expect(after).toEqual({ usedToday: before.usedToday + 2, dailyLimit: 100_000 });
  });
});

describe('odd answers to a walk', () => {
  afterEach(closeOrgs);
  const lead = (number: number) => ({
    Id: `00Q00000000000${number}AAA`,
    SystemModstamp: '2026-11-01T10:00:00.000+0000',
    LastName: 'Example',
  });

  it('goes on behind the last id where wide rows came fewer than asked for', async () => {
    const { salesforce, urls } = await startOrg({
      part: () => rows([]),
      other: (_method, url) => {
        if (url.includes('Id%20%3E%20')) return rows([lead(3)]);
        return rows([lead(1), lead(2)], { done: false, nextRecordsUrl: '/services/data/v67.0/query/01g-2' });
      },
    });
    const pages = await walkLeads(salesforce);
    expect(pages.map((page) => page.map(({ id }) => id.charAt(14)))).toEqual([['1', '2'], ['3']]);
    expect(urls).toHaveLength(2);
    expect(decodeURIComponent(urls[1] ?? '')).toContain("Id > '00Q000000000002EAA'");
  });

  it.each([
    ['rows out of order', { totalSize: 2, done: true, records: [lead(2), lead(1)] }],
    ['a row twice', { totalSize: 2, done: true, records: [lead(1), lead(1)] }],
    ['a row without its id', { totalSize: 1, done: true, records: [{ LastName: 'Example' }] }],
    ['more rows announced and none given', { totalSize: 3, done: false, records: [] }],
    ['no query answer at all', { message: 'fine' }],
  ])('believes no answer with %s', async (_what, body) => {
    const { salesforce } = await startOrg({ part: () => rows([]), other: () => ({ status: 200, body }) });
    await expect(salesforce.walkPersons('Lead', question(), spend)).rejects.toMatchObject({
      code: 'salesforce_bad_answer',
      kind: 'retryable',
    });
  });

  const headers = { 'sforce-limit-info': 'api-usage=18/5000' };

  it.each([
    ['the user may not ask for limits', { status: 403, body: [{ errorCode: 'INSUFFICIENT_ACCESS' }], headers }],
    ['the limits do not tell of calls', { status: 200, body: {}, headers }],
  ])('takes the count of calls from the header where %s', async (_what, answer) => {
    const { salesforce } = await startOrg({ part: () => rows([]), other: () => answer });
    expect(await salesforce.usage(spend)).toEqual({ usedToday: 18, dailyLimit: 5_000 });
  });

  it('says nothing of usage where neither limits nor header tell it', async () => {
    const { salesforce } = await startOrg({ part: () => rows([]), other: () => ({ status: 200, body: {} }) });
    await expect(salesforce.usage(spend)).rejects.toMatchObject({ code: 'salesforce_bad_answer' });
  });
});
