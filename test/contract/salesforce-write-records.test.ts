import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordWriteRequest, RecordWriteResult, RoleWrite } from '../../src/ports/salesforce.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { companyOf, connectReady, createHands, dealOf } from './salesforce-record-support.ts';
import { connectTo, spend } from './salesforce-support.ts';

let sandbox: SalesforceSandbox;
let hands: ReturnType<typeof createHands>;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox({ keepBodies: true });
  hands = createHands(sandbox);
});
afterEach(() => sandbox.close());

const readBack = ['Name', 'StageName', 'Amount'];

async function write(writes: readonly RecordWriteRequest[], fields: readonly string[] = readBack) {
  const { salesforce } = await connectReady(sandbox);
  return salesforce.writeRecords(writes, fields, spend);
}

function succeeded(results: ReadonlyMap<string, RecordWriteResult>, key: string) {
  const result = results.get(key);
  if (result?.ok !== true) throw new Error(`${key} was not written: ${result?.ok === false ? result.error.code : '-'}`);
  return result;
}

function refusal(results: ReadonlyMap<string, RecordWriteResult>, key: string) {
  const result = results.get(key);
  return result?.ok === false ? result.error : undefined;
}

const join = (contactId: string, more: Partial<{ role: string; isPrimary: boolean }> = {}): RoleWrite => ({
  operation: 'create',
  contactId,
  role: null,
  isPrimary: false,
  ...more,
});

function rolesIn(opportunityId: string) {
  return sandbox.all('OpportunityContactRole').filter((role) => role.OpportunityId === opportunityId);
}

describe('writing accounts', () => {
  it('creates and updates 200 in one call and tells what Salesforce holds now', async () => {
    const ids = sandbox.seed(
      'Account',
      Array.from({ length: 100 }, (_, n) => ({ Name: `Old ${n}` })),
    );
    const updates = ids.map((id, n) =>
      companyOf(`${100 + n}`, { operation: 'update', id, fields: { Name: `New ${n}` } }),
    );
    const creates = Array.from({ length: 100 }, (_, n) => companyOf(`${500 + n}`));

    const results = await write([...updates, ...creates], ['Name']);

    expect(sandbox.countedCalls()).toBe(1);
    expect(succeeded(results, '100')).toMatchObject({
      id: ids[0],
      created: false,
      roleError: null,
      held: { object: 'Account', id: ids[0], fields: { Name: 'New 0' }, isDeleted: false },
    });
    const created = succeeded(results, '599');
    expect(created).toMatchObject({ created: true, held: { externalId: '599', fields: { Name: 'Company 599' } } });
    expect(sandbox.get('Account', created.id)).toMatchObject({ HubSpot_Company_Id__c: '599' });
    expect(results.size).toBe(200);
  });

  it('says where a create met an account that has the id already', async () => {
    const id = hands.account({ HubSpot_Company_Id__c: '9' });

    expect(succeeded(await write([companyOf('9')]), '9')).toMatchObject({ id, created: false });
  });

  it('reassigns no owner and lets no duplicate rule be passed over', async () => {
    await write([companyOf('9')]);

    const [request] = sandbox.requests;
    const part = JSON.parse(request?.body ?? '{}').compositeRequest[0];
    expect(part.httpHeaders).toMatchObject({ 'Sforce-Auto-Assign': 'FALSE' });
    expect(part.httpHeaders['Sforce-Duplicate-Rule-Header']).toContain('allowSave=false');
  });

  it('never updates through an upsert: of two updates of one record the second one looks again', async () => {
    const id = hands.account();
    const update = (key: string) => companyOf(key, { operation: 'update', id, fields: { Name: `Name ${key}` } });

    const results = await write([update('1'), update('2')], ['Name']);

    expect(succeeded(results, '1').held?.fields.Name).toBe('Name 1');
    expect(refusal(results, '2')).toMatchObject({ kind: 'retryable', code: 'salesforce_same_person' });
  });
});

