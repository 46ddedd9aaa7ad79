import { afterEach, describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import type { ChangeQuestion } from '../../src/ports/salesforce.ts';
import type { createSalesforce } from '../../src/salesforce/crm.ts';
import { closeOrgs, refused, rows, startOrg, USER } from './salesforce-answers.ts';
import { fields, lookup, spend } from './salesforce-support.ts';

const CONTACT = '003000000000001AAA';
const stamp = '2026-11-22T10:00:00.000+0000';
const stampMs = Date.parse('2026-11-22T10:00:00Z');

afterEach(closeOrgs);

function row(more: Record<string, unknown> = {}) {
  return { Id: CONTACT, SystemModstamp: stamp, IsDeleted: false, LastName: 'X', ...more };
}

function ask(more: Partial<ChangeQuestion> = {}): ChangeQuestion {
  return {
    source: 'contact',
    kind: 'person',
    object: 'Contact',
    stamp: 'SystemModstamp',
    fields: fields.Contact,
    after: null,
    fromMs: stampMs,
    deletedSinceMs: null,
    ...more,
  };
}

async function findAll(salesforce: ReturnType<typeof createSalesforce>) {
  const found = await salesforce.findPersons([lookup('1', { externalIds: [], personIds: [CONTACT] })], fields, spend);
  return found.get('1')?.byId ?? [];
}

describe('odd answers about changes', () => {
  it('takes the latest stamp for the time where the answer has no date', async () => {
    const { salesforce } = await startOrg({ part: () => rows([row()]), withDate: false });

    const { serverMs } = await salesforce.readChanges([ask()], spend);

    expect(serverMs).toBe(stampMs);
  });

  it('is tried again where nothing in the answer says what time it is', async () => {
    const { salesforce } = await startOrg({ part: () => rows([]), withDate: false });

    await expect(salesforce.readChanges([ask()], spend)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'salesforce_bad_answer',
    });
  });

  it('ends the page where Salesforce cut it, and goes on behind the last row', async () => {
    const { salesforce, urls } = await startOrg({
      part: () => rows([row()], { done: false, nextRecordsUrl: '/services/data/v67.0/query/01g-2000' }),
    });

    const { pages } = await salesforce.readChanges([ask()], spend);

    expect(pages[0]).toMatchObject({ next: { atMs: stampMs, id: CONTACT }, latestMs: stampMs });
    expect(urls).toEqual(['POST /services/data/v67.0/composite']);
  });

  it.each([
    { name: 'without an id', odd: row({ Id: null }) },
    { name: 'without a stamp', odd: row({ SystemModstamp: null }) },
    { name: 'with a stamp that is no time', odd: row({ SystemModstamp: 'soon' }) },
  ])('does not trust a page with a row $name', async ({ odd }) => {
    const { salesforce } = await startOrg({ part: () => rows([row(), odd]) });

    const { pages } = await salesforce.readChanges([ask()], spend);

    expect(pages[0]).toMatchObject({ persons: [], next: null, latestMs: null });
    expect(pages[0]?.error).toMatchObject({ kind: 'retryable', code: 'salesforce_bad_answer' });
  });

  it('does not take a cut page without rows for the last one', async () => {
    const { salesforce } = await startOrg({
      part: () => rows([], { done: false, nextRecordsUrl: '/services/data/v67.0/query/01g-2000' }),
    });

    const { pages } = await salesforce.readChanges([ask()], spend);

    expect(pages[0]?.error).toMatchObject({ kind: 'retryable', code: 'salesforce_bad_answer' });
  });

  it('begins the next look for deletions where the oldest open transaction began', async () => {
    const covered = new Date(Date.now() - 600_000).toISOString().replace(/\.\d+Z$/, '.000+0000');
    const deleted = { deletedRecords: [{ id: CONTACT.slice(0, 15) }], latestDateCovered: covered };
    const { salesforce } = await startOrg({
      part: (url) => (url.includes('/deleted/') ? { status: 200, body: deleted } : rows([])),
    });

    const { pages } = await salesforce.readChanges([ask({ deletedSinceMs: Date.now() - 3_600_000 })], spend);

    expect(pages[0]?.deletedIds).toEqual([CONTACT]);
    expect(pages[0]?.deletedWindow?.untilMs).toBe(Date.parse(covered));
  });

  it.each([
    { name: 'refused', answer: refused('INSUFFICIENT_ACCESS') },
    { name: 'answered in another form', answer: { status: 200, body: { records: [] } } },
    { name: 'left out', answer: { status: 404, body: undefined } },
  ])('keeps the rows where the deletions are $name, and says that they were not covered', async ({ answer }) => {
    const { salesforce, warnings } = await startOrg({
      part: (url) => (url.includes('/deleted/') ? answer : rows([row()])),
    });

    const { pages } = await salesforce.readChanges([ask({ deletedSinceMs: Date.now() - 3_600_000 })], spend);

    expect(pages[0]).toMatchObject({ deletedIds: [], deletedWindow: null, error: null, persons: [{ id: CONTACT }] });
    expect(warnings.lines).toMatchObject([{ source: 'contact' }]);
  });

  it('stops the connection, and every source, where one part says that the calls are spent', async () => {
    const { salesforce } = await startOrg({
      part: () => ({ status: 403, body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }] }),
    });

    await expect(salesforce.readChanges([ask()], spend)).rejects.toMatchObject({
      kind: 'wait',
      code: 'salesforce_request_limit',
    });
  });

  it('asks in whole seconds and escapes nothing it was not given', async () => {
    const asked: string[] = [];
    const { salesforce } = await startOrg({
      part(url) {
        asked.push(url);
        return rows([]);
      },
    });

    await salesforce.readChanges(
      [ask({ kind: 'role', object: 'OpportunityContactRole', stamp: 'Opportunity.SystemModstamp', fields: [] })],
      spend,
    );
    await salesforce.readChanges([ask({ object: 'Lead', after: { atMs: stampMs + 999, id: CONTACT } })], spend);

    expect(asked[0]).toBe(
      '/services/data/v67.0/queryAll/?q=SELECT Id,ContactId,OpportunityId,Role,IsPrimary,IsDeleted,Opportunity.SystemModstamp FROM OpportunityContactRole WHERE Opportunity.SystemModstamp >= 2026-11-22T10:00:00Z ORDER BY Opportunity.SystemModstamp, Id LIMIT 2000',
    );
    expect(asked[1]).toContain(
      `WHERE (SystemModstamp > 2026-11-22T10:00:00Z) OR (SystemModstamp = 2026-11-22T10:00:00Z AND Id > '${CONTACT}') ORDER BY SystemModstamp, Id LIMIT 2000`,
    );
  });
});

