import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, connect } from './sandbox-salesforce-support.ts';

const deal = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-12-31' };
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

describe('history (Object Reference, AccountHistory, OpportunityFieldHistory, OpportunityHistory)', () => {
  it('keeps the tracked fields of accounts and opportunities', async () => {
    sandbox.trackHistory('Account', ['Name', 'OwnerId']);
    sandbox.trackHistory('Opportunity', ['StageName', 'Amount']);
    const { Id: accountId } = sandbox.create('Account', { Name: 'Alpha' });
    const { Id: dealId } = sandbox.create('Opportunity', deal);

    await connection.update('Account', { Id: accountId, Name: 'Beta', Phone: '1' });
    await connection.update('Opportunity', { Id: dealId, StageName: 'Closed Won', Amount: 10.5 });

    const ofAccount = await connection.query('SELECT Field, OldValue, NewValue FROM AccountHistory ORDER BY Id');
    expect(ofAccount.records).toMatchObject([
      { Field: 'created' },
      { Field: 'Name', OldValue: 'Alpha', NewValue: 'Beta' },
    ]);
    const ofDeal = await connection.query(
      'SELECT Field, NewValue, CreatedById FROM OpportunityFieldHistory ORDER BY Id',
    );
    expect(ofDeal.records).toMatchObject([
      { Field: 'created' },
      { Field: 'StageName', NewValue: 'Closed Won', CreatedById: sandbox.runAsUserId },
      { Field: 'Amount', NewValue: 10.5 },
    ]);
  });

  it('keeps every step of amount, stage, probability and close date, tracked or not', async () => {
    const { Id } = sandbox.create('Opportunity', { ...deal, Amount: 5 });
    sandbox.edit('Opportunity', Id, { NextStep: 'call' });
    sandbox.edit('Opportunity', Id, { Amount: 6 });

    const soql =
      'SELECT (SELECT StageName, Amount, PrevAmount, Probability FROM OpportunityHistories ORDER BY Id) FROM Opportunity';
    const { records } = await connection.query(soql);

    expect(records[0]?.OpportunityHistories).toMatchObject({
      records: [
        { StageName: 'Prospecting', Amount: 5, PrevAmount: null, Probability: 10 },
        { Amount: 6, PrevAmount: 5 },
      ],
    });
  });
});

describe('converting a lead (help, "Lead Conversion Field Mapping")', () => {
  const lead = {
    LastName: 'Ada',
    Company: 'Alpha',
    Website: 'alpha.example',
    Phone: '1',
    City: 'Bonn',
    LeadSource: 'Web',
  };

  it('carries company and website to a new account, and makes an opportunity with a primary role', () => {
    const [id = ''] = sandbox.seed('Lead', [lead]);

    const made = sandbox.convertLead(id, {
      opportunityName: 'Alpha deal',
      opportunityValues: { StageName: 'Qualification', Amount: '100.50' },
    });

    expect(sandbox.get('Account', made.accountId)).toMatchObject({
      Name: 'Alpha',
      Website: 'alpha.example',
      Phone: '1',
      BillingCity: 'Bonn',
    });
    expect(sandbox.get('Opportunity', made.opportunityId ?? '')).toMatchObject({
      AccountId: made.accountId,
      ContactId: made.contactId,
      StageName: 'Qualification',
      Amount: 100.5,
      LeadSource: 'Web',
    });
  });

  it('fills only the blanks of an existing account', () => {
    const [accountId = ''] = sandbox.seed('Account', [{ Name: 'Kept', Phone: '2' }]);
    const [id = ''] = sandbox.seed('Lead', [lead]);

    sandbox.convertLead(id, { accountId });

    expect(sandbox.get('Account', accountId)).toMatchObject({ Name: 'Kept', Phone: '2', Website: 'alpha.example' });
  });
});

describe('external ids of accounts and opportunities by the Metadata API', () => {
  it.each([
    { type: 'Account', name: 'HubSpot_Company_Id__c', row: { Name: 'A' } },
    { type: 'Opportunity', name: 'HubSpot_Deal_Id__c', row: deal },
  ])('$type.$name can be made and granted, and is then a key', async ({ type, name, row }) => {
    await sandbox.close();
    sandbox = await startSalesforceSandbox({ withHandoffFields: false });
    connection = await connect(sandbox);
    const field = {
      fullName: `${type}.${name}`,
      label: name,
      type: 'Text',
      length: 32,
      externalId: true,
      unique: true,
    };
    const upsert = () => connection.upsert(type, [{ ...row, [name]: '1' }], name);

    await connection.metadata.upsert('CustomField', field);
    const ungranted = await catchError(upsert());
    await connection.metadata.upsert('PermissionSet', {
      fullName: 'Handoff',
      label: 'Handoff',
      fieldPermissions: [{ field: `${type}.${name}`, readable: true, editable: true }],
    });
    const [set] = sandbox.all('PermissionSet');
    await connection.create('PermissionSetAssignment', { PermissionSetId: set?.Id, AssigneeId: sandbox.runAsUserId });
    await upsert();
    await upsert();

    expect(ungranted).toMatchObject({ errorCode: 'NOT_FOUND' });
    expect(sandbox.all(type)).toMatchObject([{ [name]: '1' }]);
  });

  it('a number field keeps the digits it was made with', async () => {
    const field = { fullName: 'Opportunity.Score__c', label: 'Score', type: 'Number', precision: 5, scale: 2 };
    await connection.metadata.upsert('CustomField', field);
    sandbox.setFieldAccess('Opportunity', 'Score__c', 'all');

    const { fields } = await connection.describe('Opportunity');

    expect(fields.find(({ name }) => name === 'Score__c')).toMatchObject({ type: 'double', precision: 5, scale: 2 });
    expect(codesOf(await connection.create('Opportunity', [{ ...deal, Score__c: 1000 }]))).toEqual([
      'NUMBER_OUTSIDE_VALID_RANGE',
    ]);
  });
});
