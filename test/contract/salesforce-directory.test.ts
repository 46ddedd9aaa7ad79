import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, spend } from './salesforce-support.ts';

let sandbox: SalesforceSandbox;
beforeAll(async () => {
  sandbox = await startSalesforceSandbox();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.resetRequests());

describe('users', () => {
  it('lists all that have an email, page by page, inactive ones too', async () => {
    const added = Array.from({ length: 2_050 }, (_, n) =>
      sandbox.addUser({ email: `user.${n}@example.test`, isActive: n % 2 === 0 }),
    );

    const users = await connectTo(sandbox).salesforce.users(spend);

    expect(users).toHaveLength(sandbox.all('User').length);
    const byId = new Map(users.map((user) => [user.id, user]));
    for (const user of added) {
      expect(byId.get(String(user.Id))).toEqual({
        id: user.Id,
        name: user.Name,
        email: user.Email,
        isActive: user.IsActive,
      });
    }
  });
});

describe('describe', () => {
  it('tells the fields, and asks once for callers at the same time and later', async () => {
    const { salesforce } = connectTo(sandbox);

    const [first, second] = await Promise.all([salesforce.describe('Lead', spend), salesforce.describe('Lead', spend)]);
    await salesforce.describe('Lead', spend);

    expect(second).toBe(first);
    expect(sandbox.countedCalls()).toBe(1);
    const byName = new Map(first.map((field) => [field.name, field]));
    expect(byName.get('LastName')).toMatchObject({ length: 80, nillable: false, createable: true });
    expect(byName.get('HubSpot_Contact_Id__c')).toMatchObject({ externalId: true, unique: true });
    expect(byName.get('Status')?.picklistValues).toContainEqual({
      value: 'Working - Contacted',
      label: 'Working - Contacted',
      active: true,
    });
  });

  it('asks again when told to', async () => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.describe('Contact', spend);
    sandbox.addField('Contact', 'New__c');

    const fields = await salesforce.describe('Contact', spend, true);

    expect(fields.map((field) => field.name)).toContain('New__c');
  });

  it('does not remember an error', async () => {
    const { salesforce } = connectTo(sandbox);
    sandbox.faults.add({ kind: 'status', status: 503, raw: 'down', match: '/describe' });

    await expect(salesforce.describe('Lead', spend)).rejects.toMatchObject({ code: 'salesforce_unavailable' });

    await expect(salesforce.describe('Lead', spend)).resolves.not.toHaveLength(0);
  });

  it('refuses a name that is none', async () => {
    await expect(connectTo(sandbox).salesforce.describe('Lead/../x', spend)).rejects.toMatchObject({
      code: 'salesforce_field_name',
    });
  });
});

describe('the connection for setup', () => {
  it('is logged in, speaks the settled version and takes its calls from the budget', async () => {
    const { salesforce, budget } = connectTo(sandbox);

    const connection = await salesforce.connection();
    const before = budget.taken;
    const result = await connection.metadata.read('CustomField', 'Lead.HubSpot_Contact_Id__c');

    expect(connection.version).toBe('67.0');
    expect(result.fullName).toBe('Lead.HubSpot_Contact_Id__c');
    expect(budget.taken).toBe(before + 1);
  });
});
