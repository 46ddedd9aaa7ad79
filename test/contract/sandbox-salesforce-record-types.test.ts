import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, compositeAnswer, connect, findModelFaults } from './sandbox-salesforce-support.ts';

const MASTER = '012000000000000AAA';
const deal = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-12-31' };
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

/** "Picklist Values" of the User Interface API guide. */
const value = z.strictObject({
  attributes: z.record(z.string(), z.unknown()).nullable(),
  label: z.string(),
  validFor: z.array(z.number()),
  value: z.string(),
});
const picklistValues = z.strictObject({
  controllerValues: z.record(z.string(), z.number()),
  defaultValue: value.nullable(),
  eTag: z.string(),
  url: z.string(),
  values: z.array(value),
});
const picklistCollection = z.strictObject({
  eTag: z.string(),
  picklistFieldValues: z.record(z.string(), picklistValues),
});

const stagesOf = async (recordTypeId: string) => {
  const answer = await connection.request(`/ui-api/object-info/Opportunity/picklist-values/${recordTypeId}/StageName`);
  return picklistValues.parse(answer).values.map((item) => item.value);
};

describe('stages of a new org (Object Reference, OpportunityStage)', () => {
  it('are ten, with their probabilities', async () => {
    const { records } = await connection.query(
      'SELECT ApiName, MasterLabel, DefaultProbability, IsActive, ForecastCategory FROM OpportunityStage ORDER BY SortOrder',
    );

    expect(records.map(({ ApiName, DefaultProbability }) => [ApiName, DefaultProbability])).toEqual([
      ['Prospecting', 10],
      ['Qualification', 10],
      ['Needs Analysis', 20],
      ['Value Proposition', 50],
      ['Id. Decision Makers', 60],
      ['Perception Analysis', 70],
      ['Proposal/Price Quote', 75],
      ['Negotiation/Review', 90],
      ['Closed Won', 100],
      ['Closed Lost', 0],
    ]);
  });

  it('can be added, deactivated and renamed; records keep the name they hold', async () => {
    const { Id } = sandbox.create('Opportunity', deal);
    sandbox.addOpportunityStage({
      label: 'Signed',
      isClosed: true,
      isWon: true,
      probability: 100,
      forecast: 'Closed',
    });

    sandbox.changeOpportunityStage('Qualification', { isActive: false });
    sandbox.changeOpportunityStage('Prospecting', { label: 'New', apiName: 'New' });

    expect(await stagesOf(MASTER)).toEqual(expect.arrayContaining(['New', 'Signed']));
    expect(await stagesOf(MASTER)).not.toContain('Qualification');
    expect(sandbox.get('Opportunity', Id)?.StageName).toBe('Prospecting');
    const rows = await connection.query('SELECT ApiName FROM OpportunityStage WHERE IsActive = false');
    expect(rows.records).toMatchObject([{ ApiName: 'Qualification' }]);
  });

  it('resets probability and forecast when the stage changes, unless they are sent along', async () => {
    const { Id } = sandbox.create('Opportunity', deal);

    await connection.update('Opportunity', { Id, StageName: 'Negotiation/Review', Probability: 33 });
    const sent = sandbox.get('Opportunity', Id);
    await connection.update('Opportunity', { Id, StageName: 'Closed Won' });

    expect(sent).toMatchObject({ Probability: 33, ForecastCategory: 'Pipeline' });
    expect(sandbox.get('Opportunity', Id)).toMatchObject({ Probability: 100, ForecastCategory: 'Closed', IsWon: true });
  });
});

