import { AssociationSpecAssociationCategoryEnum } from '@hubspot/api-client/lib/codegen/crm/associations/v4/models/AssociationSpec.js';
import {
  PropertyCreateFieldTypeEnum,
  PropertyCreateTypeEnum,
} from '@hubspot/api-client/lib/codegen/crm/properties/models/PropertyCreate.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk, request } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({ portalId: 4321 });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

const personId = {
  name: 'salesforce_person_id',
  label: 'Salesforce person',
  type: PropertyCreateTypeEnum.String,
  fieldType: PropertyCreateFieldTypeEnum.Text,
  groupName: 'contactinformation',
  hasUniqueValue: true,
};

describe('properties (properties guide)', () => {
  it('lists definitions with the lifecycle stages in order', async () => {
    const { answer } = await callChecked('properties', 'CollectionResponsePropertyNoPaging', () =>
      sdk.crm.properties.coreApi.getAll('contacts'),
    );

    const stages = answer.results.find(({ name }) => name === 'lifecyclestage')?.options.map(({ value }) => value);
    expect(stages).toEqual([
      'subscriber',
      'lead',
      'marketingqualifiedlead',
      'salesqualifiedlead',
      'opportunity',
      'customer',
      'evangelist',
      'other',
    ]);
  });

  it('tells what may not be written', async () => {
    const { answer } = await callChecked('properties', 'Property', () =>
      sdk.crm.properties.coreApi.getByName('contacts', 'hs_object_id'),
    );

    expect(answer.modificationMetadata?.readOnlyValue).toBe(true);
  });

  it('creates a unique property once; its values are then unique', async () => {
    const { answer, status } = await callChecked('properties', 'Property', () =>
      sdk.crm.properties.coreApi.create('contacts', personId),
    );
    sandbox.createContact({ email: 'a@x.example', salesforce_person_id: '00Q1' });

    expect(status).toBe(201);
    expect(answer.hasUniqueValue).toBe(true);
    expect(() => sandbox.createContact({ email: 'b@x.example', salesforce_person_id: '00Q1' })).toThrow(
      'already exists',
    );
    expect((await catchApiError(sdk.crm.properties.coreApi.create('contacts', personId))).code).toBe(409);
  });

  it('answers 404 for a name that is not there, and leaves it out of a batch read', async () => {
    const read = () =>
      sdk.crm.properties.batchApi.read('contacts', {
        archived: false,
        inputs: [{ name: 'email' }, { name: 'nothing' }],
      });

    const { answer } = await callChecked('properties', 'BatchResponseProperty', read);

    expect(answer.results.map(({ name }) => name)).toEqual(['email']);
    expect((await catchApiError(sdk.crm.properties.coreApi.getByName('contacts', 'nothing'))).code).toBe(404);
  });

  it('creates many at once in a group that must exist', async () => {
    const inputs = [{ ...personId, groupName: 'handoff' }];
    const create = () => sdk.crm.properties.batchApi.create('contacts', { inputs });
    const early = await catchApiError(create());
    const group = await callChecked('properties', 'PropertyGroup', () =>
      sdk.crm.properties.groupsApi.create('contacts', { name: 'handoff', label: 'Handoff' }),
    );

    const { status } = await callChecked('properties', 'BatchResponseProperty', create);

    expect([early.code, group.status, status]).toEqual([400, 201, 201]);
    const groups = await callChecked('properties', 'CollectionResponsePropertyGroupNoPaging', () =>
      sdk.crm.properties.groupsApi.getAll('contacts'),
    );
    expect(groups.answer.results.map(({ name }) => name)).toContain('handoff');
  });

  it('replaces the options by what an update sends, and forgets a property that is archived', async () => {
    sandbox.properties.define('contacts', { name: 'topic', options: [{ value: 'a' }, { value: 'b' }] });

    await sdk.crm.properties.coreApi.update('contacts', 'topic', {
      options: [{ value: 'c', label: 'C', hidden: false }],
    });
    const options = sandbox.properties.get('contacts', 'topic')?.options.map(({ value }) => value);
    await sdk.crm.properties.coreApi.archive('contacts', 'topic');

    expect(options).toEqual(['c']);
    expect(sandbox.properties.get('contacts', 'topic')).toBeUndefined();
  });
});

