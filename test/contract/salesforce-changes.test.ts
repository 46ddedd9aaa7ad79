import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChangePage, ChangeQuestion, SalesforcePort } from '../../src/ports/salesforce.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, createWarnings, fields, spend } from './salesforce-support.ts';

const startMs = Date.parse('2026-11-22T10:00:00Z');
let now = startMs;
let sandbox: SalesforceSandbox;

beforeEach(async () => {
  now = startMs;
  sandbox = await startSalesforceSandbox({ clock: () => now, keepBodies: true });
});
afterEach(() => sandbox.close());

function connect() {
  const warnings = createWarnings();
  return { ...connectTo(sandbox, { clock: { now: () => now }, log: warnings }), warnings };
}

function ask(more: Partial<ChangeQuestion> = {}): ChangeQuestion {
  const question: ChangeQuestion = {
    source: 'lead',
    kind: 'person',
    object: 'Lead',
    stamp: 'SystemModstamp',
    fields: fields.Lead,
    after: null,
    fromMs: startMs,
    deletedSinceMs: null,
  };
  return { ...question, ...more };
}

const ofContacts: Partial<ChangeQuestion> = { source: 'contact', object: 'Contact', fields: fields.Contact };
const ofRoles: Partial<ChangeQuestion> = { source: 'role', kind: 'role', object: 'OpportunityContactRole', fields: [] };

function lead(values: Record<string, string> = {}): string {
  return sandbox.create('Lead', { LastName: 'Example', Company: 'Example Ltd', ...values }).Id;
}

function contact(): string {
  return sandbox.create('Contact', { LastName: 'Example' }).Id;
}

function opportunity(stage = 'Prospecting'): string {
  return sandbox.create('Opportunity', { Name: 'Deal', StageName: stage, CloseDate: '2026-12-31' }).Id;
}

function role(contactId: string, opportunityId: string): string {
  return sandbox.create('OpportunityContactRole', { ContactId: contactId, OpportunityId: opportunityId }).Id;
}

async function onePage(salesforce: SalesforcePort, question: ChangeQuestion): Promise<ChangePage> {
  const { pages } = await salesforce.readChanges([question], spend);
  const [page] = pages;
  if (page === undefined) throw new Error('no page');
  return page;
}

/** All pages of a question, one behind the other. */
async function walk(salesforce: SalesforcePort, question: ChangeQuestion): Promise<ChangePage[]> {
  const pages: ChangePage[] = [];
  let after: ChangeQuestion['after'] = question.after;
  do {
    const page = await onePage(salesforce, { ...question, after });
    pages.push(page);
    after = page.next;
  } while (after !== null && pages.length < 20);
  return pages;
}

describe('changes out of Salesforce: pages', () => {
  it('goes through 4,500 rows of one second by id, each once', async () => {
    const ids = sandbox.seed(
      'Lead',
      Array.from({ length: 4_500 }, (_, n) => ({ LastName: `L${n}`, Company: 'x' })),
    );
    now += 60_000;

    const pages = await walk(connect().salesforce, ask());

    expect(pages.map(({ persons }) => persons.length)).toEqual([2_000, 2_000, 500]);
    expect(pages.flatMap(({ persons }) => persons.map(({ id }) => id)).sort()).toEqual([...ids].sort());
    expect(pages[0]?.next).toEqual({ atMs: startMs, id: pages[0]?.persons.at(-1)?.id });
    expect(pages.map(({ latestMs }) => latestMs)).toEqual([startMs, startMs, startMs]);
  });

  it('asks once more behind a page of exactly 2,000 rows, which may be the last', async () => {
    sandbox.seed(
      'Lead',
      Array.from({ length: 2_000 }, (_, n) => ({ LastName: `L${n}`, Company: 'x' })),
    );

    const pages = await walk(connect().salesforce, ask());

    expect(pages.map(({ persons, next }) => [persons.length, next === null])).toEqual([
      [2_000, false],
      [0, true],
    ]);
  });

  it('loses nothing where a second begins on one page and ends on the next', async () => {
    const rows = (count: number, name: string) =>
      Array.from({ length: count }, (_, n) => ({ LastName: `${name}${n}`, Company: 'x' }));
    const ids = [...sandbox.seed('Lead', rows(1_990, 'A'))];
    now += 1_000;
    ids.push(...sandbox.seed('Lead', rows(30, 'B')));
    now += 1_000;
    ids.push(...sandbox.seed('Lead', rows(5, 'C')));

    const pages = await walk(connect().salesforce, ask());

    const got = pages.flatMap(({ persons }) => persons);
    expect(got.map(({ id }) => id).sort()).toEqual([...ids].sort());
    expect(pages.map(({ persons }) => persons.length)).toEqual([2_000, 25]);
    expect(got.map(({ modifiedAtMs }) => modifiedAtMs)).toEqual(
      [...got.map(({ modifiedAtMs }) => modifiedAtMs)].sort((a, b) => a - b),
    );
  });

  it('sees a row that was stamped earlier in the second that the watermark cuts', async () => {
    const id = lead();

    const page = await onePage(connect().salesforce, ask({ fromMs: startMs + 999 }));

    expect(page.persons.map((person) => person.id)).toEqual([id]);
  });

  it('is one call for five sources and their deletions, and none for no question', async () => {
    const { salesforce } = connect();
    await salesforce.identity(spend);
    sandbox.resetRequests();

    const sources = ['lead', 'contact', 'role', 'opportunity', 'wide'];
    const { pages } = await salesforce.readChanges(
      [
        ask({ deletedSinceMs: startMs - 3_600_000 }),
        ask({ ...ofContacts, deletedSinceMs: startMs - 3_600_000 }),
        ask(ofRoles),
        ask({ ...ofRoles, source: 'opportunity', stamp: 'Opportunity.SystemModstamp' }),
        ask({ source: 'wide' }),
      ],
      spend,
    );
    await salesforce.readChanges([], spend);

    expect(sandbox.countedCalls()).toBe(1);
    expect(pages.map(({ source, error }) => [source, error])).toEqual(sources.map((source) => [source, null]));
  });

  it("takes the time from the server's clock", async () => {
    sandbox.jumpClock(3_600_000);

    const { serverMs } = await connect().salesforce.readChanges([ask()], spend);

    expect(serverMs).toBe(startMs + 3_600_000);
  });
});