describe('record types (Object Reference, RecordType)', () => {
  it('give their object the column RecordTypeId, which it has not before', async () => {
    const before = await catchError(connection.query('SELECT RecordTypeId FROM Opportunity'));

    const id = sandbox.addRecordType('Opportunity', { developerName: 'Renewal' });
    const { Id } = sandbox.create('Opportunity', { ...deal, RecordTypeId: id });

    expect(before).toMatchObject({ errorCode: 'INVALID_FIELD' });
    const rows = await connection.query('SELECT RecordType.DeveloperName FROM Opportunity');
    expect(rows.records).toMatchObject([{ RecordType: { DeveloperName: 'Renewal' } }]);
    const types = await connection.query("SELECT Id, IsActive FROM RecordType WHERE SobjectType = 'Opportunity'");
    expect(types.records).toMatchObject([{ Id: id, IsActive: true }]);
    expect(sandbox.edit('Opportunity', Id, { RecordTypeId: MASTER }).RecordTypeId).toBeNull();
  });

  it('are described with what this user may use', async () => {
    const id = sandbox.addRecordType('Opportunity', { developerName: 'Renewal', name: 'Renewals', isDefault: true });
    sandbox.addRecordType('Opportunity', { developerName: 'Secret', isAvailable: false });

    const { recordTypeInfos } = await connection.describe('Opportunity');

    expect(recordTypeInfos.flatMap((info) => findModelFaults('RecordTypeInfo', info))).toEqual([]);
    expect(recordTypeInfos).toMatchObject([
      { developerName: 'Renewal', name: 'Renewals', recordTypeId: id, available: true, defaultRecordTypeMapping: true },
      { developerName: 'Secret', available: false },
      { master: true, recordTypeId: MASTER, defaultRecordTypeMapping: false },
    ]);
    await connection.create('Opportunity', deal);
    expect(sandbox.all('Opportunity')[0]?.RecordTypeId).toBe(id);
  });

  it.each([
    { change: { isAvailable: false }, because: 'the user has no right to it' },
    { change: { isActive: false }, because: 'it is not active' },
  ])('are refused where $because', async ({ change }) => {
    const RecordTypeId = sandbox.addRecordType('Opportunity', { developerName: 'Renewal' });
    sandbox.changeRecordType('Opportunity', 'Renewal', change);

    const error = await catchError(connection.create('Opportunity', { ...deal, RecordTypeId }));

    expect(error).toMatchObject({
      errorCode: 'INVALID_CROSS_REFERENCE_KEY',
      message: `Record Type ID: this ID value isn't valid for the user: ${RecordTypeId}`,
      data: { fields: ['RecordTypeId'] },
    });
  });

  it('are refused where they belong to another object, and where there is none', async () => {
    sandbox.addRecordType('Opportunity', { developerName: 'Renewal' });
    const ofAccount = sandbox.addRecordType('Account', { developerName: 'Partner' });

    const answer = await connection.create('Opportunity', [
      { ...deal, RecordTypeId: ofAccount },
      { ...deal, RecordTypeId: '012000000000999AAA' },
      { ...deal, RecordTypeId: '006000000000001AAA' },
    ]);

    expect(codesOf(answer)).toEqual(['INVALID_CROSS_REFERENCE_KEY', 'INVALID_CROSS_REFERENCE_KEY', 'MALFORMED_ID']);
  });

  it.each([
    { restrictsStages: false, code: undefined },
    { restrictsStages: true, code: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' },
  ])('take a stage outside their sales process unless it is restricted: $restrictsStages', async (row) => {
    sandbox.configure({ restrictsStages: row.restrictsStages });
    const RecordTypeId = sandbox.addRecordType('Opportunity', { developerName: 'Renewal', stages: ['Closed Won'] });

    const answer = await connection.create('Opportunity', [{ ...deal, RecordTypeId }]);

    expect(codesOf(answer)).toEqual([row.code]);
  });
});

describe('picklist values of a record type (User Interface API guide, Picklist Values)', () => {
  it('are the active values, of StageName those of the sales process with what they mean', async () => {
    const stages = ['Prospecting', 'Closed Won', 'Closed Lost'];
    const id = sandbox.addRecordType('Opportunity', { developerName: 'Renewal', stages });
    sandbox.changeOpportunityStage('Closed Lost', { isActive: false });

    const answer = picklistValues.parse(
      await connection.request(`/ui-api/object-info/Opportunity/picklist-values/${id}/StageName`),
    );

    expect(answer.values.map((item) => item.value)).toEqual(['Prospecting', 'Closed Won']);
    expect(answer.values[1]?.attributes).toMatchObject({ closed: true, won: true, defaultProbability: 100 });
    expect(await stagesOf(MASTER)).toHaveLength(9);
  });

  it('come for all picklists at once', async () => {
    const id = sandbox.addRecordType('Opportunity', { developerName: 'Renewal', stages: ['Prospecting'] });

    const answer = picklistCollection.parse(
      await connection.request(`/ui-api/object-info/Opportunity/picklist-values/${id}`),
    );

    expect(answer.picklistFieldValues.StageName?.values).toHaveLength(1);
    expect(Object.keys(answer.picklistFieldValues)).toEqual(expect.arrayContaining(['Type', 'LeadSource']));
  });

  it('are not there for an unknown record type, and not inside a composite call', async () => {
    const url = '/ui-api/object-info/Opportunity/picklist-values/012000000000999AAA/StageName';
    const compositeRequest = [{ method: 'GET', url: `/services/data/v67.0${url}`, referenceId: 'values' }];

    expect(await catchError(connection.request(url))).toMatchObject({ errorCode: 'NOT_FOUND' });
    const answer = compositeAnswer.parse(await connection.requestPost('/composite', { compositeRequest }));
    expect(answer.compositeResponse[0]?.httpStatusCode).toBe(400);
  });

  it('are for a record type named by the object’s info', async () => {
    const id = sandbox.addRecordType('Account', { developerName: 'Partner', isDefault: true });

    const info = await connection.request('/ui-api/object-info/Account');

    expect(info).toMatchObject({ apiName: 'Account', defaultRecordTypeId: id, recordTypeInfos: { [id]: {} } });
  });
});
