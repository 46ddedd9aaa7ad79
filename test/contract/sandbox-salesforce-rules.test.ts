import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, connect, NO_ASSIGNMENT } from './sandbox-salesforce-support.ts';

const ALLOW_SAVE = {
  'Sforce-Duplicate-Rule-Header': 'allowSave=true; includeRecordDetails=false; runAsCurrentUser=false',
};
const lead = { LastName: 'Ada', Company: 'Alpha', Email: 'ada@x.example' };
let now = Date.parse('2026-11-22T10:00:00Z');
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

describe('assignment rules (REST API guide, Assignment Rule Header; help 000395506; trap T7)', () => {
  it.each([
    { headers: undefined, owner: 'queue' },
    { headers: { 'Sforce-Auto-Assign': 'TRUE' }, owner: 'queue' },
    { headers: NO_ASSIGNMENT, owner: 'us' },
  ])('a lead created with $headers belongs to: $owner', async ({ headers, owner }) => {
    await connection.create('Lead', lead, headers === undefined ? {} : { headers });

    expect(sandbox.all('Lead')[0]?.OwnerId).toBe(owner === 'us' ? sandbox.runAsUserId : sandbox.leadQueueId);
  });

  it('reassigns on a harmless update too, unless the header says FALSE', async () => {
    const [id = ''] = sandbox.seed('Lead', [{ ...lead, OwnerId: sandbox.userId }]);

    await connection.update('Lead', { Id: id, Title: 'CEO' }, { headers: NO_ASSIGNMENT });
    const kept = sandbox.get('Lead', id)?.OwnerId;
    await connection.update('Lead', { Id: id, Title: 'CTO' });

    expect([kept, sandbox.get('Lead', id)?.OwnerId]).toEqual([sandbox.userId, sandbox.leadQueueId]);
  });

  it('does nothing where no rule is active', async () => {
    sandbox.setLeadAssignment(undefined);

    await connection.create('Lead', lead);

    expect(sandbox.all('Lead')[0]?.OwnerId).toBe(sandbox.runAsUserId);
  });
});

describe('validation rules (error FIELD_CUSTOM_VALIDATION_EXCEPTION)', () => {
  it('refuses with the message of the rule, at its field or at none, until the rule is taken away', async () => {
    const takeAway = sandbox.addValidationRule({
      object: 'Lead',
      when: { Country: null },
      message: 'Country is needed',
      field: 'Country',
    });
    sandbox.addValidationRule({ object: 'Lead', when: (record) => record.Title === 'CEO', message: 'No CEOs' });

    const refused = await connection.create('Lead', [
      lead,
      { ...lead, Country: 'DE', Title: 'CEO' },
      { ...lead, Country: 'DE' },
    ]);
    takeAway();

    expect(refused).toMatchObject([
      {
        success: false,
        errors: [
          { statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Country is needed', fields: ['Country'] },
        ],
      },
      { success: false, errors: [{ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'No CEOs', fields: [] }] },
      { success: true },
    ]);
    expect(codesOf(await connection.create('Lead', [lead]))).toEqual([undefined]);
  });

  it('stops a person in the browser as well', () => {
    sandbox.addValidationRule({ object: 'Lead', when: { Country: null }, message: 'Country is needed' });

    expect(() => sandbox.create('Lead', lead)).toThrow('FIELD_CUSTOM_VALIDATION_EXCEPTION');
  });
});

describe('duplicate rules (REST API guide, Duplicate Rules Header; trap T8)', () => {
  it.each([
    { action: 'alert', headers: undefined, saves: false },
    { action: 'alert', headers: ALLOW_SAVE, saves: true },
    { action: 'block', headers: undefined, saves: false },
    { action: 'block', headers: ALLOW_SAVE, saves: false },
  ] as const)('$action with $headers: saves $saves', async ({ action, headers, saves }) => {
    sandbox.addDuplicateRule({ object: 'Lead', action, match: 'email' });
    sandbox.seed('Lead', [{ ...lead, Email: 'ADA@x.example' }]);

    const answer = await connection.create('Lead', [{ ...lead }], headers === undefined ? {} : { headers });

    expect(codesOf(answer)).toEqual([saves ? undefined : 'DUPLICATES_DETECTED']);
  });

  it('carries the matches of a single record under the misspelt key duplicateResut', async () => {
    sandbox.addDuplicateRule({ object: 'Contact', action: 'alert', match: 'email', against: ['Contact', 'Lead'] });
    const [id] = sandbox.seed('Lead', [lead]);

    const error = await catchError(connection.create('Contact', { LastName: 'Ada', Email: 'ada@x.example' }));

    expect(error).toMatchObject({
      errorCode: 'DUPLICATES_DETECTED',
      data: {
        duplicateResut: {
          allowSave: true,
          duplicateRuleEntityType: 'Contact',
          matchResults: [{ entityType: 'Lead', matchRecords: [{ record: { Id: id } }], success: true }],
        },
      },
    });
  });

  it('matches by last name and company, and lets an update pass that does not touch them', async () => {
    const [, second = ''] = sandbox.seed('Lead', [lead, { ...lead, Email: 'b@x.example' }]);
    sandbox.addDuplicateRule({ object: 'Lead', action: 'block', match: 'last-name-and-company' });

    const created = await connection.create('Lead', [
      { LastName: 'ada', Company: 'ALPHA' },
      { LastName: 'Ada', Company: 'Beta' },
    ]);
    const updated = await connection.update('Lead', [{ Id: second, Title: 'CEO' }]);

    expect(codesOf(created)).toEqual(['DUPLICATES_DETECTED', undefined]);
    expect(codesOf(updated)).toEqual([undefined]);
  });
});

describe('locks (error UNABLE_TO_LOCK_ROW)', () => {
  it('fails the next writes on a record, and on the contacts of a locked account', async () => {
    const [account = ''] = sandbox.seed('Account', [{ Name: 'Alpha' }]);
    const [one = '', other = ''] = sandbox.seed('Contact', [{ LastName: 'A', AccountId: account }, { LastName: 'B' }]);
    sandbox.lock(account);
    sandbox.lock(other, 2);
    const write = () =>
      connection.update('Contact', [
        { Id: one, Title: 'x' },
        { Id: other, Title: 'x' },
      ]);

    expect(codesOf(await write())).toEqual(['UNABLE_TO_LOCK_ROW', 'UNABLE_TO_LOCK_ROW']);
    expect(codesOf(await write())).toEqual([undefined, 'UNABLE_TO_LOCK_ROW']);
    expect(codesOf(await write())).toEqual([undefined, undefined]);
  });
});