describe('changes out of Salesforce: what was deleted, merged and converted', () => {
  it('shows a deleted lead and the survivor of a merged one among the changes', async () => {
    const [gone, loser, winner] = [lead(), lead(), lead()];
    now += 60_000;
    sandbox.remove('Lead', gone);
    sandbox.merge('Lead', winner, [loser]);

    const page = await onePage(connect().salesforce, ask({ fromMs: startMs + 30_000 }));

    const seen = new Map(page.persons.map((person) => [person.id, person]));
    expect(seen.get(gone)).toMatchObject({ isDeleted: true, masterRecordId: null });
    expect(seen.get(loser)).toMatchObject({ isDeleted: true, masterRecordId: winner });
    expect(seen.get(winner)).toMatchObject({ isDeleted: false });
  });

  it('tells a deletion by its log where the stamp did not move', async () => {
    sandbox.configure({ deleteMovesStamp: false });
    const gone = lead();
    now += 3_600_000;
    sandbox.remove('Lead', gone);
    now += 60_000;

    const page = await onePage(
      connect().salesforce,
      ask({ fromMs: startMs + 1_800_000, deletedSinceMs: startMs + 1_800_000 }),
    );

    expect(page.persons).toEqual([]);
    expect(page.deletedIds).toEqual([gone]);
    expect(page.deletedWindow).toEqual({ fromMs: startMs + 1_800_000, untilMs: now });
  });

  it('widens a window of deletions that is shorter than Salesforce allows', async () => {
    const gone = lead();
    sandbox.remove('Lead', gone);
    now += 5_000;

    const page = await onePage(connect().salesforce, ask({ deletedSinceMs: now }));

    expect(page.deletedIds).toEqual([gone]);
    expect(page.deletedWindow).toEqual({ fromMs: now - 120_000, untilMs: now });
  });

  it('says which deletions it could not ask for any more, older than 15 days', async () => {
    const day = 86_400_000;

    const page = await onePage(connect().salesforce, ask({ deletedSinceMs: startMs - 40 * day }));

    expect(page.error).toBeNull();
    expect(page.deletedWindow).toEqual({ fromMs: startMs - 15 * day + 3_600_000, untilMs: startMs });
  });

  it('reads the last two hours of a log of deletions that was purged, and says so', async () => {
    const [old, young] = [lead(), lead()];
    sandbox.remove('Lead', old);
    now += 5 * 3_600_000;
    sandbox.remove('Lead', young);
    now += 60_000;
    sandbox.purgeDeleteLog();
    const { salesforce, warnings } = connect();

    const page = await onePage(salesforce, ask({ deletedSinceMs: startMs - 60_000 }));

    expect(page.deletedIds).toEqual([young]);
    expect(page.deletedWindow).toEqual({ fromMs: now - 110 * 60_000, untilMs: now });
    expect(warnings.lines).toMatchObject([{ source: 'lead', vendorCode: 'INVALID_REPLICATION_DATE' }]);
  });

  it('does not ask for deletions up to a time that the server has not reached', async () => {
    const { salesforce } = connect();
    await salesforce.identity(spend);
    sandbox.jumpClock(-7_200_000);
    await salesforce.readChanges([ask()], spend);

    const page = await onePage(salesforce, ask({ deletedSinceMs: startMs - 86_400_000 }));

    expect(page.deletedWindow?.untilMs).toBe(startMs - 7_200_000);
  });

  it('shows that a lead was converted, and into whom', async () => {
    const id = lead();
    now += 60_000;
    const { contactId } = sandbox.convertLead(id);

    const { pages } = await connect().salesforce.readChanges(
      [ask({ fromMs: now }), ask({ ...ofContacts, fromMs: now })],
      spend,
    );

    expect(pages[0]?.persons).toMatchObject([{ id, isConverted: true, convertedContactId: contactId }]);
    expect(pages[1]?.persons.map((person) => person.id)).toContain(contactId);
  });
});

