import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeId, normaliseId, toId18 } from '../../src/sandbox/salesforce/ids.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, connect } from './sandbox-salesforce-support.ts';

const KEY = 'HubSpot_Contact_Id__c';
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox({ withHandoffFields: false });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

function customField(type: string) {
  return {
    fullName: `${type}.${KEY}`,
    label: 'HubSpot contact id',
    type: 'Text',
    length: 32,
    externalId: true,
    unique: true,
  };
}

async function grant(fields: string[]): Promise<void> {
  const fieldPermissions = fields.map((field) => ({ field, readable: true, editable: true }));
  await connection.metadata.upsert('PermissionSet', {
    fullName: 'Handoff',
    label: 'Handoff',
    fieldPermissions,
  } as never);
}

async function assign(): Promise<void> {
  const { records } = await connection.query("SELECT Id FROM PermissionSet WHERE Name = 'Handoff'");
  const PermissionSetId = String(records[0]?.Id);
  await connection.create('PermissionSetAssignment', { PermissionSetId, AssigneeId: sandbox.runAsUserId });
}

async function describedFields(type: string): Promise<string[]> {
  return (await connection.describe(type)).fields.map(({ name }) => name);
}

describe('custom fields by metadata (Metadata API guide, upsertMetadata; trap T15)', () => {
  it('is not there on a fresh org', async () => {
    expect(await describedFields('Lead')).not.toContain(KEY);
    expect(await connection.metadata.read('CustomField', `Lead.${KEY}`)).not.toHaveProperty('fullName');
  });

  it('makes and repeats, and tells which', async () => {
    const first = await connection.metadata.upsert('CustomField', [
      customField('Lead'),
      customField('Contact'),
    ] as never);
    const second = await connection.metadata.upsert('CustomField', customField('Lead') as never);
    const third = await connection.metadata.create('CustomField', customField('Lead') as never);

    expect(first).toMatchObject([
      { fullName: `Lead.${KEY}`, success: true, created: true, errors: [] },
      { fullName: `Contact.${KEY}`, success: true, created: true, errors: [] },
    ]);
    expect(second).toMatchObject({ success: true, created: false });
    expect(third).toMatchObject({ success: false, errors: [{ statusCode: 'DUPLICATE_DEVELOPER_NAME' }] });
    expect(await connection.metadata.read('CustomField', `Lead.${KEY}`)).toMatchObject({
      length: 32,
      externalId: true,
      unique: true,
    });
  });

  it('keeps a new field invisible until a permission set grants it and is assigned to the user', async () => {
    await connection.metadata.upsert('CustomField', customField('Lead') as never);
    const made = await describedFields('Lead');
    await grant([`Lead.${KEY}`]);
    const granted = await describedFields('Lead');
    await assign();

    expect([made.includes(KEY), granted.includes(KEY)]).toEqual([false, false]);
    expect(await describedFields('Lead')).toContain(KEY);
    expect(await connection.upsert('Lead', { [KEY]: '1', LastName: 'A', Company: 'x' }, KEY)).toMatchObject({
      created: true,
    });
  });

  it('grants by a row of FieldPermissions too, and refuses to assign a set twice', async () => {
    await connection.metadata.upsert('CustomField', customField('Lead') as never);
    await grant([]);
    await assign();
    const { records } = await connection.query("SELECT Id FROM PermissionSet WHERE Name = 'Handoff'");
    const row = { ParentId: String(records[0]?.Id), SobjectType: 'Lead', Field: `Lead.${KEY}`, PermissionsRead: true };

    await connection.create('FieldPermissions', row);

    const field = (await connection.describe('Lead')).fields.find(({ name }) => name === KEY);
    expect(field).toMatchObject({ createable: false, updateable: false });
    expect(await catchError(assign())).toMatchObject({ errorCode: 'DUPLICATE_VALUE' });
    expect(await catchError(connection.create('Lead', { LastName: 'A', Company: 'x', [KEY]: '1' }))).toMatchObject({
      errorCode: 'INVALID_FIELD_FOR_INSERT_UPDATE',
    });
  });

  it('replaces the field permissions of a set as a whole', async () => {
    await connection.metadata.upsert('CustomField', [customField('Lead'), customField('Contact')] as never);
    await grant([`Lead.${KEY}`]);
    await assign();
    await grant([`Contact.${KEY}`]);

    expect([(await describedFields('Lead')).includes(KEY), (await describedFields('Contact')).includes(KEY)]).toEqual([
      false,
      true,
    ]);
    expect(await connection.metadata.read('PermissionSet', 'Handoff')).toMatchObject({
      fieldPermissions: [{ field: `Contact.${KEY}` }],
    });
  });

  it.each([
    { component: { ...customField('Lead'), length: undefined }, code: 'FIELD_INTEGRITY_EXCEPTION' },
    { component: { ...customField('Lead'), label: undefined }, code: 'FIELD_INTEGRITY_EXCEPTION' },
    { component: { ...customField('Nothing') }, code: 'INVALID_CROSS_REFERENCE_KEY' },
  ])('refuses $component with $code', async ({ component, code }) => {
    const answer = await connection.metadata.upsert('CustomField', JSON.parse(JSON.stringify(component)));

    expect(answer).toMatchObject({ success: false, errors: [{ statusCode: code }] });
  });

  it('refuses a grant on a required field and on an unknown one', async () => {
    const set = (field: string) => ({
      fullName: 'Handoff',
      label: 'H',
      fieldPermissions: [{ field, readable: true, editable: true }],
    });

    const required = await connection.metadata.upsert('PermissionSet', set('Lead.LastName') as never);
    const unknown = await connection.metadata.upsert('PermissionSet', set('Lead.Nope__c') as never);

    expect(required).toMatchObject({ success: false, errors: [{ statusCode: 'FIELD_INTEGRITY_EXCEPTION' }] });
    expect(unknown).toMatchObject({ success: false, errors: [{ statusCode: 'INVALID_CROSS_REFERENCE_KEY' }] });
  });
});

