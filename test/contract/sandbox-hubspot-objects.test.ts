import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk, findModelFaults, request } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;
let now = Date.parse('2026-11-22T10:00:00Z');

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({ now: () => now });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

describe('the check against the client’s models', () => {
  it('notices unknown members, absent required ones and wrong types', () => {
    const faults = findModelFaults('contacts', 'SimplePublicObject', {
      id: 1,
      createdAt: 'soon',
      properties: { email: null },
      colour: 'red',
    });

    expect(faults).toEqual([
      'SimplePublicObject.colour is unknown to the model',
      'SimplePublicObject.updatedAt is missing',
      'SimplePublicObject.createdAt is no date',
      'SimplePublicObject.id is number and not string',
    ]);
  });
});

describe('authorisation (error-handling and using-object-apis pages)', () => {
  it('refuses a wrong token with 401 INVALID_AUTHENTICATION', async () => {
    const error = await catchApiError(createSdk(sandbox, 'wrong').crm.contacts.basicApi.getPage());

    expect(error).toMatchObject({ code: 401, body: { category: 'INVALID_AUTHENTICATION' } });
  });

  it('refuses a token without the scope with 403 MISSING_SCOPES and names the scope', async () => {
    sandbox.configure({ missingScopes: ['crm.objects.contacts.write'] });

    const error = await catchApiError(
      sdk.crm.contacts.basicApi.create({ properties: { email: 'a@x.example' }, associations: [] }),
    );

    expect(error).toMatchObject({
      code: 403,
      body: {
        category: 'MISSING_SCOPES',
        errors: [{ context: { requiredGranularScopes: ['crm.objects.contacts.write'] } }],
      },
    });
  });
});

describe('one contact (contacts guide)', () => {
  it('creates with 201 in the envelope of the client, ids as text beyond 32 bits', async () => {
    const input = { properties: { email: 'Ada@X.Example', firstname: 'Ada' }, associations: [] };

    const { answer, status } = await callChecked('contacts', 'SimplePublicObject', () =>
      sdk.crm.contacts.basicApi.create(input),
    );

    expect(status).toBe(201);
    expect(Number(answer.id)).toBeGreaterThan(2 ** 31);
    expect(answer.properties.email).toBe('ada@x.example');
    expect(answer.createdAt).toBeInstanceOf(Date);
    expect(answer.archived).toBe(false);
  });

  it('answers 409 CONFLICT with the existing id for an email that is taken', async () => {
    const id = sandbox.createContact({ email: 'ada@x.example' });

    const error = await catchApiError(
      sdk.crm.contacts.basicApi.create({ properties: { email: 'ADA@x.example' }, associations: [] }),
    );

    expect(error).toMatchObject({ code: 409, body: { category: 'CONFLICT' } });
    expect(error.body.message).toMatch(new RegExp(`Existing ID: ${id}$`));
  });

  it('counts secondary emails as taken too', async () => {
    const survivor = sandbox.mergeContacts(
      sandbox.createContact({ email: 'a@x.example' }),
      sandbox.createContact({ email: 'b@x.example' }),
    );

    const error = await catchApiError(
      sdk.crm.contacts.basicApi.create({ properties: { email: 'b@x.example' }, associations: [] }),
    );

    expect(error.body.message).toBe(`Contact already exists. Existing ID: ${survivor}`);
  });

  it('needs an email, a first or a last name', async () => {
    const error = await catchApiError(
      sdk.crm.contacts.basicApi.create({ properties: { city: 'Bath' }, associations: [] }),
    );

    expect(error.code).toBe(400);
  });

  it('reads what was asked, null for empty, nothing for unknown names', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });

    const { answer } = await callChecked('contacts', 'SimplePublicObjectWithAssociations', () =>
      sdk.crm.contacts.basicApi.getById(id, ['email', 'city', 'no_such_property']),
    );

    expect(Object.keys(answer.properties).toSorted()).toEqual([
      'city',
      'createdate',
      'email',
      'hs_object_id',
      'lastmodifieddate',
    ]);
    expect(answer.properties).toMatchObject({ email: 'a@x.example', city: null, hs_object_id: id });
    expect(answer.properties.lastmodifieddate).toBe(answer.updatedAt.toISOString());
  });

  it('reads by email through idProperty', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });

    const answer = await sdk.crm.contacts.basicApi.getById(
      'a@x.example',
      ['email'],
      undefined,
      undefined,
      false,
      'email',
    );

    expect(answer.id).toBe(id);
  });

  it('answers 404 OBJECT_NOT_FOUND for what is not there or in the recycle bin', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });
    sandbox.deleteContact(id);

    expect((await catchApiError(sdk.crm.contacts.basicApi.getById('1'))).body.category).toBe('OBJECT_NOT_FOUND');
    expect((await catchApiError(sdk.crm.contacts.basicApi.getById(id))).code).toBe(404);
  });

  it('shows what is in the recycle bin when archived ones are asked for', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });
    sandbox.deleteContact(id);

    const answer = await sdk.crm.contacts.basicApi.getById(id, ['email'], undefined, undefined, true);

    expect(answer.archived).toBe(true);
    expect(answer.archivedAt).toBeInstanceOf(Date);
  });

  it('updates with PATCH, moves the modification time and answers what is stored', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', city: 'Bath' });
    now += 5000;

    const { answer } = await callChecked('contacts', 'SimplePublicObject', () =>
      sdk.crm.contacts.basicApi.update(id, { properties: { city: 'Ely' } }),
    );

    expect(answer.properties.city).toBe('Ely');
    expect(answer.updatedAt.getTime()).toBe(now);
    expect(answer.createdAt.getTime()).toBe(now - 5000);
  });

  it('clears with an empty text and then reads null', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', city: 'Bath' });

    await sdk.crm.contacts.basicApi.update(id, { properties: { city: '' } });

    const answer = await sdk.crm.contacts.basicApi.getById(id, ['city']);
    expect(answer.properties.city).toBeNull();
  });

  it('archives with 204, after which the email is free', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });

    await sdk.crm.contacts.basicApi.archive(id);

    expect(sandbox.getContact(id)?.archived).toBe(true);
    const created = await sdk.crm.contacts.basicApi.create({ properties: { email: 'a@x.example' }, associations: [] });
    expect(created.id).not.toBe(id);
  });

  it('erases with gdpr-delete and blocks the address for ever', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });

    await sdk.crm.contacts.basicApi.purge({ objectId: id });

    expect(sandbox.getContact(id)).toBeUndefined();
    const error = await catchApiError(
      sdk.crm.contacts.basicApi.create({ properties: { email: 'a@x.example' }, associations: [] }),
    );
    expect(error.code).toBe(400);
  });

  it('blocks an address that nobody carries when gdpr-delete names it', async () => {
    await sdk.crm.contacts.basicApi.purge({ objectId: 'nobody@x.example', idProperty: 'email' });

    expect(() => sandbox.createContact({ email: 'nobody@x.example' })).toThrow('GDPR');
  });
});

