import { afterEach, expect, it } from 'vitest';
import {
  accountsOf,
  decisionAbout,
  newCompany,
  newContact,
  pairedDeal,
  pollAndWork,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { failureOf } from '../support/people.ts';

let engine: Engine;
afterEach(() => engine.close());

/** An Account of sales with a Contact who is linked with a HubSpot contact. */
async function linkedAccount(fields: { Name: string; Website: string }) {
  const { Id } = engine.salesforce.create('Account', fields);
  const email = `${Id.toLowerCase()}@people.example`;
  engine.salesforce.create('Contact', { LastName: 'Person', Email: email, AccountId: Id });
  const contact = newContact(engine, null, { email });
  await engine.look(contact);
  await pollAndWork(engine);
  return { account: Id, contact };
}

const companyOf = (contact: string) => engine.hubspot.getContact(contact)?.properties.associatedcompanyid;

it.each([
  ['of a mail provider', 'gmail.com', 'https://gmail.com'],
  ['of a social network', 'linkedin.com', 'https://www.linkedin.com/company/alpine'],
  ['that the mapping ignores', 'holding.example', 'https://alpine.holding.example'],
])(
  'an Account with a Website %s becomes a company of its own, whoever has that domain in HubSpot',
  async (_, domain, website) => {
    engine = await startDeals({ 'companies.yaml': { 'match.ignored_domains': ['holding.example'] } });
    await engine.poll();
    const stranger = newCompany(engine, { name: 'Alpine', domain });
    const { account, contact } = await linkedAccount({ Name: 'Alpine', Website: website });

    expect(await decisionAbout(engine, 'Account', account)).toMatchObject({ outcome: 'create', code: 'born_created' });
    expect(companyOf(contact)).toEqual(expect.any(String));
    expect(companyOf(contact)).not.toBe(stranger);
    expect(engine.hubspot.getCompany(String(companyOf(contact)))?.properties.salesforce_account_id).toBe(account);
    expect(engine.hubspot.getCompany(stranger)?.properties.salesforce_account_id ?? '').toBe('');
  },
);

it('two companies with a domain that says nothing are no failure of an Account', async () => {
  engine = await startDeals();
  await engine.poll();
  newCompany(engine, { domain: 'xing.com' });
  newCompany(engine, { domain: 'xing.com' });
  const { account, contact } = await linkedAccount({ Name: 'Alpine', Website: 'https://www.xing.com/pages/alpine' });

  expect(await failureOf(engine, account)).toBeUndefined();
  expect(engine.hubspot.getCompany(String(companyOf(contact)))?.properties.name).toBe('Alpine');
});

it.each([
  ['among its further domains', { domain: 'alpine.example', hs_additional_domains: 'alpine.at;alpine-works.at' }],
  ['as a part of its domain', { domain: 'shop.alpine-works.at' }],
])('an Account is linked with the company that has its domain %s', async (_, properties) => {
  engine = await startDeals();
  await engine.poll();
  const company = newCompany(engine, { name: 'Alpine', ...properties });
  const { account, contact } = await linkedAccount({ Name: 'Alpine', Website: 'https://www.alpine-works.at' });

  expect(accountsOf(engine, company)).toMatchObject([{ Id: account }]);
  expect(companyOf(contact)).toBe(company);
  expect(engine.hubspot.companies()).toHaveLength(1);
});

it('a Website that names no site neither becomes the domain of a company nor empties it', async () => {
  engine = await startDeals();
  await engine.poll();
  const { contact } = await linkedAccount({ Name: 'Alpine', Website: 'see notes' });
  const born = engine.hubspot.getCompany(String(companyOf(contact)))?.properties;
  expect(born?.domain ?? '').toBe('');
  const { company, accountId } = await pairedDeal(engine);
  const domain = engine.hubspot.getCompany(company)?.properties.domain;
  for (const website of ['tbd', 'https://']) {
    engine.salesforce.edit('Account', accountId, { Website: website });
    await pollAndWork(engine);
    expect(engine.hubspot.getCompany(company)?.properties.domain).toBe(domain);
    expect(await decisionAbout(engine, 'company', company)).toMatchObject({
      reasons: expect.arrayContaining([expect.objectContaining({ code: 'website_without_domain' })]),
    });
  }
});
