import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SyncError } from '../../src/errors.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, createOf, fields, lookup, spend, writeOptions } from './salesforce-support.ts';

let sandbox: SalesforceSandbox;
let next = 1_000;
beforeAll(async () => {
  sandbox = await startSalesforceSandbox({ keepBodies: true });
});
afterAll(() => sandbox.close());
beforeEach(() => {
  sandbox.faults.clear();
});

/** A HubSpot id that no other test uses. */
function fresh(): string {
  next += 1;
  return String(next);
}

function seedLead(values: Record<string, string | null> = {}): string {
  const [id = ''] = sandbox.seed('Lead', [{ LastName: 'Seeded', Company: 'Seeded Ltd', ...values }]);
  return id;
}

describe('finding persons', () => {
  it('asks with one call for 200 contacts by all memories', async () => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    const lookups = Array.from({ length: 200 }, () => {
      const id = fresh();
      const externalId = Number(id) % 2 === 0 ? id : null;
      const personId = seedLead({ Email: `person.${id}@example.test`, HubSpot_Contact_Id__c: externalId });
      return lookup(id, { personIds: [personId], emails: [`Person.${id}@Example.test`] });
    });
    sandbox.resetRequests();

    const found = await salesforce.findPersons(lookups, fields, spend);

    expect(sandbox.countedCalls()).toBe(1);
    expect(found.size).toBe(200);
    for (const { contactId, personIds } of lookups) {
      const matches = found.get(contactId);
      expect(matches?.byId.map((person) => person.id)).toEqual(personIds);
      expect(matches?.byEmail.map((person) => person.id)).toEqual(personIds);
      expect(matches?.byExternalId.map((person) => person.id)).toEqual(Number(contactId) % 2 === 0 ? personIds : []);
      expect(matches?.byId[0]?.fields).toEqual({ LastName: 'Seeded', Company: 'Seeded Ltd', City: null });
    }
  });

  it('answers every lookup, also where no memory leads anywhere', async () => {
    const id = fresh();

    const found = await connectTo(sandbox).salesforce.findPersons([lookup(id)], fields, spend);

    expect(found.get(id)).toEqual({ byExternalId: [], byId: [], byEmail: [] });
  });

  it('sends nothing where there is nothing to look for', async () => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    sandbox.resetRequests();

    await salesforce.findPersons([lookup('', { externalIds: [] })], fields, spend);

    expect(sandbox.countedCalls()).toBe(0);
  });

  it('shows a deleted person by external id, and never by email', async () => {
    const id = fresh();
    const personId = seedLead({ HubSpot_Contact_Id__c: id, Email: 'gone@example.test' });
    sandbox.remove('Lead', personId);

    const found = await connectTo(sandbox).salesforce.findPersons(
      [lookup(id, { emails: ['gone@example.test'] })],
      fields,
      spend,
    );

    expect(found.get(id)?.byExternalId).toMatchObject([{ id: personId, isDeleted: true, masterRecordId: null }]);
    expect(found.get(id)?.byEmail).toEqual([]);
  });

  it('follows a merge of a merge to the survivor', async () => {
    const id = fresh();
    const [first, second, third] = [seedLead({ HubSpot_Contact_Id__c: id }), seedLead(), seedLead()];
    sandbox.merge('Lead', second, [first]);
    sandbox.merge('Lead', third, [second]);

    const found = await connectTo(sandbox).salesforce.findPersons([lookup(id)], fields, spend);

    const matches = found.get(id);
    expect(matches?.byExternalId.map((person) => person.id)).toEqual([first]);
    expect(matches?.byId.map((person) => [person.id, person.isDeleted])).toEqual([
      [second, true],
      [third, false],
    ]);
  });

  it('leads from a converted lead, found by email, to its contact', async () => {
    const id = fresh();
    const personId = seedLead({ Email: 'converted@example.test' });
    const { contactId } = sandbox.convertLead(personId);

    const found = await connectTo(sandbox).salesforce.findPersons(
      [lookup(id, { emails: ['CONVERTED@example.test'] })],
      fields,
      spend,
    );

    const matches = found.get(id);
    const lead = matches?.byEmail.find((person) => person.object === 'Lead');
    expect(lead).toMatchObject({ id: personId, isConverted: true, convertedContactId: contactId });
    expect(matches?.byId).toMatchObject([{ object: 'Contact', id: contactId, isDeleted: false, isConverted: false }]);
  });

  it('takes ids in the 15-character form, and passes over text that is no id of a person', async () => {
    const [good, bad] = [fresh(), fresh()];
    const personId = seedLead();

    const found = await connectTo(sandbox).salesforce.findPersons(
      [
        lookup(good, { personIds: [personId.slice(0, 15)] }),
        lookup(bad, { personIds: ["n/a'", '001000000000001AAA'], emails: ["o'neil\\@example.test\n", ''] }),
      ],
      fields,
      spend,
    );

    expect(found.get(good)?.byId.map((person) => person.id)).toEqual([personId]);
    expect(found.get(bad)).toEqual({ byExternalId: [], byId: [], byEmail: [] });
  });

  it('reads further pages, and sends further calls where the emails do not fit into one statement', async () => {
    const email = `${'many'.repeat(10)}@example.test`;
    sandbox.seed(
      'Lead',
      Array.from({ length: 2_100 }, () => ({ LastName: 'Many', Company: 'Many Ltd', Email: email })),
    );
    const long = (n: number) => `${'long'.repeat(40)}.${n}@example.test`;
    const wanted = [199, 57].map((n) => ({ n, id: seedLead({ Email: long(n) }) }));
    const lookups = Array.from({ length: 200 }, (_, n) => lookup(`n${n}`, { externalIds: [], emails: [long(n)] }));

    const found = await connectTo(sandbox).salesforce.findPersons(
      [...lookups, lookup('many', { emails: [email] })],
      fields,
      spend,
    );

    expect(found.get('many')?.byEmail).toHaveLength(2_100);
    for (const { n, id } of wanted) expect(found.get(`n${n}`)?.byEmail.map((person) => person.id)).toEqual([id]);
  });

  it('says to run setup where the id field is missing', async () => {
    const bare = await startSalesforceSandbox({ withHandoffFields: false });
    try {
      const look = connectTo(bare).salesforce.findPersons([lookup('1')], fields, spend);

      await expect(look).rejects.toMatchObject({
        kind: 'needs-human',
        code: 'salesforce_unknown_field',
        message: expect.stringContaining('HubSpot_Contact_Id__c'),
        detail: { advice: 'Run handoff setup.' },
      });
    } finally {
      await bare.close();
    }
  });
});