describe('owners (owners guide)', () => {
  it('finds an owner by email; its id is not its user id', async () => {
    const owner = sandbox.addOwner('sales@x.example');
    sandbox.addOwner('other@x.example');

    const { answer } = await callChecked('owners', 'CollectionResponsePublicOwnerForwardPaging', () =>
      sdk.crm.owners.ownersApi.getPage('SALES@x.example'),
    );

    expect(answer.results.map(({ id, userId }) => [id, userId])).toEqual([[owner.id, owner.userId]]);
    expect(owner.id).not.toBe(String(owner.userId));
  });

  it('lists archived owners apart, without a user id', async () => {
    sandbox.addOwner('here@x.example');
    const gone = sandbox.addOwner('gone@x.example', { archived: true });

    const { results } = await sdk.crm.owners.ownersApi.getPage(undefined, undefined, 100, true);

    expect(results.map(({ id, userId, userIdIncludingInactive }) => [id, userId, userIdIncludingInactive])).toEqual([
      [gone.id, undefined, gone.userId],
    ]);
  });

  it('pages, and reads one by id or user id', async () => {
    const owners = ['a', 'b', 'c'].map((name) => sandbox.addOwner(`${name}@x.example`));

    const first = await sdk.crm.owners.ownersApi.getPage(undefined, undefined, 2);
    const second = await sdk.crm.owners.ownersApi.getPage(undefined, first.paging?.next?.after, 2);
    const { answer } = await callChecked('owners', 'PublicOwner', () =>
      sdk.crm.owners.ownersApi.getById(9_000_002, 'userId'),
    );

    expect([...first.results, ...second.results].map(({ id }) => id)).toEqual(owners.map(({ id }) => id));
    expect(answer.id).toBe(owners[1]?.id);
  });
});

describe('deal pipelines (pipelines guide)', () => {
  it('has the default pipeline with its seven stages, won at probability 1.0', async () => {
    const { answer } = await callChecked('pipelines', 'CollectionResponsePipelineNoPaging', () =>
      sdk.crm.pipelines.pipelinesApi.getAll('deals'),
    );

    expect(answer.results.map(({ id }) => id)).toEqual(['default']);
    expect(answer.results[0]?.stages).toHaveLength(7);
    expect(answer.results[0]?.stages.find(({ id }) => id === 'closedwon')?.metadata?.probability).toBe('1.0');
  });
});

describe('dated paths (one table in the sandbox)', () => {
  it.each([
    ['/crm/v3/properties/contacts/email', '/crm/properties/2026-03/contacts/email'],
    ['/crm/v3/properties/0-1/groups', '/crm/properties/2026-03/0-1/groups'],
    ['/crm/v3/owners', '/crm/owners/2026-03'],
    ['/crm/v3/pipelines/deals', '/crm/pipelines/2026-03/deals'],
  ])('%s answers as %s', async (path, dated) => {
    const answer = await request(sandbox, 'GET', path);

    expect(answer.status).toBe(200);
    expect(await request(sandbox, 'GET', dated)).toEqual(answer);
  });
});

describe('account (account information page)', () => {
  it.each(['/account-info/v3/details', '/account-info/2026-03/details'])(
    '%s tells which portal the token belongs to',
    async (path) => {
      const { json } = await request(sandbox, 'GET', path);

      expect(json).toMatchObject({ portalId: 4321, timeZone: 'America/New_York', companyCurrency: 'USD' });
    },
  );
});

describe('associations (associations guide)', () => {
  it('links a contact to its primary company, seen from both ends with the numbers of each direction', async () => {
    const contact = sandbox.createContact({ email: 'a@x.example' });
    const company = sandbox.createRecord('companies', { name: 'X' });
    const primary = [
      { associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined, associationTypeId: 1 },
    ];

    await callChecked('associations/v4', 'LabelsBetweenObjectPair', () =>
      sdk.crm.associations.v4.basicApi.create('contacts', contact, 'companies', company, primary),
    );

    const there = await sdk.crm.associations.v4.basicApi.getPage('contacts', contact, 'companies');
    const back = await sdk.crm.associations.v4.basicApi.getPage('companies', company, 'contacts');
    expect(there.results[0]?.associationTypes.map(({ typeId }) => typeId)).toEqual([279, 1]);
    expect(back.results[0]?.associationTypes.map(({ typeId }) => typeId)).toEqual([280, 2]);
    expect(String(there.results[0]?.toObjectId)).toBe(company);
  });

  it('answers "none" as an error entry of a 207', async () => {
    const linked = sandbox.createContact({ email: 'a@x.example' });
    const alone = sandbox.createContact({ email: 'b@x.example' });
    const company = sandbox.createRecord('companies', { name: 'X' });
    const types = [
      { associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined, associationTypeId: 279 },
    ];
    await callChecked('associations/v4', 'BatchResponseLabelsBetweenObjectPair', () =>
      sdk.crm.associations.v4.batchApi.create('contacts', 'companies', {
        inputs: [{ _from: { id: linked }, to: { id: company }, types }],
      }),
    );

    const answer = await sdk.crm.associations.v4.batchApi.getPage('contacts', 'companies', {
      inputs: [{ id: linked }, { id: alone }],
    });

    expect(answer.results.map((result) => result._from.id)).toEqual([linked]);
    expect(answer).toMatchObject({
      numErrors: 1,
      errors: [{ subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND', context: { fromObjectId: [alone] } }],
    });
  });
});