describe('writing opportunities with their roles', () => {
  it('creates 200 with a role each in one call', async () => {
    const contacts = sandbox.seed(
      'Contact',
      Array.from({ length: 200 }, (_, n) => ({ LastName: `C${n}` })),
    );
    const writes = contacts.map((contact, n) =>
      dealOf(`${700 + n}`, { roles: [join(contact, { role: 'Evaluator', isPrimary: true })] }),
    );

    const results = await write(writes);

    expect(sandbox.countedCalls()).toBe(1);
    for (const [n, contactId] of contacts.entries()) {
      const { held, roleError } = succeeded(results, `${700 + n}`);
      expect(roleError).toBeNull();
      expect(held?.roles).toMatchObject([{ contactId, role: 'Evaluator', isPrimary: true }]);
    }
  });

  it('updates 200 with some 200 changes of roles of every kind in two calls', async () => {
    const contacts = sandbox.seed(
      'Contact',
      Array.from({ length: 200 }, (_, n) => ({ LastName: `C${n}` })),
    );
    const writes = contacts.map((contact, n): RecordWriteRequest => {
      if (n < 20) return dealOf(`${n}`, { roles: [join(contact)] });
      const id = hands.opportunity();
      const changed = {
        key: `${n}`,
        operation: 'update',
        object: 'Opportunity',
        id,
        fields: { Name: `New ${n}` },
      } as const;
      if (n < 80) return { ...changed, roles: [join(contact)] };
      const { Id: roleId } = sandbox.addRole(id, contact);
      if (n < 140) return { ...changed, roles: [{ operation: 'update', id: roleId, role: 'Other', isPrimary: true }] };
      return { ...changed, roles: [{ operation: 'delete', id: roleId }] };
    });

    const results = await write(writes);

    expect(sandbox.countedCalls()).toBe(2);
    const rolesOf = (n: number) => succeeded(results, `${n}`).held?.roles.map(({ id: _, ...role }) => role);
    expect(rolesOf(0)).toEqual([{ contactId: contacts[0], role: null, isPrimary: false }]);
    expect(rolesOf(50)).toEqual([{ contactId: contacts[50], role: null, isPrimary: false }]);
    expect(rolesOf(100)).toEqual([{ contactId: contacts[100], role: 'Other', isPrimary: true }]);
    expect(rolesOf(199)).toEqual([]);
    expect(succeeded(results, '199').held?.fields.Name).toBe('New 199');
  });

  it('changes roles alone, without touching the record', async () => {
    const id = hands.opportunity({ Name: 'Kept' });
    const contact = hands.contact();

    const results = await write([dealOf('7', { operation: 'update', id, fields: {}, roles: [join(contact)] })]);

    expect(succeeded(results, '7')).toMatchObject({ id, created: false, held: { fields: { Name: 'Kept' } } });
    expect(rolesIn(id)).toMatchObject([{ ContactId: contact }]);
    expect(sandbox.get('Opportunity', id)?.LastModifiedById).toBe(sandbox.userId);
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('takes the primary role from one contact before it gives it to another', async () => {
    const id = hands.opportunity();
    const [one, two] = [hands.contact(), hands.contact()];
    const first = sandbox.addRole(id, one, { isPrimary: true }).Id;
    const second = sandbox.addRole(id, two).Id;
    const roles: RoleWrite[] = [
      { operation: 'update', id: second, role: null, isPrimary: true },
      { operation: 'update', id: first, role: null, isPrimary: false },
    ];

    const results = await write([dealOf('7', { operation: 'update', id, fields: {}, roles })]);

    const held = succeeded(results, '7').held?.roles ?? [];
    expect(held.filter(({ isPrimary }) => isPrimary).map(({ contactId }) => contactId)).toEqual([two]);
  });

  it('a role that is refused fails neither its record nor other roles', async () => {
    const [contact, gone] = [hands.contact(), hands.contact()];
    sandbox.remove('Contact', gone);

    const results = await write([dealOf('7', { roles: [join(gone), join(contact)] }), dealOf('8')]);

    const { roleError, held } = succeeded(results, '7');
    expect(roleError).not.toBeNull();
    expect(held?.roles.map(({ contactId }) => contactId)).toEqual([contact]);
    expect(succeeded(results, '8').roleError).toBeNull();
  });

  it('a role that is gone already counts as taken away', async () => {
    const id = hands.opportunity();
    const contact = hands.contact();
    const { Id: role } = sandbox.addRole(id, contact);
    sandbox.removeRole(id, contact);

    const roles: RoleWrite[] = [{ operation: 'delete', id: role }];
    const results = await write([dealOf('7', { operation: 'update', id, fields: {}, roles })]);

    expect(succeeded(results, '7')).toMatchObject({ roleError: null, held: { roles: [] } });
  });

  it('a record that is refused gets no role, and its neighbours stand', async () => {
    const contact = hands.contact();

    const results = await write([
      dealOf('7', { fields: { Name: 'No stage' }, roles: [join(contact)] }),
      dealOf('8', { roles: [join(contact)] }),
    ]);

    expect(refusal(results, '7')).toMatchObject({ kind: 'needs-human', code: 'salesforce_required_field' });
    expect(succeeded(results, '8').held?.roles).toHaveLength(1);
    expect(sandbox.all('OpportunityContactRole')).toHaveLength(1);
  });

  it('goes twenty contacts to a deal, 200 roles to a part', async () => {
    const contacts = Array.from({ length: 20 }, () => hands.contact());
    const writes = Array.from({ length: 30 }, (_, n) => dealOf(`${n}`, { roles: contacts.map((id) => join(id)) }));

    const results = await write(writes);

    expect([...results.values()].every((result) => result.ok && result.held?.roles.length === 20)).toBe(true);
    expect(sandbox.countedCalls()).toBe(1);
  });

  it('keeps records of one account together', async () => {
    const accounts = [hands.account(), hands.account()];
    const writes = Array.from({ length: 6 }, (_, n) =>
      dealOf(`${n}`, { fields: { ...dealOf('x').fields, AccountId: accounts[n % 2] ?? '' } }),
    );

    await write(writes);

    const [part] = JSON.parse(sandbox.requests[0]?.body ?? '{}').compositeRequest;
    const order = part.body.records.map((record: { AccountId: string }) => record.AccountId);
    expect(order).toEqual(order.toSorted());
  });

  it('sends a text that a composite call would misread apart, its role behind it', async () => {
    const contact = hands.contact();
    const odd = dealOf('7', { fields: { ...dealOf('7').fields, Name: 'Hello @{part0.id}' }, roles: [join(contact)] });

    const results = await write([odd, dealOf('8', { roles: [join(contact)] })]);

    expect(succeeded(results, '7')).toMatchObject({ held: { fields: { Name: 'Hello @{part0.id}' } } });
    expect(succeeded(results, '7').held?.roles).toHaveLength(1);
    expect(succeeded(results, '8').held?.roles).toHaveLength(1);
  });
});

describe('writing records where something goes wrong', () => {
  it('parts the one that a trigger fails for from the innocent, and makes the roles of those that were sent again', async () => {
    const contact = hands.contact();
    sandbox.setUnknownFieldRefusesBatch(true);
    const bad = dealOf('3', { fields: { ...dealOf('3').fields, Nowhere__c: 'x' }, roles: [join(contact)] });
    const good = ['1', '2', '4', '5'].map((key) => dealOf(key, { roles: [join(contact)] }));

    const results = await write([...good.slice(0, 2), bad, ...good.slice(2)]);

    expect(refusal(results, '3')).toMatchObject({ code: 'salesforce_unknown_field' });
    for (const { key } of good) {
      expect(succeeded(results, key)).toMatchObject({ created: true, roleError: null });
      expect(succeeded(results, key).held?.roles).toHaveLength(1);
    }
    expect(sandbox.all('OpportunityContactRole')).toHaveLength(4);
  });

  it('says of every record that it may have been written where the answer is lost', async () => {
    const { salesforce } = await connectReady(sandbox);
    sandbox.faults.add({ kind: 'cut-after', match: '/composite' });

    const results = await salesforce.writeRecords([dealOf('7'), dealOf('8')], readBack, spend);

    for (const key of ['7', '8']) {
      expect(refusal(results, key)).toMatchObject({ code: 'salesforce_no_answer', detail: { mayHaveHappened: true } });
    }
    expect(sandbox.all('Opportunity')).toHaveLength(2);
    const again = await salesforce.writeRecords([dealOf('7'), dealOf('8')], readBack, spend);
    expect(succeeded(again, '7').created).toBe(false);
    expect(sandbox.all('Opportunity')).toHaveLength(2);
  });

  it('does the same for roles alone, and says of an unsent one that nothing happened', async () => {
    const id = hands.opportunity();
    const { salesforce } = await connectReady(sandbox);
    const roles = [join(hands.contact())];
    sandbox.faults.add({ kind: 'cut-before', match: '/composite' });

    const write = dealOf('7', { operation: 'update', id, fields: {}, roles });
    const results = await salesforce.writeRecords([write], readBack, spend);

    expect(refusal(results, '7')).toMatchObject({ code: 'salesforce_no_answer', detail: { mayHaveHappened: true } });
  });

  it('takes a lost answer to roles that were sent behind their records for a fault of the roles', async () => {
    const contacts = Array.from({ length: 25 }, () => hands.contact());
    const writes = Array.from({ length: 45 }, (_, n) => dealOf(`${n}`, { roles: contacts.map((id) => join(id)) }));
    const { salesforce } = await connectReady(sandbox);
    sandbox.faults.add({ kind: 'cut-after', match: '/composite', skip: 1 });

    const results = await salesforce.writeRecords(writes, readBack, spend);

    expect(sandbox.all('OpportunityContactRole')).toHaveLength(45 * 25);
    expect([...results.values()].every(({ ok }) => ok)).toBe(true);
    const lost = [...results.values()].filter((result) => result.ok && result.roleError !== null);
    expect(lost.length).toBeGreaterThan(0);
    expect(lost[0]).toMatchObject({ roleError: { detail: { mayHaveHappened: true } } });
  });

  it('tells a locked row as what it is', async () => {
    const account = hands.account();
    const id = hands.opportunity({ AccountId: account });
    sandbox.lock(account);

    const results = await write([dealOf('7', { operation: 'update', id, fields: { Name: 'New' } })]);

    expect(refusal(results, '7')).toMatchObject({ kind: 'retryable', code: 'salesforce_row_locked' });
  });

  it('says that an opportunity is gone where it was deleted or purged meanwhile', async () => {
    const [deleted, purged] = [hands.opportunity(), hands.opportunity()];
    sandbox.remove('Opportunity', deleted);
    sandbox.remove('Opportunity', purged);
    sandbox.purge('Opportunity', purged);
    const update = (key: string, id: string) => dealOf(key, { operation: 'update', id, fields: { Name: 'New' } });

    const results = await write([update('1', deleted), update('2', purged)]);

    for (const key of ['1', '2']) expect(refusal(results, key)).toMatchObject({ code: 'salesforce_person_gone' });
  });

  it('is written, though nobody knows what is held, where the fields to read back are hidden', async () => {
    const results = await write([dealOf('7')], ['Nowhere__c']);

    expect(succeeded(results, '7')).toMatchObject({ created: true, held: null, roleError: null });
  });

  it('writes nothing where the org cannot say what an account is', async () => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.faults.add({ kind: 'status', status: 503, match: '/describe' });

    const results = await salesforce.writeRecords([companyOf('9')], ['Name'], spend);

    expect(refusal(results, '9')).toMatchObject({ code: 'salesforce_unavailable', detail: { mayHaveHappened: false } });
    expect(sandbox.all('Account')).toEqual([]);
  });
});
