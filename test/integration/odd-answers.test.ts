import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/sandbox/faults.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let number = 0;
beforeAll(async () => {
  engine = await startEngine({ timeoutMs: 3_000 });
  // The facts about the org are read once; the faults below are meant for the work itself.
  await engine.look(engine.hubspot.createContact(sqlContact('warm-up')));
});
afterAll(() => engine.close());
afterEach(() => {
  engine.hubspot.faults.clear();
  engine.salesforce.faults.clear();
});

function newContact(more: Record<string, string> = {}): string {
  return engine.hubspot.createContact(sqlContact(`odd${++number}`, more));
}

const readContacts = 'POST /crm/v3/objects/contacts/batch/read';
const updateContacts = 'POST /crm/v3/objects/contacts/batch/update';
const composite = /POST \/services\/data\/v[\d.]+\/composite/;
const finds = 'queryAll';
const writes = 'composite/sobjects';

const html = '<html><body>502 Bad Gateway</body></html>';

/** Each strikes once; the contact must arrive exactly once all the same. */
const hubspotFaults: [string, FaultRule][] = [
  [
    'HubSpot 500 with a JSON body on the read',
    { kind: 'status', status: 500, body: { message: 'internal' }, match: readContacts },
  ],
  ['HubSpot 502 with an HTML body on the read', { kind: 'status', status: 502, raw: html, match: readContacts }],
  ['HubSpot 503 with no body on the read', { kind: 'status', status: 503, raw: '', match: readContacts }],
  ['HubSpot cut before the read', { kind: 'cut-before', match: readContacts }],
  ['HubSpot cut during the read', { kind: 'cut-during', match: readContacts }],
  ['HubSpot that never answers the read', { kind: 'hang', match: readContacts }],
  [
    'HubSpot 429 for ten seconds',
    {
      kind: 'status',
      status: 429,
      body: { policyName: 'TEN_SECONDLY_ROLLING', errorType: 'RATE_LIMIT' },
      match: readContacts,
    },
  ],
  ['HubSpot 429 without a policy', { kind: 'status', status: 429, raw: '', match: readContacts }],
  ['HubSpot cut before the write-back', { kind: 'cut-before', match: updateContacts }],
  ['HubSpot cut during the answer to the write-back', { kind: 'cut-during', match: updateContacts }],
  ['HubSpot cut after the write-back', { kind: 'cut-after', match: updateContacts }],
  ['HubSpot 500 on the write-back', { kind: 'status', status: 500, raw: html, match: updateContacts }],
];

const salesforceFaults: [string, FaultRule][] = [
  ['Salesforce 503 on the look', { kind: 'status', status: 503, raw: html, match: composite, bodyMatch: finds }],
  ['Salesforce cut during the look', { kind: 'cut-during', match: composite, bodyMatch: finds }],
  ['Salesforce cut before the write', { kind: 'cut-before', match: composite, bodyMatch: writes }],
  ['Salesforce cut during the answer to the write', { kind: 'cut-during', match: composite, bodyMatch: writes }],
  ['Salesforce cut after the write', { kind: 'cut-after', match: composite, bodyMatch: writes }],
  ['Salesforce that never answers the write', { kind: 'hang', match: composite, bodyMatch: writes }],
  ['Salesforce 503 on the write', { kind: 'status', status: 503, raw: html, match: composite, bodyMatch: writes }],
];

async function expectExactlyOnce(id: string): Promise<void> {
  await engine.look(id);
  for (let round = 0; round < 3; round++) await engine.drainLater();

  const persons = personsOf(engine, id);
  expect(persons).toHaveLength(1);
  expect(engine.hubspot.getContact(id)?.properties.salesforce_person_id).toBe(persons[0]?.Id);
  const history = await engine.ledger.history(id);
  expect(history).toMatchObject({ pending: null, failure: null });
  expect(history.changes.filter(({ state }) => state === 'open' || state === 'unknown')).toEqual([]);
}

describe('promise 2 under faults on the wire: the contact arrives exactly once', () => {
  it.each(hubspotFaults)('%s', async (_name, fault) => {
    engine.hubspot.faults.add(fault);
    await expectExactlyOnce(newContact());
    expect(engine.hubspot.faults.left()).toBe(0);
  });

  it.each(salesforceFaults)('%s', async (_name, fault) => {
    engine.salesforce.faults.add(fault);
    await expectExactlyOnce(newContact());
    expect(engine.salesforce.faults.left()).toBe(0);
  });

  it('a session that ends in the middle of a batch', async () => {
    engine.salesforce.expireSessions();
    await expectExactlyOnce(newContact());
  });
});