describe('lead conversion settings (Metadata API guide, LeadConvertSettings)', () => {
  it('maps our id to the contact once written, and a later write that leaves it out drops it', async () => {
    for (const type of ['Lead', 'Contact']) sandbox.addField(type, KEY, { isExternalId: true, isUnique: true });
    const [first = '', second = ''] = sandbox.seed('Lead', [
      { LastName: 'A', Company: 'x', [KEY]: '1' },
      { LastName: 'B', Company: 'x', [KEY]: '2' },
    ]);
    const mappingFields = [{ inputField: KEY, outputField: KEY }];
    const objectMapping = [{ inputObject: 'Lead', outputObject: 'Contact', mappingFields }];

    const saved = await connection.metadata.upsert('LeadConvertSettings', {
      fullName: 'LeadConvert',
      objectMapping,
    } as never);
    const read = await connection.metadata.read('LeadConvertSettings', 'LeadConvert');
    const mapped = sandbox.convertLead(first);
    await connection.metadata.update('LeadConvertSettings', { fullName: 'LeadConvert', objectMapping: [] } as never);
    const unmapped = sandbox.convertLead(second);

    expect(saved).toMatchObject({ success: true });
    expect(read).toMatchObject({ objectMapping });
    expect(sandbox.get('Contact', mapped.contactId)?.[KEY]).toBe('1');
    expect(sandbox.get('Contact', unmapped.contactId)?.[KEY] ?? null).toBeNull();
  });
});

describe('rights and sessions', () => {
  it('refuses a user without the metadata right, and the assignment of permission sets too', async () => {
    sandbox.setCanModifyMetadata(false);
    const [PermissionSetId = ''] = sandbox.seed('PermissionSet', [{ Name: 'Lent' }]);

    expect(await catchError(connection.metadata.upsert('CustomField', customField('Lead') as never))).toMatchObject({
      errorCode: 'sf:INSUFFICIENT_ACCESS',
    });
    expect(
      await catchError(
        connection.create('PermissionSetAssignment', { PermissionSetId, AssigneeId: sandbox.runAsUserId }),
      ),
    ).toMatchObject({ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY' });
  });

  it('answers an ended session as a SOAP fault with 500, which the client takes for a refresh', async () => {
    const { accessToken } = connection;
    sandbox.expireSessions();
    const envelope = `<Envelope><Header><SessionHeader><sessionId>${accessToken}</sessionId></SessionHeader></Header><Body><readMetadata/></Body></Envelope>`;

    const answer = await fetch(`${sandbox.url}/services/Soap/m/67.0`, { method: 'POST', body: envelope });

    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(/<faultcode>[a-zA-Z]+:INVALID_SESSION_ID<\/faultcode>/);
  });
});

describe('ids (Salesforce help, ID Field Type)', () => {
  it.each([
    { short: '001D000000IRt53', long: '001D000000IRt53IAD' },
    { short: '00D000000000062', long: '00D000000000062EAA' },
    { short: '003xx000004TmiU', long: '003xx000004TmiUAAS' },
  ])('$short is $long in the long form', ({ short, long }) => {
    expect(toId18(short)).toBe(long);
    expect(normaliseId(long)).toBe(long);
    expect(normaliseId(short)).toBe(long);
  });

  it('counts up through digits, upper and lower case without repeating', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => makeId('00Q', index + 1));

    expect(new Set(ids.map((id) => id.toLowerCase())).size).toBe(5_000);
    expect(normaliseId('not an id')).toBeUndefined();
  });
});
