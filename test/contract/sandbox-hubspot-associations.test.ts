import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk, request, toSpecs } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let contact: string;
let company: string;
let deal: string;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({ portalId: 4321 });
  sdk = createSdk(sandbox);
  contact = sandbox.createContact({ email: 'a@x.example' });
  company = sandbox.createCompany({ name: 'X' });
  deal = sandbox.createDeal({ dealname: 'D', dealstage: 'qualifiedtobuy' });
});
afterEach(() => sandbox.close());

const batch = () => sdk.crm.associations.v4.batchApi;
const idOf = (type: string) => ({ contacts: contact, companies: company, deals: deal })[type] ?? '';
const typesBetween = (from: 'contacts' | 'companies' | 'deals', to: 'contacts' | 'companies' | 'deals') =>
  sandbox.getAssociations({ type: from, id: idOf(from) }, to).map(({ types }) => types.map(({ typeId }) => typeId));

async function associate(from: string, to: string, typeIds: number[], own: number[] = [], fromId = idOf(from)) {
  return batch().create(from, to, {
    inputs: [{ _from: { id: fromId }, to: { id: idOf(to) }, types: toSpecs(typeIds, own) }],
  });
}

describe('numbers of associations belong to one direction (associations guide)', () => {
  it.each([
    { from: 'deals', to: 'contacts', written: 3, seen: [3], back: [4] },
    { from: 'contacts', to: 'deals', written: 4, seen: [4], back: [3] },
    { from: 'deals', to: 'companies', written: 341, seen: [341], back: [342] },
    { from: 'deals', to: 'companies', written: 5, seen: [341, 5], back: [342, 6] },
    { from: 'companies', to: 'deals', written: 6, seen: [342, 6], back: [341, 5] },
    { from: 'contacts', to: 'companies', written: 279, seen: [279], back: [280] },
    { from: 'contacts', to: 'companies', written: 1, seen: [279, 1], back: [280, 2] },
    { from: 'companies', to: 'contacts', written: 2, seen: [280, 2], back: [279, 1] },
  ] as const)('$written from $from to $to reads $seen there and $back on the way back', async (row) => {
    const { status } = await callChecked('associations/v4', 'BatchResponseLabelsBetweenObjectPair', () =>
      associate(row.from, row.to, [row.written]),
    );

    expect(status).toBe(201);
    expect([typesBetween(row.from, row.to), typesBetween(row.to, row.from)]).toEqual([[row.seen], [row.back]]);
  });

  it.each([
    { from: 'deals', to: 'companies', typeId: 1, as: 'CONTACT' },
    { from: 'contacts', to: 'companies', typeId: 280, as: 'COMPANY' },
    { from: 'deals', to: 'contacts', typeId: 4, as: 'CONTACT' },
  ])('refuses $typeId from $from to $to with 400 and writes nothing', async ({ from, to, typeId, as }) => {
    const error = await catchApiError(associate(from, to, [typeId]));

    expect(error).toMatchObject({
      code: 400,
      body: {
        category: 'VALIDATION_ERROR',
        message: 'One or more associations are invalid',
        context: { INVALID_OBJECT_IDS: [`${as}=${idOf(from)} is not valid`] },
      },
    });
    expect(sandbox.webhookJournal.filter(({ subscriptionType }) => subscriptionType.includes('assoc'))).toEqual([]);
  });

  it('refuses a number under the wrong category, and one nobody defined', async () => {
    const { typeId } = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' });

    expect((await catchApiError(associate('deals', 'contacts', [], [3]))).code).toBe(400);
    expect((await catchApiError(associate('deals', 'contacts', [999]))).code).toBe(400);
    await associate('deals', 'contacts', [], [typeId]);
    expect(typesBetween('deals', 'contacts')).toEqual([[3, typeId]]);
  });

  it('refuses records that are not there, binned or merged away, and then writes none of the batch', async () => {
    const binned = sandbox.createContact({ email: 'b@x.example' });
    sandbox.deleteContact(binned);
    const merged = sandbox.createContact({ email: 'c@x.example' });
    sandbox.mergeContacts(sandbox.createContact({ email: 'd@x.example' }), merged);

    for (const id of ['77', binned, merged]) {
      const call = batch().create('deals', 'contacts', {
        inputs: [contact, id].map((toId) => ({ _from: { id: deal }, to: { id: toId }, types: toSpecs([3]) })),
      });
      expect(await catchApiError(call)).toMatchObject({ code: 400, body: { context: { objectId: [id] } } });
    }
    expect(typesBetween('deals', 'contacts')).toEqual([]);
  });
});