describe('odd answers about opportunities', () => {
  it.each([
    { name: 'null', roles: null },
    { name: 'absent', roles: undefined },
    { name: 'a list instead of an answer', roles: [] },
    { name: 'of opportunities that may not be seen', roles: { done: true, records: [{ Opportunity: null }] } },
    { name: 'of flags that are none', roles: { done: true, records: [{ Opportunity: { IsClosed: 'no' } }] } },
  ])('are none where the nested answer is $name', async ({ roles }) => {
    const { salesforce } = await startOrg({ part: () => rows([row({ OpportunityContactRoles: roles })]) });

    expect(await findAll(salesforce)).toMatchObject([{ id: CONTACT, opportunities: [] }]);
  });

  it('are read on where the nested answer is cut', async () => {
    const opportunity = (isWon: boolean) => ({ Opportunity: { IsClosed: isWon, IsWon: isWon } });
    const nextRecordsUrl = '/services/data/v67.0/query/01g-1';
    const nested = { done: false, totalSize: 2, nextRecordsUrl, records: [opportunity(false)] };
    const { salesforce, urls } = await startOrg({
      part: () => rows([row({ OpportunityContactRoles: nested })]),
      other: () => rows([opportunity(true)]),
    });

    expect((await findAll(salesforce))[0]?.opportunities).toEqual([
      { isClosed: false, isWon: false },
      { isClosed: true, isWon: true },
    ]);
    expect(urls).toEqual(['POST /services/data/v67.0/composite', `GET ${nextRecordsUrl}`]);
  });

  it.each(['INVALID_TYPE', 'INVALID_FIELD', 'INSUFFICIENT_ACCESS'])(
    'are done without where the org answers %s, and not asked for again',
    async (code) => {
      let asked = 0;
      const { salesforce, warnings } = await startOrg({
        part(url) {
          if (!url.includes('OpportunityContactRoles')) return rows([row()]);
          asked += 1;
          return refused(code, "Didn't understand relationship 'OpportunityContactRoles' in FROM part of query call.");
        },
      });

      const first = await findAll(salesforce);
      const second = await findAll(salesforce);

      expect([first, second].map((persons) => persons.length)).toEqual([1, 1]);
      expect(asked).toBe(1);
      expect(warnings.texts).toHaveLength(1);
    },
  );

  it('do not hide another fault: a field of the mapping stays refused, and nothing is said of opportunities', async () => {
    const { salesforce, warnings } = await startOrg({
      part: () => refused('INVALID_FIELD', "No such column 'MailingCity' on entity 'Contact'."),
    });

    const thrown = await findAll(salesforce).catch((error: unknown) => error);

    expect(thrown).toBeInstanceOf(SyncError);
    expect(thrown).toMatchObject({ code: 'salesforce_unknown_field', detail: { fields: ['MailingCity'] } });
    expect(warnings.texts).toEqual([]);
  });

  it('name nobody where Salesforce does not say who changed the record', async () => {
    const people = [
      row({ LastModifiedById: USER, LastModifiedBy: null }),
      row({ Id: '003000000000002AAA', LastModifiedById: null }),
    ];
    const { salesforce } = await startOrg({ part: () => rows(people) });

    const { pages } = await salesforce.readChanges([ask()], spend);

    expect(pages[0]?.persons.map(({ lastModifiedBy }) => lastModifiedBy)).toEqual([{ id: USER, name: null }, null]);
  });
});

