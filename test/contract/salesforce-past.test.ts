import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PersonReference } from '../../src/domain/record.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, spend, writeOptions } from './salesforce-support.ts';

const startMs = Date.parse('2026-11-22T10:00:00Z');
let now = startMs;
let sandbox: SalesforceSandbox;

beforeEach(async () => {
  now = startMs;
  sandbox = await startSalesforceSandbox({ clock: () => now, keepBodies: true });
});
afterEach(() => sandbox.close());

function lead(): PersonReference {
  return { object: 'Lead', id: sandbox.create('Lead', { LastName: 'Example', Company: 'Example Ltd' }).Id };
}

function contact(): PersonReference {
  return { object: 'Contact', id: sandbox.create('Contact', { LastName: 'Example' }).Id };
}

describe('the history of fields', () => {
  it('tells when a tracked field changed, to what and by whom, newest first, for leads and contacts in one call', async () => {
    sandbox.trackHistory('Lead', ['Title']);
    sandbox.trackHistory('Contact', ['Title']);
    const [one, two] = [lead(), contact()];
    for (const title of ['CEO', 'CTO']) {
      now += 60_000;
      sandbox.edit('Lead', one.id, { Title: title });
      sandbox.edit('Contact', two.id, { Title: title });
    }
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.resetRequests();

    const past = await salesforce.readHistories([one, two], ['Title', 'Phone'], spend);

    const changes = [
      { value: 'CTO', atMs: startMs + 120_000, by: 'Sales Person' },
      { value: 'CEO', atMs: startMs + 60_000, by: 'Sales Person' },
    ];
    expect(Object.fromEntries(past)).toEqual({ [one.id]: { Title: changes }, [two.id]: { Title: changes } });
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('tells a change of owner by the name of the field', async () => {
    sandbox.trackHistory('Lead', ['OwnerId']);
    const one = lead();
    const { Id: owner } = sandbox.addUser({ email: 'next@example.test', firstName: 'Next', lastName: 'Owner' });
    sandbox.edit('Lead', one.id, { OwnerId: owner });

    const past = await connectTo(sandbox).salesforce.readHistories([one], ['OwnerId'], spend);

    const changes = past.get(one.id)?.OwnerId ?? [];
    expect(changes.map(({ atMs }) => atMs)).toEqual([startMs, startMs]);
    expect(changes.map(({ value }) => value)).toEqual(expect.arrayContaining([owner, null]));
  });

  it('answers nothing where the org tracks nothing', async () => {
    const one = lead();
    sandbox.edit('Lead', one.id, { Title: 'CEO' });

    expect(await connectTo(sandbox).salesforce.readHistories([one], ['Title'], spend)).toEqual(new Map());
  });

  it('asks nothing for no person and for no field', async () => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.resetRequests();

    await salesforce.readHistories([], ['Title'], spend);
    await salesforce.readHistories([lead()], [], spend);

    expect(sandbox.countedCalls()).toBe(0);
  });
});

describe('deleting persons', () => {
  it('moves 250 to the recycle bin in two calls, and counts those that are gone as done', async () => {
    const ids = sandbox.seed(
      'Lead',
      Array.from({ length: 250 }, (_, n) => ({ LastName: `L${n}`, Company: 'x' })),
    );
    const [deleted = '', purged = ''] = ids;
    sandbox.remove('Lead', deleted);
    sandbox.purge('Lead', purged);
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.resetRequests();

    const results = await salesforce.deleteRecords(ids, spend);

    expect([...results.keys()]).toEqual(ids);
    expect([...results.values()].filter((result) => result !== null)).toEqual([]);
    expect(sandbox.all('Lead')).toEqual([]);
    expect(sandbox.countedCalls()).toBe(2);
  });

  it('repeats safely after an answer that was lost', async () => {
    const { id } = contact();
    sandbox.faults.add({ kind: 'cut-after', match: /^DELETE / });
    const { salesforce } = connectTo(sandbox);

    const first = await salesforce.deleteRecords([id], spend);
    sandbox.faults.clear();
    const second = await salesforce.deleteRecords([id], spend);

    expect(first.get(id)).toMatchObject({ kind: 'retryable', detail: { mayHaveHappened: true } });
    expect(second.get(id)).toBeNull();
  });
});

describe('a person that moved on between reading and writing', () => {
  const update = (id: string) =>
    ({ contactId: '900', operation: 'update', object: 'Lead', id, fields: { LastName: 'New' } }) as const;

  it.each([
    { name: 'was converted', code: 'salesforce_lead_converted', act: (id: string) => sandbox.convertLead(id) },
    { name: 'was deleted', code: 'salesforce_person_gone', act: (id: string) => sandbox.remove('Lead', id) },
    { name: 'was purged', code: 'salesforce_person_gone', act: (id: string) => sandbox.purge('Lead', id) },
    {
      name: 'lost a merge',
      code: 'salesforce_person_gone',
      act: (id: string) => sandbox.merge('Lead', lead().id, [id]),
    },
  ])('$name: looked at again, with a code of its own', async ({ code, act }) => {
    const { id } = lead();
    act(id);

    const results = await connectTo(sandbox).salesforce.writePersons([update(id)], writeOptions, spend);

    expect(results.get('900')).toMatchObject({ ok: false, error: { kind: 'retryable', code } });
  });

  it('names the field that the user may not write', async () => {
    const { id } = lead();
    sandbox.setFieldAccess('Lead', 'Title', 'none');

    const results = await connectTo(sandbox).salesforce.writePersons(
      [{ ...update(id), fields: { Title: 'CEO' } }],
      writeOptions,
      spend,
    );

    expect(results.get('900')).toMatchObject({
      ok: false,
      error: { kind: 'needs-human', code: 'salesforce_unknown_field', detail: { fields: ['Title'] } },
    });
  });
});
