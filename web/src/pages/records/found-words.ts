import type { Answer } from '../../../../src/http/contract/index.ts';
import type { RecordKind } from '../../parts/record-link.tsx';

export type Found = Answer<'GET /contacts'>['items'][number];

type Words = {
  title: string;
  sentence: string;
  placeholder: string;
  /** Heads of the columns: the record, what belongs to it, its stage. */
  record: string;
  detail: string;
  stage: string;
  plural: string;
  /** Above the list as long as nobody searches. */
  latest: string;
};

export const listWords: Readonly<Record<RecordKind, Words>> = {
  contact: {
    title: 'Contacts',
    sentence: 'Find a contact, and why it is, or is not, in Salesforce.',
    placeholder: 'Email, name, or an id of HubSpot or Salesforce',
    record: 'Contact',
    detail: 'Company',
    stage: 'Stage',
    plural: 'contacts',
    latest: 'Those that changed last. The search finds all contacts of HubSpot.',
  },
  company: {
    title: 'Companies',
    sentence: 'Find a company, and the Account that it is paired with.',
    placeholder: 'Name, domain, or an id of HubSpot or Salesforce',
    record: 'Company',
    detail: 'Domain',
    stage: 'Stage',
    plural: 'companies',
    latest: 'Those that changed last. The search finds all companies of HubSpot.',
  },
  deal: {
    title: 'Deals',
    sentence: 'Find a deal, and the Opportunity that it is paired with.',
    placeholder: 'Name, or an id of HubSpot or Salesforce',
    record: 'Deal',
    detail: 'Amount',
    stage: 'Deal stage',
    plural: 'deals',
    latest: 'Those that changed last. The search finds all deals of HubSpot.',
  },
};

/** What a row is called: its name, else its email, else the id. Pure. */
export function foundTitle({ kind, name, email, recordId, counterpart }: Found): string {
  const text = [name, email].find((one) => one !== null && one.trim() !== '');
  if (text !== undefined && text !== null) return text;
  return recordId === null ? `${counterpart?.object ?? kind} ${counterpart?.id ?? ''}`.trim() : `${kind} ${recordId}`;
}

/** Tells one row from all others. */
export function foundKey({ recordId, counterpart }: Found): string {
  return recordId ?? `${counterpart?.object} ${counterpart?.id}`;
}
