import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, catchApiError, createSdk } from './sandbox-hubspot-support.ts';

let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;

beforeEach(async () => {
  sandbox = await startHubSpotSandbox({ withHandoffFields: true });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

const stageOf = (id: string) => sandbox.getContact(id)?.properties.lifecyclestage;
const eventsOf = (id: string) =>
  sandbox.webhookJournal.filter((event) => event.objectId === Number(id)).map((event) => event.subscriptionType);

async function post(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${sandbox.url}/__sandbox/${path}`, { method: 'POST', body: JSON.stringify(body ?? {}) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
}

describe('lifecycle stage: the two steps backward', () => {
  it('ends blank where clearing and setting ride in one batch, because its order is not kept', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'customer' });

    await sdk.crm.contacts.batchApi.update({
      inputs: ['', 'lead'].map((lifecyclestage) => ({ id, properties: { lifecyclestage } })),
    });

    expect(stageOf(id)).toBeUndefined();
  });

  it.each([
    { backwardStage: 'ignore', status: 200, after: 'customer' },
    { backwardStage: 'apply', status: 200, after: 'lead' },
  ] as const)('answers a direct backward batch write with 200 where the portal says $backwardStage', async (row) => {
    sandbox.configure({ backwardStage: row.backwardStage });
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'customer' });

    const { answer, status } = await callChecked('contacts', 'BatchResponseSimplePublicObject', () =>
      sdk.crm.contacts.batchApi.update({ inputs: [{ id, properties: { lifecyclestage: 'lead' } }] }),
    );

    expect([status, answer.results[0]?.properties.lifecyclestage, stageOf(id)]).toEqual([
      row.status,
      row.after,
      row.after,
    ]);
  });

  it('refuses it with 400, or in a 207 for the input that carries a trace id', async () => {
    sandbox.configure({ backwardStage: 'reject' });
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'customer' });
    const properties = { lifecyclestage: 'lead' };

    const error = await catchApiError(sdk.crm.contacts.batchApi.update({ inputs: [{ id, properties }] }));
    const { status } = await callChecked('contacts', 'BatchResponseSimplePublicObjectWithErrors', () =>
      sdk.crm.contacts.batchApi.update({ inputs: [{ id, properties, objectWriteTraceId: 'one' }] }),
    );

    expect([error.code, status, stageOf(id)]).toEqual([400, 207, 'customer']);
  });

  it('takes a stage of the portal’s own with a numeric id, in its place among the others', async () => {
    const stage = sandbox.addLifecycleStage({ label: 'Nurture', after: 'lead' });
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'lead' });
    const later = sandbox.createContact({ email: 'b@x.example', lifecyclestage: 'marketingqualifiedlead' });

    await sdk.crm.contacts.batchApi.update({
      inputs: [id, later].map((one) => ({ id: one, properties: { lifecyclestage: stage } })),
    });

    expect(stage).toMatch(/^\d+$/);
    expect([stageOf(id), stageOf(later)]).toEqual([stage, 'marketingqualifiedlead']);
  });
});

describe('what goes and comes back', () => {
  it('tells of a restore, and refuses one whose email another contact carries by now', () => {
    const id = sandbox.createContact({ email: 'a@x.example' });
    const other = sandbox.createContact({ email: 'b@x.example' });
    sandbox.deleteContact(id);
    sandbox.deleteContact(other);
    sandbox.createContact({ email: 'b@x.example' });

    sandbox.restoreContact(id);

    expect(eventsOf(id).slice(-2)).toEqual(['contact.deletion', 'contact.restore']);
    expect(() => sandbox.restoreContact(other)).toThrow();
  });

  it('blocks every address of an erased contact, and tells of it as a deletion and as a privacy deletion', () => {
    const id = sandbox.mergeContacts(
      sandbox.createContact({ email: 'a@x.example' }),
      sandbox.createContact({ email: 'b@x.example' }),
    );

    sandbox.privacyDelete(id);

    expect(eventsOf(id)).toEqual(['contact.deletion', 'contact.privacyDeletion']);
    expect(() => sandbox.createContact({ email: 'b@x.example' })).toThrow();
    expect(() => sandbox.createContact({ email: 'a@x.example' })).toThrow();
  });

  it('archives one and many by API, as deletions by our app', async () => {
    const ids = ['a', 'b', 'c'].map((name) => sandbox.createContact({ email: `${name}@x.example` }));
    const [first = '', ...rest] = ids;

    await sdk.crm.contacts.basicApi.archive(first);
    await sdk.crm.contacts.batchApi.archive({ inputs: rest.map((id) => ({ id })) });

    const deletions = sandbox.webhookJournal.filter((event) => event.subscriptionType === 'contact.deletion');
    expect(deletions.map(({ objectId }) => String(objectId))).toEqual(ids);
    expect(deletions.every((event) => event.sourceId === String(sandbox.appId))).toBe(true);
  });

  it('does all of it by curl', async () => {
    const [id, other] = ['a', 'b'].map((name) => sandbox.createContact({ email: `${name}@x.example` }));
    sandbox.deleteContact(id ?? '');

    expect(await post(`contacts/${id}/restore`)).toMatchObject({ status: 200, body: { archived: false } });
    expect(await post(`contacts/${id}/restore`)).toMatchObject({ status: 400 });
    expect(await post(`contacts/${id}/stage`, { stage: 'customer' })).toMatchObject({ status: 200 });
    expect(await post(`contacts/${id}/stage`, { stage: 'lead' })).toMatchObject({
      body: { properties: { lifecyclestage: 'lead' } },
    });
    expect(await post('lifecycle-stages', { label: 'Nurture', after: 'lead' })).toMatchObject({ status: 201 });
    const merged = await post('merge', { primaryId: id, otherId: other });
    expect(merged).toMatchObject({ status: 200, body: { id: expect.any(String) } });
    expect(await post(`contacts/${id}/privacy-delete`)).toMatchObject({ status: 204 });
    expect(await post(`contacts/${id}/dance`)).toMatchObject({ status: 404 });
    expect(sandbox.contactCount()).toBe(0);
  });
});

describe('upsert of contacts', () => {
  const upsert = (idProperty: string, id: string, properties: Record<string, string>) =>
    callChecked('contacts', 'BatchResponseSimplePublicUpsertObject', () =>
      sdk.crm.contacts.batchApi.upsert({ inputs: [{ idProperty, id, properties }] }),
    );

  it.each(['email', 'salesforce_person_id'])('by %s creates what is not there and updates what is', async (key) => {
    const value = key === 'email' ? 'a@x.example' : '00Q000000000001AAA';

    const first = await upsert(key, value, { firstname: 'Ada' });
    const second = await upsert(key, value, { firstname: 'Eda' });

    expect([first, second].map(({ answer }) => answer.results[0]?._new)).toEqual([true, false]);
    expect(sandbox.contacts()).toMatchObject([{ properties: { [key]: value, firstname: 'Eda' } }]);
  });

  it('finds a contact by its secondary email', async () => {
    const id = sandbox.mergeContacts(
      sandbox.createContact({ email: 'a@x.example' }),
      sandbox.createContact({ email: 'b@x.example' }),
    );

    const { answer } = await upsert('email', 'b@x.example', { city: 'Ely' });

    expect(answer.results).toMatchObject([{ id, _new: false }]);
    expect(sandbox.contactCount()).toBe(1);
  });

  it('answers 409 for all where one carries an email that is another’s secondary one, and names that contact', async () => {
    const holder = sandbox.mergeContacts(
      sandbox.createContact({ email: 'a@x.example' }),
      sandbox.createContact({ email: 'b@x.example' }),
    );
    const inputs = ['b@x.example', 'c@x.example'].map((email, index) => ({
      idProperty: 'salesforce_person_id',
      id: `00Q00000000000${index}AAA`,
      properties: { email },
      objectWriteTraceId: String(index),
    }));

    const error = await catchApiError(sdk.crm.contacts.batchApi.upsert({ inputs }));

    expect(error).toMatchObject({ code: 409, body: { category: 'CONFLICT' } });
    expect(error.body.message).toBe(`Contact already exists. Existing ID: ${holder}`);
    expect(sandbox.contactCount()).toBe(1);
  });
});
