import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountsOf, newCompany, newContact, pollAndWork, settle, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { failureOf } from '../support/people.ts';

let engine: Engine;
beforeEach(async () => {
  engine = await startDeals();
  await engine.poll();
});
afterEach(() => engine.close());

/** A company with a contact past the gate, and Accounts of its domain under these names. */
async function companyAmong(...names: readonly string[]) {
  const company = newCompany(engine);
  const { name = '', domain = '' } = engine.hubspot.getCompany(company)?.properties ?? {};
  const accounts = names.map((given) =>
    String(engine.salesforce.create('Account', { Name: given || name, Website: domain }).Id),
  );
  await engine.poll();
  const contact = newContact(engine, company);
  await settle(engine, { contacts: [contact], companies: [company] });
  return { company, name, accounts, code: (await failureOf(engine, company))?.code };
}

async function answered(company: string, accountId: string | undefined): Promise<void> {
  await pollAndWork(engine);
  await engine.drainLater();
  expect(await failureOf(engine, company)).toBeUndefined();
  expect(accountsOf(engine, company).map(({ Id }) => Id)).toEqual([accountId]);
}

describe('what people are asked about a company is answered in Salesforce', () => {
  it('by merging the Accounts that could be it', async () => {
    const { company, accounts, code } = await companyAmong('', '');
    expect(code).toBe('several_accounts');
    engine.salesforce.merge('Account', accounts[0] ?? '', [accounts[1] ?? '']);
    await answered(company, accounts[0]);
  });

  it('by deleting the one that is double', async () => {
    const { company, accounts, code } = await companyAmong('', '');
    expect(code).toBe('several_accounts');
    engine.salesforce.remove('Account', accounts[1] ?? '');
    await answered(company, accounts[0]);
  });

  it('by giving the Account the name of the company', async () => {
    const { company, name, accounts, code } = await companyAmong('Quite Another');
    expect(code).toBe('account_name_differs');
    engine.salesforce.edit('Account', accounts[0] ?? '', { Name: name });
    await answered(company, accounts[0]);
  });

  it('once for each state of an Account: a question that stays is not asked again and again', async () => {
    const { company, accounts, code } = await companyAmong('', '');
    expect(code).toBe('several_accounts');
    const looks = async () => {
      await pollAndWork(engine);
      await engine.drainLater();
      return (await failureOf(engine, company))?.attempts ?? 0;
    };
    const before = (await failureOf(engine, company))?.attempts ?? 0;
    engine.salesforce.edit('Account', accounts[0] ?? '', { Phone: '+43 1 234' });
    // Rows that are fresher than that are never remembered.
    await new Promise((resolve) => setTimeout(resolve, 4_100));
    const after = await looks();
    expect(after).toBeGreaterThan(before);
    expect(await looks()).toBe(after);
  });
});
