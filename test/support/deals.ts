import type { Engine, EngineOptions } from './engine.ts';
import { type MappingChanges, withDeals } from './mappings.ts';
import { personsOf, sqlContact } from './people.ts';
import { startTwoWay } from './two-way.ts';

/** An engine that syncs companies and deals as shipped, with these changes of the mappings. */
export async function startDeals(changes: MappingChanges = {}, options: EngineOptions = {}): Promise<Engine> {
  const mappings: Record<string, Record<string, unknown>> = { ...withDeals };
  for (const [file, values] of Object.entries(changes)) mappings[file] = { ...mappings[file], ...values };
  return await startTwoWay({ ...options, mappings });
}

let number = 0;

/** A company of HubSpot with a domain of its own. */
export function newCompany({ hubspot }: Engine, more: Record<string, string> = {}): string {
  number += 1;
  return hubspot.createCompany({ name: `Works ${number}`, domain: `works${number}.example`, ...more });
}

/** A contact that has passed the gate, of this company. Not looked at yet. */
export function newContact({ hubspot }: Engine, companyId: string | null, more: Record<string, string> = {}): string {
  number += 1;
  const id = hubspot.createContact(sqlContact(`person${number}`, more));
  if (companyId !== null) hubspot.setPrimaryCompany('contacts', id, companyId);
  return id;
}

type Ends = { contacts?: readonly string[]; companies?: readonly string[] };

/** An open deal. Not looked at yet. */
export function newDeal({ hubspot }: Engine, ends: Ends, more: Record<string, string> = {}): string {
  number += 1;
  const values = {
    dealname: `Order ${number}`,
    pipeline: 'default',
    dealstage: 'qualifiedtobuy',
    amount: '1000',
    closedate: '2026-12-31T12:00:00Z',
    ...more,
  };
  return hubspot.createDeal(values, { contacts: [...(ends.contacts ?? [])], companies: [...(ends.companies ?? [])] });
}

/** The Opportunities that carry the id of the deal. */
export function opportunitiesOf({ salesforce }: Engine, dealId: string) {
  return salesforce.all('Opportunity').filter(({ HubSpot_Deal_Id__c: id }) => id === dealId);
}

/** The one Opportunity of the deal. */
export function opportunityOf(engine: Engine, dealId: string) {
  const [opportunity, ...others] = opportunitiesOf(engine, dealId);
  if (opportunity === undefined || others.length > 0) throw new Error(`${others.length} Opportunities too many`);
  return opportunity;
}

export function rolesOf({ salesforce }: Engine, opportunityId: unknown) {
  return salesforce.all('OpportunityContactRole').filter(({ OpportunityId: id }) => id === opportunityId);
}

export function accountsOf({ salesforce }: Engine, companyId: string) {
  return salesforce.all('Account').filter(({ HubSpot_Company_Id__c: id }) => id === companyId);
}

export type Cast = { company: string; contact: string; deal: string; opportunityId: string; accountId: string };

/** A company, a contact who is a Contact in Salesforce, and a deal: all of them paired, and both sides at peace. */
export async function pairedDeal(engine: Engine, more: Record<string, string> = {}): Promise<Cast> {
  const company = newCompany(engine);
  const contact = newContact(engine, company);
  await engine.look(contact);
  const lead = String(personsOf(engine, contact)[0]?.Id);
  const accountId = String(accountsOf(engine, company)[0]?.Id);
  engine.salesforce.convertLead(lead, { accountId });
  const deal = newDeal(engine, { contacts: [contact], companies: [company] }, more);
  await engine.lookAt('deal', deal);
  await settle(engine, { contacts: [contact], deals: [deal], companies: [company] });
  return { company, contact, deal, accountId, opportunityId: String(opportunityOf(engine, deal).Id) };
}

type All = { contacts?: readonly string[]; companies?: readonly string[]; deals?: readonly string[] };

/** Looks at these until everything that follows is done. */
export async function settle(engine: Engine, { contacts = [], companies = [], deals = [] }: All): Promise<void> {
  await engine.look(...contacts);
  await engine.lookAt('company', ...companies);
  await engine.lookAt('deal', ...deals);
}

/** A round of reading Salesforce, and all that follows from it. */
export async function pollAndWork(engine: Engine): Promise<void> {
  await engine.poll();
  await engine.drain();
}

export const dealOf = ({ hubspot }: Engine, id: string) => hubspot.getDeal(id)?.properties ?? {};

export async function decisionAbout({ database }: Engine, object: string, id: string) {
  const { rows } = await database.pool.query<{
    outcome: string;
    code: string;
    text: string;
    reasons: { code: string }[];
  }>('select outcome, code, text, reasons from decisions where object = $1 and record_id = $2', [object, id]);
  return rows[0];
}

/** As if ten minutes had passed: what the CRMs say of owners, stages, currencies and record types is read anew. */
export function refreshFacts({ dependencies, secondWorker }: Engine): void {
  Object.assign(dependencies, { facts: secondWorker().facts });
}
