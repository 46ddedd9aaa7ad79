import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackfillObject } from '../../src/domain/runs/types.ts';
import { SyncError } from '../../src/errors.ts';
import { previewRecords } from '../../src/usecases/preview/preview-records.ts';
import type { Preview } from '../../src/usecases/preview/types.ts';
import {
  accountsOf,
  newCompany,
  newContact,
  newDeal,
  opportunitiesOf,
  pairedDeal,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';
import { dumpLedger, writesIn } from '../support/quiet.ts';

let engine: Engine;
beforeAll(async () => {
  const born = { 'born_in_salesforce.do': 'create', 'born_in_salesforce.stage': 'salesqualifiedlead' };
  engine = await startDeals({ 'contacts.yaml': born }, { salesforce: { keepBodies: true } });
});
afterAll(() => engine.close());

const spend = () => ({ priority: 4, prepaid: 0 }) as const;

async function preview(object: BackfillObject, ...ids: string[]): Promise<Preview[]> {
  const previews = await previewRecords(engine.dependencies, object, ids, spend());
  expect([...previews.keys()].sort()).toEqual([...new Set(ids)].sort());
  return ids.flatMap((id) => previews.get(id) ?? []);
}

const named = (changes: Preview['changes']) => Object.fromEntries(changes.map(({ field, after }) => [field, after]));

describe('a preview', () => {
  it('says of a contact what the sync then does', async () => {
    const [passed, below] = [sqlContact('passed'), sqlContact('below', { lifecyclestage: 'lead' })].map((one) =>
      engine.hubspot.createContact(one),
    );
    const previews = await preview('contacts', passed ?? '', below ?? '');
    expect(previews).toMatchObject([
      { outcome: 'create', passesGate: true, creates: true, recordId: passed, problem: null },
      { outcome: 'below_gate', passesGate: false, creates: false, changes: [] },
    ]);
    await engine.look(passed ?? '');
    expect(personsOf(engine, passed ?? '')).toMatchObject([{ LastName: named(previews[0]?.changes ?? []).LastName }]);

    engine.hubspot.editContact(passed ?? '', { jobtitle: 'Chief' });
    const [again] = await preview('contacts', passed ?? '');
    expect(again).toMatchObject({ outcome: 'update', counterpart: { object: 'Lead' }, creates: false });
    expect(again?.changes).toMatchObject([{ system: 'salesforce', object: 'Lead', field: 'Title', after: 'Chief' }]);
  });

  it('says it of companies and deals, with roles and associations', async () => {
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    await engine.database.pool.query('delete from pending');
    await engine.look(contact);
    expect(accountsOf(engine, company)).toHaveLength(1);
    engine.hubspot.editCompany(company, { name: 'Renamed' });
    const deal = newDeal(engine, { contacts: [contact], companies: [company] });
    const [ofCompany] = await preview('companies', company);
    const [ofDeal] = await preview('deals', deal);
    expect(ofCompany).toMatchObject({ outcome: 'update', passesGate: null, counterpart: { object: 'Account' } });
    expect(named(ofCompany?.changes ?? [])).toMatchObject({ Name: 'Renamed' });
    expect(ofDeal).toMatchObject({ outcome: 'create', creates: true, object: 'deal' });
    expect(named(ofDeal?.changes ?? [])).toMatchObject({ StageName: expect.any(String) });
    await engine.lookAt('deal', deal);
    expect(opportunitiesOf(engine, deal)).toHaveLength(1);
  });

  it('says of leads and opportunities what becomes of them', async () => {
    const cast = await pairedDeal(engine);
    const { Id: born } = engine.salesforce.create('Lead', {
      LastName: 'Born',
      Company: 'Works',
      Email: 'born@people.example',
    });
    const { Id: opportunity } = engine.salesforce.create('Opportunity', {
      Name: 'Born deal',
      StageName: 'Proposal/Price Quote',
      CloseDate: '2026-12-31',
      AccountId: cast.accountId,
    });
    const known = engine.hubspot.createContact(sqlContact('known', { lifecyclestage: 'lead' }));
    const { Id: lead } = engine.salesforce.create('Lead', {
      LastName: 'known',
      Company: 'Works',
      Email: 'known@people.example',
    });
    const [created, linked] = await preview('leads', born, lead);
    expect(created).toMatchObject({ system: 'salesforce', object: 'Lead', outcome: 'create', creates: true });
    expect(named(created?.changes ?? [])).toMatchObject({ email: 'born@people.example' });
    expect(linked).toMatchObject({ recordId: lead, outcome: 'link', counterpart: { id: lead }, creates: false });
    expect(linked?.changes).toContainEqual(expect.objectContaining({ field: 'salesforce_person_id', after: lead }));
    expect(linked?.reasons[0]?.text).toContain(known);
    const [bornDeal, paired] = await preview('opportunities', opportunity, cast.opportunityId);
    expect(bornDeal).toMatchObject({ object: 'Opportunity', outcome: 'create', creates: true });
    expect(named(bornDeal?.changes ?? [])).toMatchObject({ dealname: 'Born deal' });
    expect(paired).toMatchObject({ outcome: 'unchanged', changes: [] });
  });

  it('answers for merged, deleted and unknown ids', async () => {
    const first = engine.hubspot.createContact(sqlContact('first'));
    await engine.look(first);
    const second = engine.hubspot.createContact(sqlContact('second', { lifecyclestage: 'lead' }));
    const survivor = engine.hubspot.mergeContacts(second, first);
    const deleted = engine.hubspot.createContact(sqlContact('deleted'));
    engine.hubspot.deleteContact(deleted);
    const previews = await preview('contacts', first, survivor, deleted, '999999999');
    expect(previews[0]).toEqual(previews[1]);
    expect(previews[0]).toMatchObject({ recordId: survivor, counterpart: { object: 'Lead' } });
    expect(previews.slice(2).map(({ outcome }) => outcome)).toEqual(['gone', 'gone']);
  });

  it('answers unread where a CRM fails, and nothing is thrown', async () => {
    const id = engine.hubspot.createContact(sqlContact('unread'));
    const { dependencies } = engine;
    const refuse = async () => Promise.reject(new SyncError('retryable', 'salesforce_unreachable', 'It is away.'));
    const withoutSalesforce = { ...dependencies, salesforce: { ...dependencies.salesforce, findPersons: refuse } };
    const previews = await previewRecords(withoutSalesforce, 'contacts', [id], spend());
    expect(previews.get(id)).toMatchObject({ outcome: 'unread', problem: { code: expect.any(String) } });
    const leads = await previewRecords(withoutSalesforce, 'leads', ['00Q000000000001AAA'], spend());
    expect(leads.get('00Q000000000001AAA')).toMatchObject({ outcome: 'unread', system: 'salesforce' });
  });
});

describe('a preview of 1,000 contacts', () => {
  it('costs few reads, sends no write and leaves the ledger as it is', async () => {
    const ids = Array.from({ length: 1_000 }, (_, index) =>
      engine.hubspot.createContact(sqlContact(`many${index}`, index % 5 === 0 ? {} : { lifecyclestage: 'lead' })),
    );
    await engine.look(...ids.slice(0, 50));
    await preview('contacts', ids[0] ?? '');
    const before = await dumpLedger(engine);
    engine.hubspot.resetCounters();
    engine.salesforce.resetRequests();
    const previews = await preview('contacts', ...ids);
    expect(previews.filter(({ passesGate }) => passesGate)).toHaveLength(200);
    expect(engine.hubspot.requests.length).toBeLessThanOrEqual(10);
    expect(engine.salesforce.requests.length).toBeLessThanOrEqual(5);

    const reads = await engine.dependencies.hubspot.read(
      'contacts',
      ids,
      engine.mapping.contact.hubspotProperties,
      spend(),
    );
    const records = [...reads.values()].flatMap((read) => (read.kind === 'found' ? read.record : []));
    engine.hubspot.resetCounters();
    const again = await previewRecords(engine.dependencies, 'contacts', records, spend());
    expect([...again.values()].map(({ outcome }) => outcome).sort()).toEqual(
      previews.map(({ outcome }) => outcome).sort(),
    );
    expect(engine.hubspot.requests).toHaveLength(0);
    expect(writesIn(engine)).toEqual([]);
    expect(Object.keys(before)).toContain('pending');
    expect(await dumpLedger(engine)).toEqual(before);
  }, 60_000);

  it('finds that a test would see a write', async () => {
    const before = await dumpLedger(engine);
    engine.hubspot.resetCounters();
    engine.salesforce.resetRequests();
    await engine.look(engine.hubspot.createContact(sqlContact('written')));
    expect(writesIn(engine).length).toBeGreaterThan(1);
    expect(await dumpLedger(engine)).not.toEqual(before);
  });
});
