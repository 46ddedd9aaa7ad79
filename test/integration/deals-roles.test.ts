import { afterEach, expect, it } from 'vitest';
import { newContact, pairedDeal, pollAndWork, rolesOf, settle, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';

let engine: Engine;
afterEach(() => engine.close());

it('a role that is not the primary one and that sales takes away goes in HubSpot too', async () => {
  engine = await startDeals();
  await engine.poll();
  const { company, deal, accountId, opportunityId } = await pairedDeal(engine);
  const other = newContact(engine, company);
  await engine.look(other);
  engine.salesforce.convertLead(String(personsOf(engine, other)[0]?.Id), { accountId });
  engine.hubspot.associate({ type: 'deals', id: deal }, { type: 'contacts', id: other });
  await settle(engine, { contacts: [other], deals: [deal] });
  const [role] = rolesOf(engine, opportunityId).filter(({ IsPrimary }) => IsPrimary !== true);
  expect(rolesOf(engine, opportunityId)).toHaveLength(2);
  await pollAndWork(engine);

  engine.salesforce.removeRole(opportunityId, String(role?.ContactId));
  await engine.poll();
  await engine.drain();

  const contacts = engine.hubspot.getAssociations({ type: 'deals', id: deal }, 'contacts');
  expect(contacts.map(({ toId }) => toId)).not.toContain(other);
  expect(contacts).toHaveLength(1);
  expect((await engine.poll()).marked.deals).toBe(0);
});