describe('values (properties guide, error-handling page)', () => {
  it.each([
    { property: 'no_such_property', value: 'x', code: 'PROPERTY_DOESNT_EXIST' },
    { property: 'lifecyclestage', value: 'SQL', code: 'INVALID_OPTION' },
    { property: 'hs_lead_status', value: 'new', code: 'INVALID_OPTION' },
    { property: 'email', value: 'not an address', code: 'INVALID_EMAIL' },
    { property: 'hs_email_optout', value: 'yes', code: 'INVALID_OPTION' },
    { property: 'hs_object_id', value: '1', code: 'READ_ONLY_VALUE' },
    { property: 'hubspot_owner_id', value: '9000001', code: 'INVALID_OWNER_ID' },
    { property: 'score', value: '1,000', code: 'INVALID_FLOAT' },
    { property: 'renewal', value: '2026-11-22T10:00:00Z', code: 'INVALID_DATE' },
  ])('refuses $property = $value with 400 $code', async ({ property, value, code }) => {
    sandbox.addOwner('owner@x.example');
    sandbox.properties.define('contacts', { name: 'score', type: 'number' });
    sandbox.properties.define('contacts', { name: 'renewal', type: 'date' });
    const id = sandbox.createContact({ email: 'a@x.example' });

    const error = await catchApiError(sdk.crm.contacts.basicApi.update(id, { properties: { [property]: value } }));

    expect(error).toMatchObject({
      code: 400,
      body: { category: 'VALIDATION_ERROR', errors: [{ code, context: { propertyName: [property] } }] },
    });
    expect(error.body.message).toContain(`"error":"${code}"`);
  });

  it('stores nothing of a write that has one bad value', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', city: 'Bath' });

    await catchApiError(sdk.crm.contacts.basicApi.update(id, { properties: { city: 'Ely', lifecyclestage: 'SQL' } }));

    expect(sandbox.getContact(id)?.properties.city).toBe('Bath');
  });

  it('adds to a multiple choice with a leading semicolon', async () => {
    const options = ['a', 'b', 'c'].map((value) => ({ value }));
    sandbox.properties.define('contacts', { name: 'topics', type: 'enumeration', fieldType: 'checkbox', options });
    const id = sandbox.createContact({ email: 'a@x.example', topics: 'a;b' });

    await sdk.crm.contacts.basicApi.update(id, { properties: { topics: ';c' } });

    expect(sandbox.getContact(id)?.properties.topics).toBe('a;b;c');
  });

  it('answers instants as ISO text however they came', async () => {
    sandbox.properties.define('contacts', { name: 'met_at', type: 'datetime' });
    const id = sandbox.createContact({ email: 'a@x.example', met_at: String(Date.parse('2026-11-22T10:00:00Z')) });

    const answer = await sdk.crm.contacts.basicApi.getById(id, ['met_at']);

    expect(answer.properties.met_at).toBe('2026-11-22T10:00:00.000Z');
  });
});