describe('what a read tells (associations guide)', () => {
  it('names category, number and label of every type, with the numbers of ids as numbers', async () => {
    const { typeId } = sandbox.defineAssociationLabel('contacts', 'companies', {
      label: 'Billing contact',
      inverseLabel: 'Billed company',
    });
    await associate('contacts', 'companies', [1], [typeId]);

    const { json, status } = await request(sandbox, 'POST', '/crm/v4/associations/contacts/companies/batch/read', {
      inputs: [{ id: contact }],
    });
    const back = await batch().getPage('companies', 'contacts', { inputs: [{ id: company }] });

    expect(status).toBe(200);
    expect(json).toMatchObject({
      results: [
        {
          from: { id: contact },
          to: [
            {
              toObjectId: Number(company),
              associationTypes: [
                { category: 'HUBSPOT_DEFINED', typeId: 279, label: null },
                { category: 'HUBSPOT_DEFINED', typeId: 1, label: 'Primary' },
                { category: 'USER_DEFINED', typeId, label: 'Billing contact' },
              ],
            },
          ],
        },
      ],
    });
    expect(back.results[0]?.to[0]?.associationTypes.map(({ category, label }) => [category, label])).toEqual([
      ['HUBSPOT_DEFINED', null],
      ['HUBSPOT_DEFINED', 'Contact with Primary Company'],
      ['USER_DEFINED', 'Billed company'],
    ]);
  });

  it('pages the associations of one record; `after` goes back into that input', async () => {
    sandbox.configure({ associationPageSize: 2 });
    const contacts = sandbox.seedContacts(Array.from({ length: 5 }, (_, place) => ({ email: `p${place}@x.example` })));
    sandbox.seedAssociations(
      contacts.map((id) => ({ from: { type: 'deals', id: deal } as const, to: { type: 'contacts', id } as const })),
    );
    const seen: string[] = [];

    let after: string | undefined;
    let calls = 0;
    do {
      const { results } = await batch().getPage('deals', 'contacts', { inputs: [{ id: deal, after }] });
      seen.push(...(results[0]?.to.map(({ toObjectId }) => String(toObjectId)) ?? []));
      after = results[0]?.paging?.next?.after;
      calls += 1;
    } while (after !== undefined);

    expect([calls, seen]).toEqual([3, contacts]);
  });

  it('pages the list of one record too', async () => {
    const contacts = sandbox.seedContacts(Array.from({ length: 3 }, (_, place) => ({ email: `p${place}@x.example` })));
    sandbox.seedAssociations(
      contacts.map((id) => ({ from: { type: 'deals', id: deal } as const, to: { type: 'contacts', id } as const })),
    );
    const { basicApi } = sdk.crm.associations.v4;

    const first = await basicApi.getPage('deals', deal, 'contacts', undefined, 2);
    const second = await basicApi.getPage('deals', deal, 'contacts', first.paging?.next?.after, 2);

    expect([first.results.length, second.results.length, second.paging]).toEqual([2, 1, undefined]);
  });

  it.each([
    { call: 'read', size: 1001 },
    { call: 'create', size: 2001 },
  ])('takes at most so many inputs in $call: $size are refused', async ({ call, size }) => {
    const input = call === 'read' ? { id: '1' } : { from: { id: '1' }, to: { id: '2' }, types: toSpecs([3]) };
    const path = `/crm/v4/associations/deals/contacts/batch/${call}`;

    const { status } = await request(sandbox, 'POST', path, { inputs: Array.from({ length: size }, () => input) });

    expect(status).toBe(400);
  });

  it('hides what is in the recycle bin, shows it again when restored, and forgets what was erased', async () => {
    await associate('deals', 'contacts', [3]);

    sandbox.deleteContact(contact);
    const whileBinned = typesBetween('deals', 'contacts');
    const answer = await batch().getPage('deals', 'contacts', { inputs: [{ id: deal }] });
    sandbox.restoreContact(contact);
    const restored = typesBetween('deals', 'contacts');
    sandbox.privacyDelete(contact);

    expect([whileBinned, restored, typesBetween('deals', 'contacts')]).toEqual([[], [[3]], []]);
    expect(answer).toMatchObject({ results: [], numErrors: 1 });
  });
});

