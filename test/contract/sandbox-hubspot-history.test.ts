import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { callChecked, createSdk } from './sandbox-hubspot-support.ts';

const START = Date.parse('2026-11-22T10:00:00Z');
let now = START;
let sandbox: HubSpotSandbox;
let sdk: ReturnType<typeof createSdk>;

beforeEach(async () => {
  now = START;
  sandbox = await startHubSpotSandbox({ now: () => now });
  sdk = createSdk(sandbox);
});
afterEach(() => sandbox.close());

/** History of one property through batch read, held against the client's model. */
async function historyOf(id: string, property: string) {
  const { answer } = await callChecked('contacts', 'BatchResponseSimplePublicObject', () =>
    sdk.crm.contacts.batchApi.read({ inputs: [{ id }], properties: [], propertiesWithHistory: [property] }),
  );
  return answer.results[0]?.propertiesWithHistory?.[property] ?? [];
}

const write = (id: string, properties: Record<string, string>) =>
  sdk.crm.contacts.batchApi.update({ inputs: [{ id, properties }] });
const at = (minutes: number) => new Date(START + minutes * 60_000);

describe('property history (contacts specification, ValueWithTimestamp)', () => {
  it('names who set each value, newest first: a person, our app, a workflow, another connector', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', city: 'Bath' });
    now += 60_000;
    await write(id, { city: 'Ely' });
    now += 60_000;
    const stop = sandbox.automate(() => ({ city: 'Rye' }), { name: 'Tidy cities' });
    sandbox.editContact(id, { country: 'UK' }, { userId: 77 });
    expect(sandbox.runWorkflows()).toBe(1);
    stop();
    now += 60_000;
    sandbox.editContact(id, { city: '' }, { changeSource: 'SALESFORCE', sourceId: 'sync', sourceLabel: 'Salesforce' });

    expect(await historyOf(id, 'city')).toMatchObject([
      { value: '', timestamp: at(3), sourceType: 'SALESFORCE', sourceId: 'sync', sourceLabel: 'Salesforce' },
      { value: 'Rye', timestamp: at(2), sourceType: 'AUTOMATION_PLATFORM', sourceLabel: 'Tidy cities' },
      { value: 'Ely', timestamp: at(1), sourceType: 'INTEGRATION', sourceId: String(sandbox.appId) },
      { value: 'Bath', timestamp: at(0), sourceType: 'CRM_UI', sourceId: 'userId:9000001', updatedByUserId: 9_000_001 },
    ]);
    expect(sandbox.getHistory(id, 'city').map(({ value }) => value)).toEqual(['', 'Rye', 'Ely', 'Bath']);
    expect((await historyOf(id, 'country'))[0]).toMatchObject({ sourceId: 'userId:77', updatedByUserId: 77 });
  });

  it('gives the calculated stage dates times of their own', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'lead' });
    now += 60_000;
    await write(id, { lifecyclestage: 'salesqualifiedlead' });

    expect(await historyOf(id, 'hs_v2_date_entered_salesqualifiedlead')).toMatchObject([
      { timestamp: at(1), sourceType: 'CALCULATED' },
    ]);
  });

  it('keeps the primary’s past over a merge and names the merge for what it filled in', async () => {
    const primary = sandbox.createContact({ email: 'a@x.example', city: 'Bath' });
    now += 60_000;
    const other = sandbox.createContact({ email: 'b@x.example', country: 'UK' });
    now += 60_000;

    const survivor = sandbox.mergeContacts(primary, other);

    expect(await historyOf(survivor, 'city')).toMatchObject([{ timestamp: at(0), sourceType: 'CRM_UI' }]);
    expect(await historyOf(survivor, 'country')).toMatchObject([{ timestamp: at(2), sourceType: 'MERGE_OBJECTS' }]);
  });

  it('answers a batch update with what was written, as it is stored, and what is always there', async () => {
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'customer' });
    now += 60_000;

    const { answer } = await callChecked('contacts', 'BatchResponseSimplePublicObject', () =>
      write(id, { email: 'A@New.Example', city: '', lifecyclestage: 'lead' }),
    );

    expect(answer.results[0]?.properties).toEqual({
      email: 'a@new.example',
      city: null,
      lifecyclestage: 'customer',
      createdate: at(0).toISOString(),
      hs_object_id: id,
      lastmodifieddate: at(1).toISOString(),
    });
  });
});

describe('workflows', () => {
  it('run a moment later after a change by anyone, and their webhooks name them', async () => {
    const id = sandbox.createContact({ email: 'a@x.example' });
    const seen = new Promise<void>((resolve) => {
      sandbox.automate((contact) => {
        if (contact.properties.city === 'Ely') resolve();
        return contact.properties.city === 'Bath' ? { city: 'Ely' } : undefined;
      });
    });

    await write(id, { city: 'Bath' });
    const before = sandbox.getContact(id)?.properties.city;
    await seen;

    expect([before, sandbox.getContact(id)?.properties.city]).toEqual(['Bath', 'Ely']);
    expect(sandbox.webhookJournal.at(-1)).toMatchObject({
      changeSource: 'AUTOMATION_PLATFORM',
      propertyName: 'city',
      propertyValue: 'Ely',
    });
  });

  it('end after so many writes even where they fight with themselves', () => {
    const id = sandbox.createContact({ email: 'a@x.example' });
    let turn = 0;
    sandbox.automate(() => ({ city: `Town ${++turn}` }), { maxWrites: 5 });

    sandbox.editContact(id, { city: 'Bath' });

    expect(sandbox.runWorkflows()).toBe(5);
    expect(sandbox.runWorkflows()).toBe(0);
  });

  it('move a stage forward only, unless it was cleared', () => {
    const id = sandbox.createContact({ email: 'a@x.example', lifecyclestage: 'customer' });
    sandbox.automate(() => ({ lifecyclestage: 'lead' }));

    sandbox.editContact(id, { city: 'Bath' });
    sandbox.runWorkflows();
    const ignored = sandbox.getContact(id)?.properties.lifecyclestage;
    sandbox.editContact(id, { lifecyclestage: '' });
    sandbox.runWorkflows();

    expect([ignored, sandbox.getContact(id)?.properties.lifecyclestage]).toEqual(['customer', 'lead']);
  });
});
