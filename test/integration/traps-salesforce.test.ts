import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
let number = 0;
beforeAll(async () => {
  engine = await startEngine();
  await engine.look(newContact());
});
afterAll(() => engine.close());
afterEach(() => engine.salesforce.faults.clear());

function newContact(more: Record<string, string> = {}): string {
  return engine.hubspot.createContact(sqlContact(`trap${++number}`, more));
}

/** Works off what is due; `happens` comes between the look and the write. */
async function drainWith(happens: () => void, { dependencies } = engine): Promise<void> {
  const { salesforce } = dependencies;
  const between = {
    ...salesforce,
    async findPersons(...args: Parameters<typeof salesforce.findPersons>) {
      const found = await salesforce.findPersons(...args);
      happens();
      return found;
    },
  };
  await drainContacts({ ...dependencies, salesforce: between }, new AbortController().signal);
}

async function mark(...contactIds: string[]): Promise<void> {
  await engine.ledger.mark(
    contactIds.map((recordId) => ({ system: 'hubspot', object: 'contact', recordId, priority: 2, source: 'test' })),
  );
}

describe('sessions', () => {
  it('one that ends between the look and the write of a batch of 200 costs no person and makes none twice', async () => {
    const before = engine.salesforce.all('Lead').length;
    const ids = Array.from({ length: 200 }, () => newContact());
    await mark(...ids);
    await drainWith(() => engine.salesforce.expireSessions());

    expect(engine.salesforce.all('Lead')).toHaveLength(before + 200);
    const carried = new Set(engine.salesforce.all('Lead').map((lead) => lead.HubSpot_Contact_Id__c));
    expect(ids.filter((id) => !carried.has(id))).toEqual([]);
    expect((await engine.ledger.status()).failures).toBe(0);
  });
});

describe('assignment rules, which REST runs unless told not to', () => {
  it('never take the lead: not when it is created, and not when a field of it is updated', async () => {
    const { salesforce, hubspot } = engine;
    const id = newContact();
    await engine.look(id);
    const created = personsOf(engine, id)[0]?.OwnerId;
    hubspot.editContact(id, { jobtitle: 'Buyer' });
    await engine.look(id);

    expect(salesforce.leadQueueId).not.toBe('');
    expect([created, personsOf(engine, id)[0]?.OwnerId]).not.toContain(salesforce.leadQueueId);
    expect(personsOf(engine, id)).toMatchObject([{ Title: 'Buyer', OwnerId: created }]);
  });
});

describe('a field that the integration user may not see', () => {
  it('of the external id: nobody is created while it is hidden, and all arrive once it is granted', async () => {
    const { salesforce } = engine;
    const before = salesforce.all('Lead').length;
    const [first, second] = [newContact(), newContact()];
    salesforce.setFieldAccess('Lead', 'HubSpot_Contact_Id__c', 'none');
    await engine.look(first, second);
    const hidden = salesforce.all('Lead').length;
    const failures = [await failureOf(engine, first), await failureOf(engine, second)];
    salesforce.setFieldAccess('Lead', 'HubSpot_Contact_Id__c', 'all');
    await engine.ledger.retryFailures();
    await engine.drainLater();

    expect(hidden).toBe(before);
    for (const failure of failures) {
      expect(failure).toMatchObject({ kind: 'needs-human', fields: ['HubSpot_Contact_Id__c'] });
      expect(failure?.advice).toContain('handoff setup');
    }
    for (const id of [first, second]) expect(personsOf(engine, id)).toHaveLength(1);
  });

  it('that is hidden between the look and the write, and refuses the whole call, fails only who sends it', async () => {
    const { salesforce } = engine;
    const [before, guilty, after] = [newContact(), newContact({ mobilephone: '+43 1' }), newContact()];
    await mark(before, guilty, after);
    salesforce.setUnknownFieldRefusesBatch(true);
    await drainWith(() => salesforce.setFieldAccess('Lead', 'MobilePhone', 'none'));
    salesforce.setUnknownFieldRefusesBatch(false);
    salesforce.setFieldAccess('Lead', 'MobilePhone', 'all');

    for (const id of [before, after]) expect(personsOf(engine, id)).toHaveLength(1);
    expect(personsOf(engine, guilty)).toEqual([]);
    expect(await failureOf(engine, guilty)).toMatchObject({ kind: 'needs-human', fields: ['MobilePhone'] });
  });
});