describe('labels replace (associations guide)', () => {
  it('replaces the labels of the pair by what is sent; all must be sent to keep them', async () => {
    const one = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' }).typeId;
    const two = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Champion' }).typeId;

    await associate('deals', 'contacts', [], [one]);
    await associate('deals', 'contacts', [], [two]);
    const replaced = typesBetween('deals', 'contacts');
    await associate('deals', 'contacts', [3], [one, two]);

    expect([replaced, typesBetween('deals', 'contacts')]).toEqual([[[3, two]], [[3, one, two]]]);
  });

  it('takes single labels away with labels/archive, and everything with the unlabelled one', async () => {
    const one = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' }).typeId;
    const two = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Champion' }).typeId;
    await associate('deals', 'contacts', [], [one, two]);
    const remove = (typeIds: number[], own: number[]) =>
      batch().archiveLabels('deals', 'contacts', {
        inputs: [{ _from: { id: deal }, to: { id: contact }, types: toSpecs(typeIds, own) }],
      });

    await remove([], [one]);
    const left = typesBetween('deals', 'contacts');
    await remove([3], []);

    expect([left, typesBetween('deals', 'contacts'), typesBetween('contacts', 'deals')]).toEqual([[[3, two]], [], []]);
  });

  it('archives whole associations, one from and many to, and those that are not there', async () => {
    await associate('deals', 'contacts', [3]);
    const archive = () =>
      batch().archive('deals', 'contacts', { inputs: [{ _from: { id: deal }, to: [{ id: contact }, { id: '77' }] }] });

    await archive();
    await archive();

    expect(typesBetween('contacts', 'deals')).toEqual([]);
  });

  it('links by default without touching labels, one pair or many', async () => {
    const one = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' }).typeId;
    await associate('deals', 'contacts', [], [one]);

    const { answer } = await callChecked('associations/v4', 'BatchResponsePublicDefaultAssociation', () =>
      sdk.crm.associations.v4.basicApi.createDefault('deals', deal, 'contacts', contact),
    );
    await callChecked('associations/v4', 'BatchResponsePublicDefaultAssociation', () =>
      batch().createDefault('deals', 'companies', { inputs: [{ _from: { id: deal }, to: { id: company } }] }),
    );

    expect(answer.results.map(({ associationSpec }) => associationSpec.associationTypeId)).toEqual([3, 4]);
    expect([typesBetween('deals', 'contacts'), typesBetween('deals', 'companies')]).toEqual([[[3, one]], [[341]]]);
  });

  it('deletes one pair with DELETE', async () => {
    await associate('deals', 'contacts', [3]);

    await sdk.crm.associations.v4.basicApi.archive('deals', deal, 'contacts', contact);

    expect(typesBetween('deals', 'contacts')).toEqual([]);
  });
});

describe('the definitions (associations schema guide)', () => {
  it.each([
    ['/crm/v4/associations/deals/contacts/labels'],
    ['/crm/associations/v4/deals/contacts/labels'],
    ['/crm/associations/2026-03/0-3/0-1/labels'],
  ])('%s lists the types of one direction', async (path) => {
    const { typeId } = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' });

    expect((await request(sandbox, 'GET', path)).json).toEqual({
      results: [
        { category: 'HUBSPOT_DEFINED', typeId: 3, label: null },
        { category: 'USER_DEFINED', typeId, label: 'Decision maker' },
      ],
    });
  });

  it('makes labels with a number per direction, renames and deletes them', async () => {
    const { definitionsApi } = sdk.crm.associations.v4.schema;
    const { answer } = await callChecked(
      'associations/v4/schema',
      'CollectionResponseAssociationSpecWithLabelNoPaging',
      () =>
        definitionsApi.create('deals', 'contacts', { label: 'Buyer', name: 'buyer', inverseLabel: 'Bought by them' }),
    );
    const [there, back] = answer.results.map(({ typeId }) => typeId);
    await associate('deals', 'contacts', [], [there ?? 0]);

    await definitionsApi.update('deals', 'contacts', { associationTypeId: there ?? 0, label: 'Payer' });
    const renamed = sandbox.getAssociations({ type: 'deals', id: deal }, 'contacts')[0]?.types.at(-1)?.label;
    await definitionsApi.remove('deals', 'contacts', there ?? 0);

    expect(back).not.toBe(there);
    expect(renamed).toBe('Payer');
    expect(typesBetween('deals', 'contacts')).toEqual([[3]]);
    expect((await definitionsApi.getAll('contacts', 'deals')).results.map(({ typeId }) => typeId)).toEqual([4]);
  });

  it('allows ten labels per pair of objects', async () => {
    for (let count = 0; count < 10; count += 1)
      sandbox.defineAssociationLabel('deals', 'contacts', { label: `Role ${count}` });

    const eleventh = sdk.crm.associations.v4.schema.definitionsApi.create('deals', 'contacts', {
      label: 'Role 10',
      name: 'role_10',
    });

    expect((await catchApiError(eleventh)).code).toBe(400);
  });
});

describe('records born with associations (associations overview)', () => {
  it('links a new deal to its contact under a label and to its primary company', async () => {
    const { typeId } = sandbox.defineAssociationLabel('deals', 'contacts', { label: 'Decision maker' });
    const created = await sdk.crm.deals.basicApi.create({
      properties: { dealname: 'New', dealstage: 'qualifiedtobuy' },
      associations: [
        { to: { id: contact }, types: toSpecs([], [typeId]) },
        { to: { id: company }, types: toSpecs([5]) },
      ],
    });

    deal = created.id;
    expect([typesBetween('deals', 'contacts'), typesBetween('deals', 'companies')]).toEqual([
      [[3, typeId]],
      [[341, 5]],
    ]);
  });

  it('makes no record when an association is invalid, alone or in a batch', async () => {
    const input = (toId: string) => ({
      properties: { dealname: 'New', dealstage: 'qualifiedtobuy' },
      associations: [{ to: { id: toId }, types: toSpecs([3]) }],
    });

    const alone = await catchApiError(sdk.crm.deals.basicApi.create(input('77')));
    const many = await catchApiError(sdk.crm.deals.batchApi.create({ inputs: [input(contact), input('77')] }));

    expect([alone.code, many.code, sandbox.deals().length]).toEqual([400, 400, 1]);
  });
});