describe('odd answers to a deletion', () => {
  const ids = [CONTACT, '00Q000000000001EAA', '00Q000000000002EAA'];
  const done = { id: CONTACT, success: true, errors: [] };
  const error = (statusCode: string) => ({ success: false, errors: [{ statusCode, message: '', fields: [] }] });

  it('tells each record what became of it: gone already is done', async () => {
    const answer = [done, error('ENTITY_IS_DELETED'), error('DELETE_FAILED')];
    const { salesforce, urls } = await startOrg({ part: () => rows([]), other: () => ({ status: 200, body: answer }) });

    const results = await salesforce.deleteRecords(ids, spend);

    expect([...results].map(([id, result]) => [id, result?.code ?? null])).toEqual([
      [ids[0], null],
      [ids[1], null],
      [ids[2], 'salesforce_data_rule'],
    ]);
    expect(urls).toEqual([`DELETE /services/data/v67.0/composite/sobjects?ids=${ids.join(',')}&allOrNone=false`]);
  });

  it('takes a purged record for done, and a row that says nothing for a fault', async () => {
    const answer = [error('INVALID_CROSS_REFERENCE_KEY'), { success: false }, error('UNABLE_TO_LOCK_ROW')];
    const { salesforce } = await startOrg({ part: () => rows([]), other: () => ({ status: 200, body: answer }) });

    const results = await salesforce.deleteRecords(ids, spend);

    expect([...results.values()].map((result) => result?.code ?? null)).toEqual([
      null,
      'salesforce_unknown_error',
      'salesforce_row_locked',
    ]);
  });

  it('gives every record the fault of a call that was not answered record by record', async () => {
    const { salesforce } = await startOrg({ part: () => rows([]), other: () => ({ status: 200, body: [done] }) });

    const results = await salesforce.deleteRecords(ids, spend);

    for (const result of results.values()) {
      expect(result).toMatchObject({ kind: 'retryable', detail: { mayHaveHappened: true } });
    }
  });

  it('sends no id that is not one of an object that is paired', async () => {
    const { salesforce, urls } = await startOrg({ part: () => rows([]) });

    const results = await salesforce.deleteRecords(['005000000000001AAA', 'x'], spend);

    expect([...results.values()].map((result) => result?.code)).toEqual([
      'salesforce_not_a_person',
      'salesforce_not_a_person',
    ]);
    expect(urls).toEqual([]);
  });
});
