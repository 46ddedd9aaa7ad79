import { afterEach, describe, expect, it } from 'vitest';
import { parseWebhookEvent } from '../../src/hubspot/webhook-events.ts';
import { acceptEvents } from '../../src/usecases/accept-events.ts';
import { accountsOf, newCompany, pairedDeal, pollAndWork, rolesOf, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';

let engine: Engine;
afterEach(() => engine.close());

const ids: ReadonlySet<unknown> = new Set([
  'salesforce_person_id',
  'salesforce_account_id',
  'salesforce_opportunity_id',
]);

const tellsOfId = (body: unknown) => ids.has(parseWebhookEvent(body)?.propertyName);

/** What the webhooks since then would mark, as `object/id`; nothing is marked. @param counts which of them */
async function marksSince(place: number, counts: (body: unknown) => boolean = () => true): Promise<string[]> {
  const { ledger, mapping, hubspot } = engine;
  const marked: string[] = [];
  const observed = {
    echoes: ledger.echoes,
    rememberMerges: ledger.rememberMerges,
    mark: async (marks: readonly { object: string; recordId: string }[]) =>
      marked.push(...marks.map(({ object, recordId }) => `${object}/${recordId}`)),
  };
  const news = hubspot.webhookJournal.slice(place).filter(counts).map(parseWebhookEvent);
  expect(news.length).toBeGreaterThan(0);
  await acceptEvents({ ledger: observed, mapping, portalId: String(hubspot.portalId) }, news);
  return marked;
}

describe('webhooks that tell of our own writes to companies and deals', () => {
  it.each(['classic', 'object'] as const)(
    'mark nothing: values, the company, a role (%s form)',
    async (webhookForm) => {
      engine = await startDeals();
      engine.hubspot.configure({ webhookForm });
      await engine.poll();
      const { opportunityId } = await pairedDeal(engine);
      const place = engine.hubspot.webhookJournal.length;
      const person = String(rolesOf(engine, opportunityId)[0]?.ContactId);
      engine.salesforce.edit('Opportunity', opportunityId, {
        Name: 'Renamed by sales',
        StageName: 'Negotiation/Review',
      });
      engine.salesforce.removeRole(opportunityId, person);
      await pollAndWork(engine);

      expect(engine.hubspot.webhookJournal.length).toBeGreaterThan(place);
      expect(await marksSince(place)).toEqual([]);

      const then = engine.hubspot.webhookJournal.length;
      engine.salesforce.addRole(opportunityId, person);
      await pollAndWork(engine);
      expect(await marksSince(then)).toEqual([]);
    },
  );

  it('mark nothing when sales moves a contact to another Account', async () => {
    engine = await startDeals();
    await engine.poll();
    const { contact } = await pairedDeal(engine);
    const other = newCompany(engine);
    engine.hubspot.setPrimaryCompany('contacts', contact, other);
    await engine.look(contact);
    const otherAccount = accountsOf(engine, other)[0]?.Id;
    expect(otherAccount).toBeDefined();
    const [first] = engine.salesforce.all('Account').filter(({ Id }) => Id !== otherAccount);
    const place = engine.hubspot.webhookJournal.length;
    const person = personsOf(engine, contact).find(({ AccountId }) => AccountId === otherAccount);
    engine.salesforce.edit('Contact', String(person?.Id), { AccountId: first?.Id ?? null });
    await pollAndWork(engine);

    expect(await marksSince(place)).toEqual([]);
  });

  it('mark nothing for the ids of the counterparts, unless a person puts one in', async () => {
    engine = await startDeals();
    await engine.poll();
    const { deal } = await pairedDeal(engine);
    const told = engine.hubspot.webhookJournal.map(parseWebhookEvent).map((event) => event?.propertyName);

    expect(new Set(told.filter((name) => ids.has(name)))).toEqual(ids);
    expect(await marksSince(0, tellsOfId)).toEqual([]);

    const place = engine.hubspot.webhookJournal.length;
    const company = newCompany(engine);
    engine.hubspot.editRecord('companies', company, { salesforce_account_id: '001000000000009AAA' });
    engine.hubspot.editRecord('deals', deal, { salesforce_opportunity_id: '006000000000009AAA' });
    expect(new Set(await marksSince(place, tellsOfId))).toEqual(new Set([`company/${company}`, `deal/${deal}`]));
  });

  it('mark the deal when a person takes the contact away', async () => {
    engine = await startDeals();
    await engine.poll();
    const { contact, deal } = await pairedDeal(engine);
    const place = engine.hubspot.webhookJournal.length;
    engine.hubspot.dissociate({ type: 'deals', id: deal }, { type: 'contacts', id: contact });

    expect(await marksSince(place)).toContain(`deal/${deal}`);
  });
});