describe('writing persons', () => {
  it('creates, updates and reads back 200 persons in one call', async () => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    const creates = Array.from({ length: 100 }, () => createOf(fresh()));
    const asContact = createOf(fresh(), { object: 'Contact', fields: { LastName: 'Direct', MailingCity: 'Graz' } });
    const updates = Array.from({ length: 99 }, () => {
      const id = fresh();
      const values = { City: 'Linz', HubSpot_Contact_Id__c: id };
      return createOf(id, { operation: 'update', id: seedLead(), fields: values });
    });
    sandbox.resetRequests();

    const results = await salesforce.writePersons([...creates, asContact, ...updates], writeOptions, spend);

    expect(sandbox.countedCalls()).toBe(1);
    expect(results.size).toBe(200);
    for (const { contactId } of creates) {
      const result = results.get(contactId);
      if (result?.ok !== true) throw new Error('a create failed');
      expect(result).toMatchObject({
        created: true,
        held: { LastName: `Name ${contactId}`, Company: 'Example Ltd', City: null },
      });
      const stored = sandbox.get('Lead', result.id);
      expect(stored?.HubSpot_Contact_Id__c).toBe(contactId);
      expect(stored?.OwnerId).toBe(sandbox.runAsUserId);
      expect(result.modifiedAtMs).toBe(Date.parse(String(stored?.SystemModstamp)));
    }
    expect(results.get(asContact.contactId)).toMatchObject({
      ok: true,
      held: { LastName: 'Direct', MailingCity: 'Graz' },
    });
    for (const { contactId, id } of updates) {
      expect(results.get(contactId)).toMatchObject({ ok: true, id, created: false, held: { City: 'Linz' } });
    }
  });

  it('repeats a create without a second person', async () => {
    const { salesforce } = connectTo(sandbox);
    const write = createOf(fresh());

    const first = await salesforce.writePersons([write], writeOptions, spend);
    const second = await salesforce.writePersons([write], writeOptions, spend);

    expect(second.get(write.contactId)).toMatchObject({ ok: true, created: false });
    const ids = [first, second].map((results) => results.get(write.contactId));
    expect(ids[0]?.ok === true && ids[1]?.ok === true && ids[0].id === ids[1].id).toBe(true);
  });

  it('hands new leads to the assignment rule where the mapping says so, and leaves the owner of updated ones', async () => {
    const { salesforce } = connectTo(sandbox);
    const created = fresh();
    const updated = fresh();
    const personId = seedLead({ OwnerId: sandbox.runAsUserId });

    const results = await salesforce.writePersons(
      [createOf(created), createOf(updated, { operation: 'update', id: personId, fields: { City: 'Wels' } })],
      { ...writeOptions, assignmentRule: '01Q000000000001AAA' },
      spend,
    );

    const result = results.get(created);
    expect(result?.ok === true && sandbox.get('Lead', result.id)?.OwnerId).toBe(sandbox.leadQueueId);
    expect(sandbox.get('Lead', personId)?.OwnerId).toBe(sandbox.runAsUserId);
  });

  it('sends both headers with the call and with each write in it', async () => {
    const { salesforce } = connectTo(sandbox);

    await salesforce.writePersons([createOf(fresh())], { ...writeOptions, allowDuplicates: true }, spend);

    const body: unknown = JSON.parse(sandbox.requests.findLast((each) => each.path.endsWith('/composite'))?.body ?? '');
    expect(body).toMatchObject({
      allOrNone: false,
      collateSubrequests: false,
      compositeRequest: [
        {
          httpHeaders: {
            'Sforce-Auto-Assign': 'FALSE',
            'Sforce-Duplicate-Rule-Header': 'allowSave=true; includeRecordDetails=false; runAsCurrentUser=false',
          },
        },
        { method: 'GET' },
      ],
    });
  });

  it('fails one bad record and writes its 49 neighbours', async () => {
    const remove = sandbox.addValidationRule({
      object: 'Lead',
      when: { City: 'Nowhere' },
      message: 'Choose a real city.',
      field: 'City',
    });
    const writes = Array.from({ length: 49 }, () => createOf(fresh()));
    const bad = createOf(fresh(), { fields: { LastName: 'Bad', Company: 'Bad Ltd', City: 'Nowhere' } });

    const results = await connectTo(sandbox).salesforce.writePersons([...writes, bad], writeOptions, spend);
    remove();

    const failed = [...results].filter(([, result]) => !result.ok).map(([id]) => id);
    expect(failed).toEqual([bad.contactId]);
    expect(errorOf(results.get(bad.contactId))).toMatchObject({
      kind: 'needs-human',
      code: 'salesforce_validation_rule',
      message: expect.stringContaining('Choose a real city.'),
      detail: { fields: ['City'], vendorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' },
    });
  });

  it.each([
    {
      what: 'a locked row',
      prepare: (id: string) => sandbox.lock(id),
      kind: 'retryable',
      code: 'salesforce_row_locked',
    },
    {
      what: 'a lead converted in between',
      prepare: (id: string) => void sandbox.convertLead(id),
      kind: 'retryable',
      code: 'salesforce_lead_converted',
    },
    {
      what: 'a lead deleted in between',
      prepare: (id: string) => sandbox.remove('Lead', id),
      kind: 'retryable',
      code: 'salesforce_person_gone',
    },
  ])('answers an update of $what as $kind $code', async ({ prepare, kind, code }) => {
    const contactId = fresh();
    const id = seedLead();
    prepare(id);

    const results = await connectTo(sandbox).salesforce.writePersons(
      [createOf(contactId, { operation: 'update', id, fields: { City: 'Steyr' } })],
      writeOptions,
      spend,
    );

    expect(errorOf(results.get(contactId))).toMatchObject({ kind, code });
  });

  it('names the other record, and nothing else, when the id is on it already', async () => {
    const contactId = fresh();
    const holder = seedLead({ HubSpot_Contact_Id__c: contactId });
    const id = seedLead();
    const values = { HubSpot_Contact_Id__c: contactId };

    const results = await connectTo(sandbox).salesforce.writePersons(
      [createOf(contactId, { operation: 'update', id, fields: values })],
      writeOptions,
      spend,
    );

    const error = errorOf(results.get(contactId));
    expect(error).toMatchObject({ kind: 'retryable', code: 'salesforce_duplicate_external_id' });
    expect(error?.detail.recordIds).toEqual([holder]);
  });

  it('asks a person where a duplicate rule blocks, and saves where the mapping allows alerts', async () => {
    seedLead({ Email: 'twin@example.test' });
    const remove = sandbox.addDuplicateRule({ object: 'Lead', action: 'alert', match: 'email' });
    const values = { LastName: 'Twin', Company: 'Twin Ltd', Email: 'twin@example.test' };
    const write = createOf(fresh(), { fields: values });
    const { salesforce } = connectTo(sandbox);

    const strict = await salesforce.writePersons([write], writeOptions, spend);
    const lenient = await salesforce.writePersons([write], { ...writeOptions, allowDuplicates: true }, spend);
    remove();

    expect(errorOf(strict.get(write.contactId))).toMatchObject({
      kind: 'needs-human',
      code: 'salesforce_duplicate_rule',
    });
    expect(lenient.get(write.contactId)).toMatchObject({ ok: true, created: true });
  });

  it('writes text that looks like a composite reference as it stands, and its neighbours too', async () => {
    const [plain, odd] = [createOf(fresh()), createOf(fresh(), { fields: { LastName: '@{part0.id}', Company: 'X' } })];

    const results = await connectTo(sandbox).salesforce.writePersons([odd, plain], writeOptions, spend);

    expect(results.get(plain.contactId)).toMatchObject({ ok: true });
    expect(results.get(odd.contactId)).toMatchObject({ ok: true, held: { LastName: '@{part0.id}' } });
  });

  it('holds back the second of two contacts that write one person', async () => {
    const id = seedLead();
    const [first, second] = [fresh(), fresh()].map((contactId) =>
      createOf(contactId, { operation: 'update', id, fields: { City: 'Enns' } }),
    );
    if (first === undefined || second === undefined) throw new Error('two writes are needed');

    const results = await connectTo(sandbox).salesforce.writePersons([first, second], writeOptions, spend);

    expect(results.get(first.contactId)).toMatchObject({ ok: true });
    expect(errorOf(results.get(second.contactId))).toMatchObject({ kind: 'retryable', code: 'salesforce_same_person' });
  });

  it.each([
    { kind: 'cut-before', stored: 0 },
    { kind: 'cut-during', stored: 1 },
    { kind: 'cut-after', stored: 1 },
  ] as const)('says that a write may have happened when the connection is $kind', async ({ kind, stored }) => {
    const { salesforce } = connectTo(sandbox);
    await salesforce.identity(spend);
    const write = createOf(fresh());
    sandbox.faults.add({ kind, match: '/composite' });

    const results = await salesforce.writePersons([write], writeOptions, spend);

    expect(errorOf(results.get(write.contactId))).toMatchObject({
      kind: 'retryable',
      code: 'salesforce_no_answer',
      detail: { mayHaveHappened: true },
    });
    const leads = sandbox.all('Lead').filter((lead) => lead.HubSpot_Contact_Id__c === write.contactId);
    expect(leads).toHaveLength(stored);
  });
});

function errorOf(result: { ok: true } | { ok: false; error: SyncError } | undefined): SyncError | undefined {
  return result?.ok === false ? result.error : undefined;
}
