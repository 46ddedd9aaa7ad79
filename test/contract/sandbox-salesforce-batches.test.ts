import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, connect, readRows } from './sandbox-salesforce-support.ts';

const KEY = 'HubSpot_Contact_Id__c';
const V = '/services/data/v67.0';
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

function leads(count: number): { LastName: string; Company: string; [KEY]: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    LastName: `L${index}`,
    Company: 'x',
    [KEY]: String(index + 1),
  }));
}

describe('collections (REST API guide, sObject Collections)', () => {
  it('upserts 200 in one call, in order, and tells created from updated', async () => {
    const first = await connection.upsert('Lead', leads(200), KEY);
    const second = await connection.upsert('Lead', leads(2), KEY);

    expect(readRows(first).every(({ created }) => created === true)).toBe(true);
    expect(readRows(second)).toEqual(
      readRows(first)
        .slice(0, 2)
        .map(({ id }) => ({ id, created: false })),
    );
    expect(sandbox.all('Lead').map((lead) => lead[KEY])).toEqual(leads(200).map((lead) => lead[KEY]));
    expect(sandbox.countedCalls()).toBe(2);
  });

  it('answers 200 with failures inside: neighbours of a bad row are saved', async () => {
    const [a, b, c] = leads(3);

    const answer = await connection.upsert(
      'Lead',
      [{ ...a }, { ...b, Company: null }, { ...c, Nope__c: 1 }, leads(4)[3] ?? {}],
      KEY,
    );

    expect(codesOf(answer)).toEqual([undefined, 'REQUIRED_FIELD_MISSING', 'INVALID_FIELD', undefined]);
    expect(sandbox.all('Lead')).toHaveLength(2);
  });

  it('can refuse the whole call for an unknown field, as it is not established what a real org does', async () => {
    sandbox.setUnknownFieldRefusesBatch(true);
    const [a, b] = leads(2);

    const error = await catchError(connection.upsert('Lead', [{ ...a }, { ...b, Nope__c: 1 }], KEY));

    expect(error).toMatchObject({ errorCode: 'INVALID_FIELD' });
    expect(sandbox.all('Lead')).toEqual([]);
  });

  it('writes nothing of a call with a row that cannot be read', async () => {
    const [a, b] = leads(2);

    const error = await catchError(connection.upsert('Lead', [{ ...a }, { ...b, Title: 5 }], KEY));

    expect(error).toMatchObject({ errorCode: 'JSON_PARSER_ERROR' });
    expect(sandbox.all('Lead')).toEqual([]);
  });

  it('fails every row that carries a key twice in one call', async () => {
    const [a, b] = leads(2);

    const answer = await connection.upsert('Lead', [{ ...a }, { ...b }, { ...a }], KEY);

    expect(codesOf(answer)).toEqual(['DUPLICATE_VALUE', undefined, 'DUPLICATE_VALUE']);
  });

  it('fails a row whose key is ambiguous with DUPLICATE_EXTERNAL_ID', async () => {
    sandbox.addField('Lead', 'Old_Id__c', { isExternalId: true });
    sandbox.seed('Lead', [
      { LastName: 'A', Old_Id__c: '7' },
      { LastName: 'B', Old_Id__c: '7' },
    ]);

    expect(codesOf(await connection.upsert('Lead', [{ Old_Id__c: '7' }], 'Old_Id__c'))).toEqual([
      'DUPLICATE_EXTERNAL_ID',
    ]);
  });

  it('creates, updates and deletes many, each with its own result', async () => {
    const created = readRows(await connection.create('Lead', [{ LastName: 'A', Company: 'x' }, { LastName: 'B' }]));
    const id = created[0]?.id ?? '';
    const updated = await connection.update('Lead', [
      { Id: id, Title: 'CEO' },
      { Id: '00Q000000000999', Title: 'x' },
    ]);
    const deleted = await connection.destroy('Lead', [id, id.replace('00Q', 'zzz')]);

    expect(created[1]?.code).toBe('REQUIRED_FIELD_MISSING');
    expect(codesOf(updated)).toEqual([undefined, 'INVALID_CROSS_REFERENCE_KEY']);
    expect(codesOf(deleted)).toEqual([undefined, 'MALFORMED_ID']);
    expect(sandbox.get('Lead', id)).toMatchObject({ Title: 'CEO', IsDeleted: true });
  });

  it('fails an update of a deleted record, a converted lead, and an id given twice', async () => {
    const [gone = '', converted = '', twice = ''] = sandbox.seed('Lead', leads(3));
    sandbox.remove('Lead', gone);
    sandbox.convertLead(converted);

    const answer = await connection.update(
      'Lead',
      [gone, converted, twice, twice].map((Id) => ({ Id, Title: 'x' })),
    );

    expect(codesOf(answer)).toEqual([
      'ENTITY_IS_DELETED',
      'CANNOT_UPDATE_CONVERTED_LEAD',
      'DUPLICATE_VALUE',
      'DUPLICATE_VALUE',
    ]);
  });

  it('takes all back with allOrNone and marks the innocent as ALL_OR_NONE_OPERATION_ROLLED_BACK', async () => {
    const [a, b] = leads(2);

    const answer = await connection.upsert('Lead', [{ ...a }, { ...b, Company: null }], KEY, { allOrNone: true });

    expect(codesOf(answer)).toEqual(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'REQUIRED_FIELD_MISSING']);
    expect(sandbox.all('Lead', { withDeleted: true })).toEqual([]);
    expect((await connection.query(`SELECT Id FROM Lead WHERE ${KEY} = '1'`)).totalSize).toBe(0);
  });

  it('refuses over 200 rows, over 10 runs of types, and rows without a type, as a whole', async () => {
    const mixed = Array.from({ length: 11 }, (_, index) => ({
      attributes: { type: index % 2 ? 'Lead' : 'Contact' },
      LastName: 'x',
    }));

    expect(await catchError(connection.upsert('Lead', leads(201), KEY))).toMatchObject({
      errorCode: 'EXCEEDED_ID_LIMIT',
    });
    expect(await catchError(connection.requestPost('/composite/sobjects', { records: mixed }))).toMatchObject({
      errorCode: 'LIMIT_EXCEEDED',
    });
    expect(
      await catchError(connection.requestPost('/composite/sobjects', { records: [{ LastName: 'x' }] })),
    ).toMatchObject({
      errorCode: 'INVALID_INPUT',
    });
    expect(sandbox.all('Lead')).toEqual([]);
  });

  it('retrieves as many entries as ids, null for what is deleted or unknown', async () => {
    const [kept = '', gone = ''] = sandbox.seed('Lead', leads(2));
    sandbox.remove('Lead', gone);

    const answer = await connection.retrieve('Lead', [kept.slice(0, 15), gone, '00Q000000000999'], {
      fields: ['Id', KEY],
    });

    expect(answer).toEqual([
      { attributes: { type: 'Lead', url: `${V}/sobjects/Lead/${kept}` }, Id: kept, [KEY]: '1' },
      null,
      null,
    ]);
  });

  it('retrieves 2,000 by POST and refuses more', async () => {
    const ids = sandbox.seed('Lead', leads(2_001));

    expect(await connection.retrieve('Lead', ids.slice(1), { fields: ['Id'] })).toHaveLength(2_000);
    expect(await catchError(connection.retrieve('Lead', ids, { fields: ['Id'] }))).toMatchObject({
      errorCode: 'EXCEEDED_ID_LIMIT',
    });
  });
});