describe('what Salesforce refuses becomes a failure that says what to do, and harms no neighbour', () => {
  async function refusedAmongNeighbours(more: Record<string, string>) {
    const [before, guilty, after] = [newContact(), newContact(more), newContact()];
    await engine.look(before, guilty, after);
    for (const id of [before, after]) expect(personsOf(engine, id)).toHaveLength(1);
    expect(personsOf(engine, guilty)).toEqual([]);
    return await failureOf(engine, guilty);
  }

  it('a validation rule: in the words of the admin who wrote it', async () => {
    const remove = engine.salesforce.addValidationRule({
      object: 'Lead',
      when: { City: 'Nowhere' },
      message: 'City is not served.',
      field: 'City',
    });
    const failure = await refusedAmongNeighbours({ city: 'Nowhere' });
    remove();

    expect(failure).toMatchObject({
      kind: 'needs-human',
      vendorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
      fields: ['City'],
    });
    expect(failure?.message).toContain('City is not served.');
  });

  it('a duplicate rule that blocks', async () => {
    engine.salesforce.create('Lead', { LastName: 'twin', Company: 'Twin Works', Email: 'other.twin@people.example' });
    const remove = engine.salesforce.addDuplicateRule({
      object: 'Lead',
      action: 'block',
      match: 'last-name-and-company',
    });
    const failure = await refusedAmongNeighbours({ lastname: 'twin', company: 'Twin Works' });
    remove();

    expect(failure).toMatchObject({ kind: 'needs-human', vendorCode: 'DUPLICATES_DETECTED' });
  });

  it('a picklist value that Salesforce does not know', async () => {
    engine.salesforce.setPicklist('Lead', 'Status', ['Open - Not Contacted', 'Closed - Converted'], {
      restricted: true,
    });
    const failure = await refusedAmongNeighbours({ hs_lead_status: 'CONNECTED' });

    expect(failure).toMatchObject({ kind: 'needs-human', vendorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' });
    expect(failure?.advice).not.toBe('');
  });

  it('the failure clears by itself once the record is mended', async () => {
    const remove = engine.salesforce.addValidationRule({
      object: 'Lead',
      when: { City: 'Void' },
      message: 'City is not served.',
      field: 'City',
    });
    const id = newContact({ city: 'Void' });
    await engine.look(id);
    expect(await failureOf(engine, id)).toBeDefined();
    engine.hubspot.editContact(id, { city: 'Vienna' });
    await engine.look(id);
    remove();

    expect(await failureOf(engine, id)).toBeUndefined();
    expect(personsOf(engine, id)).toHaveLength(1);
  });
});

describe('what only needs time', () => {
  it('a name longer than Salesforce allows is cut to what fits, and not sent again', async () => {
    const id = newContact({ lastname: 'L'.repeat(200) });
    await engine.look(id);
    const stamp = personsOf(engine, id)[0]?.SystemModstamp;
    await engine.look(id);

    expect(String(personsOf(engine, id)[0]?.LastName)).toHaveLength(80);
    expect(personsOf(engine, id)[0]?.SystemModstamp).toBe(stamp);
  });

  it('a locked row is tried again later and arrives', async () => {
    const id = newContact();
    await engine.look(id);
    engine.salesforce.lock(String(personsOf(engine, id)[0]?.Id), 1);
    engine.hubspot.editContact(id, { city: 'Graz' });
    await engine.look(id);
    expect((await engine.ledger.history(id)).pending).toMatchObject({ attempts: 1 });
    await engine.drainLater();

    expect(personsOf(engine, id)[0]?.City).toBe('Graz');
  });

  it('a spent daily limit makes the connection wait without using up attempts', async () => {
    const id = newContact();
    engine.salesforce.setDailyUsed(1_000_000);
    await engine.look(id);
    const waiting = await engine.ledger.history(id);
    engine.salesforce.setDailyUsed(0);
    await engine.drainLater();

    expect(waiting).toMatchObject({ pending: { attempts: 0 }, failure: null });
    expect(personsOf(engine, id)).toHaveLength(1);
  });
});