describe('changes out of Salesforce: opportunities', () => {
  it('tells the contacts of a role that came, and of one that went with its opportunity', async () => {
    const [here, there] = [contact(), contact()];
    const deal = opportunity();
    role(there, deal);
    now += 60_000;
    role(here, opportunity());
    sandbox.remove('Opportunity', deal);

    const page = await onePage(connect().salesforce, ask({ ...ofRoles, fromMs: now }));

    expect(page.roles.map(({ contactId }) => contactId).sort()).toEqual([here, there].sort());
    expect(page.persons).toEqual([]);
  });

  it('tells the contacts of an opportunity that was won, by its own stamp', async () => {
    const id = contact();
    const deal = opportunity();
    role(id, deal);
    now += 60_000;
    sandbox.edit('Opportunity', deal, { StageName: 'Closed Won' });

    const page = await onePage(
      connect().salesforce,
      ask({ ...ofRoles, stamp: 'Opportunity.SystemModstamp', fromMs: now }),
    );

    expect(page.roles).toMatchObject([{ contactId: id, atMs: now }]);
    expect(page.latestMs).toBe(now);
  });

  it('shows with each contact what its opportunities say, in the same call', async () => {
    const id = contact();
    role(id, opportunity('Closed Won'));
    const { salesforce } = connect();
    await salesforce.identity(spend);
    sandbox.resetRequests();

    const page = await onePage(salesforce, ask(ofContacts));

    expect(page.persons).toMatchObject([{ id, opportunities: [{ isClosed: true, isWon: true }] }]);
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('goes on without opportunities that the user may not see, and says once what to do', async () => {
    const id = contact();
    role(id, opportunity());
    sandbox.setObjectHidden('Opportunity', true);
    const { salesforce, warnings } = connect();

    const first = await salesforce.readChanges([ask(ofContacts), ask(ofRoles)], spend);
    sandbox.resetRequests();
    const second = await salesforce.readChanges([ask(ofContacts), ask(ofRoles)], spend);

    for (const { pages } of [first, second]) {
      expect(pages).toMatchObject([
        { source: 'contact', persons: [{ id, opportunities: [] }], error: null },
        // As with any fault its mark stands: nothing is lost until somebody grants them.
        { source: 'role', roles: [], error: { code: 'salesforce_unknown_field' } },
      ]);
    }
    expect(sandbox.countedCalls()).toBe(1);
    expect(warnings.texts).toEqual([expect.stringContaining('grant the integration user read access to Opportunity')]);
  });
});

describe('changes out of Salesforce: one source that cannot be read', () => {
  it('loses none of the others, and names the field that the user may not see', async () => {
    const id = lead();
    sandbox.setFieldAccess('Contact', 'MailingCity', 'none');

    const { pages } = await connect().salesforce.readChanges([ask(), ask(ofContacts)], spend);

    expect(pages[0]).toMatchObject({ source: 'lead', error: null, persons: [{ id }] });
    expect(pages[1]).toMatchObject({
      source: 'contact',
      persons: [],
      next: null,
      latestMs: null,
      error: { kind: 'needs-human', code: 'salesforce_unknown_field', detail: { fields: ['MailingCity'] } },
    });
  });

  it('does not take a hidden field of the mapping for hidden opportunities', async () => {
    const id = contact();
    role(id, opportunity());
    sandbox.setFieldAccess('Contact', 'MailingCity', 'none');
    const { salesforce, warnings } = connect();
    await salesforce.readChanges([ask(ofContacts)], spend);
    sandbox.setFieldAccess('Contact', 'MailingCity', 'all');

    const page = await onePage(salesforce, ask(ofContacts));

    expect(page.persons[0]?.opportunities).toHaveLength(1);
    expect(warnings.texts).toEqual([]);
  });
});