describe('list (using-object-apis page)', () => {
  it('walks all contacts by id, `after` being the id of the next one', async () => {
    const ids = sandbox.seedContacts(Array.from({ length: 250 }, (_, index) => ({ email: `p${index}@x.example` })));

    const first = await callChecked(
      'contacts',
      'CollectionResponseSimplePublicObjectWithAssociationsForwardPaging',
      () => sdk.crm.contacts.basicApi.getPage(100, undefined, ['email']),
    );

    expect(first.answer.paging?.next?.after).toBe(ids[100]);
    const all = await sdk.crm.contacts.getAll(100, undefined, ['email']);
    expect(all.map((contact) => contact.id)).toEqual(ids);
  });

  it('gives ten a page when nothing is said, and refuses more than 100, or 50 with history', async () => {
    sandbox.seedContacts(Array.from({ length: 11 }, (_, index) => ({ email: `p${index}@x.example` })));

    expect((await sdk.crm.contacts.basicApi.getPage()).results).toHaveLength(10);
    expect((await catchApiError(sdk.crm.contacts.basicApi.getPage(101))).code).toBe(400);
    expect((await catchApiError(sdk.crm.contacts.basicApi.getPage(51, undefined, [], ['email']))).code).toBe(400);
  });

  it('leaves out the recycle bin, or lists nothing else', async () => {
    const kept = sandbox.createContact({ email: 'a@x.example' });
    const gone = sandbox.createContact({ email: 'b@x.example' });
    sandbox.deleteContact(gone);

    expect((await sdk.crm.contacts.basicApi.getPage()).results.map(({ id }) => id)).toEqual([kept]);
    const binned = await sdk.crm.contacts.basicApi.getPage(10, undefined, undefined, undefined, undefined, true);
    expect(binned.results.map(({ id }) => id)).toEqual([gone]);
  });
});

describe('property history (contacts specification)', () => {
  it('tells every value newest first, with its source, and clearing as an empty text', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', city: 'Bath' });
    now += 1000;
    await sdk.crm.contacts.basicApi.update(id, { properties: { city: 'Ely' } });
    now += 1000;
    sandbox.editContact(id, { city: '' }, { changeSource: 'SALESFORCE' });

    const { answer } = await callChecked('contacts', 'SimplePublicObjectWithAssociations', () =>
      sdk.crm.contacts.basicApi.getById(id, [], ['city']),
    );

    const entries = answer.propertiesWithHistory?.city?.map(({ value, sourceType, sourceId }) => [
      value,
      sourceType,
      sourceId,
    ]);
    expect(entries).toEqual([
      ['', 'SALESFORCE', undefined],
      ['Ely', 'INTEGRATION', String(sandbox.appId)],
      ['Bath', 'CRM_UI', 'userId:9000001'],
    ]);
    expect(answer.propertiesWithHistory?.city?.[0]?.timestamp.getTime()).toBe(now);
  });
});

describe('companies and deals (their guides)', () => {
  it('keeps ids unique within a type only, and companies without an email rule', async () => {
    const contact = sandbox.createContact({ email: 'a@x.example' });
    const one = await sdk.crm.companies.basicApi.create({ properties: { domain: 'x.example' }, associations: [] });
    const two = await sdk.crm.companies.basicApi.create({ properties: { domain: 'x.example' }, associations: [] });

    expect(one.id).toBe(contact);
    expect(two.id).not.toBe(one.id);
    expect(one.properties).toHaveProperty('hs_lastmodifieddate');
  });

  it('puts a deal into the default pipeline and refuses a stage that is not in it', async () => {
    const deal = await sdk.crm.deals.basicApi.create({
      properties: { dealname: 'D', dealstage: 'closedwon' },
      associations: [],
    });
    const error = await catchApiError(
      sdk.crm.deals.basicApi.create({ properties: { dealname: 'D', dealstage: '12' }, associations: [] }),
    );

    expect((await sdk.crm.deals.basicApi.getById(deal.id)).properties).toMatchObject({
      pipeline: 'default',
      dealstage: 'closedwon',
    });
    expect(error.code).toBe(400);
  });
});

describe('dated paths (versioning page, one table in the sandbox)', () => {
  it.each(['contacts', '0-1', 'contact'])('answers /crm/objects/2026-03/%s as it does v3', async (name) => {
    const id = sandbox.createContact({ email: 'a@x.example' });

    const dated = await request(sandbox, 'GET', `/crm/objects/2026-03/${name}/${id}`);

    expect(dated).toEqual(await request(sandbox, 'GET', `/crm/v3/objects/contacts/${id}`));
    expect(dated.status).toBe(200);
  });

  it('answers 404 for a path HubSpot does not have', async () => {
    expect((await request(sandbox, 'GET', '/crm/v3/objects/unicorns')).status).toBe(404);
    expect((await request(sandbox, 'GET', '/crm/v3/nothing')).status).toBe(404);
  });
});
