import type { ChangeEvent } from './events.ts';
import { link, linksOf } from './links.ts';
import type { Author } from './model.ts';
import type { Portal } from './portal.ts';
import { createRecord } from './writes.ts';

const BY_DOMAIN: Author = { changeSource: 'AUTO_ASSOCIATE_BY_DOMAIN' };
/** Addresses of these say nothing about a company. HubSpot's own list is much longer. */
const FREE_MAIL = new Set([
  'gmail.com',
  'googlemail.com',
  'outlook.com',
  'hotmail.com',
  'yahoo.com',
  'icloud.com',
  'gmx.de',
]);

function domainsOf({ domain = '', hs_additional_domains: more = '' }: Readonly<Record<string, string>>): string[] {
  return [domain, ...more.split(';')].map((one) => one.trim().toLowerCase());
}

function associateByDomain(portal: Portal, contactId: string): void {
  const contact = portal.stores.contacts.get(contactId);
  const domain = contact?.state.values.email?.split('@')[1];
  if (contact === undefined || contact.state.archived || domain === undefined || FREE_MAIL.has(domain)) return;
  if (linksOf(portal, 'contacts', contactId, 'companies').length > 0) return;
  const present = portal.stores.companies
    .all()
    .find(({ state: { archived, values } }) => !archived && domainsOf(values).includes(domain));
  const company = present ?? createRecord(portal, 'companies', { domain, name: domain }, BY_DOMAIN);
  const primary = portal.associationTypes.primary('contacts', 'companies');
  link(portal, contact, company, primary === undefined ? [] : [primary], { teller: BY_DOMAIN });
}

/**
 * Gives a new contact, or one whose email changed, the company of its domain, where the portal is set so: a moment later, and never
 * in place of one it has (article on creating and associating companies with contacts).
 */
export function matchCompanies(portal: Portal, change: ChangeEvent): void {
  if (!portal.settings.companiesFromEmails || change.type !== 'contacts') return;
  const isNew = change.kind === 'creation' || (change.kind === 'propertyChange' && change.property === 'email');
  if (isNew) queueMicrotask(() => associateByDomain(portal, change.recordId));
}