describe('an email that Salesforce does not take', () => {
  it('fails with the name of the field and not with the address, and harms no neighbour', async () => {
    const neighbour = newContact();
    const [id = ''] = engine.hubspot.seedContacts([sqlContact('bad', { email: 'not an address' })]);
    await engine.look(neighbour, id);

    const failure = await failureOf(engine, id);
    expect(failure).toMatchObject({ fields: ['Email'] });
    expect(JSON.stringify(failure)).not.toContain('not an address');
    expect(personsOf(engine, neighbour)).toHaveLength(1);
  });
});

describe('a value that is in the way', () => {
  it('of a restricted picklist that Salesforce does not know fails its contact with the field, and nobody else', async () => {
    const { salesforce } = engine;
    salesforce.setPicklist('Lead', 'LeadSource', ['Web'], { restricted: true });
    const [known = '', unknown = ''] = engine.hubspot.seedContacts([
      sqlContact('from-the-web', { hs_analytics_source: 'DIRECT_TRAFFIC' }),
      sqlContact('from-elsewhere'),
    ]);
    await engine.look(known, unknown);
    salesforce.setPicklist('Lead', 'LeadSource', ['Web', 'Other']);

    expect(personsOf(engine, known)).toMatchObject([{ LeadSource: 'Web' }]);
    expect(personsOf(engine, unknown)).toEqual([]);
    expect(await failureOf(engine, unknown)).toMatchObject({ kind: 'needs-human', fields: ['LeadSource'] });
  });

  it('a create answered by DUPLICATE_VALUE is solved by the next look, which finds who has the id', async () => {
    const { salesforce } = engine;
    const id = newContact();
    const body = (holder: string) => ({
      compositeResponse: [
        {
          body: [
            {
              success: false,
              errors: [
                {
                  statusCode: 'DUPLICATE_VALUE',
                  message: `duplicate value found: HubSpot_Contact_Id__c duplicates value on record with id: ${holder}`,
                  fields: ['HubSpot_Contact_Id__c'],
                },
              ],
            },
          ],
          httpHeaders: {},
          httpStatusCode: 200,
          referenceId: 'part0',
        },
      ],
    });
    await mark(id);
    let holder = '';
    await drainWith(() => {
      if (holder !== '') return;
      holder = salesforce.create('Lead', { LastName: 'Raced', Company: 'R', HubSpot_Contact_Id__c: id }).Id;
      salesforce.faults.add({ kind: 'status', status: 200, body: body(holder), match: /composite$/ });
    });
    expect((await engine.ledger.history(id)).pending).toMatchObject({ attempts: 1 });
    expect(salesforce.faults.left()).toBe(0);
    await engine.drainLater();

    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([holder]);
    expect(await failureOf(engine, id)).toBeUndefined();
  });
});

describe('duplicate rules that only alert stop REST writes as well', () => {
  const rule = { object: 'Lead', action: 'alert', match: 'last-name-and-company' } as const;
  const twin = { lastname: 'twin', company: 'Twin Works' };

  it.each([
    { allow: false, arrives: 0 },
    { allow: true, arrives: 1 },
  ])('allow_duplicates: $allow, persons: $arrives', async ({ allow, arrives }) => {
    const own = await startEngine({ mappings: { 'contacts.yaml': { allow_duplicates: allow } } });
    own.salesforce.create('Lead', { LastName: 'twin', Company: 'Twin Works', Email: 'other@people.example' });
    own.salesforce.addDuplicateRule(rule);
    const id = own.hubspot.createContact(sqlContact('alerted', twin));
    await own.look(id);
    const failure = await failureOf(own, id);
    await own.close();

    expect(personsOf(own, id)).toHaveLength(arrives);
    expect(failure?.vendorCode).toBe(allow ? undefined : 'DUPLICATES_DETECTED');
  });
});
