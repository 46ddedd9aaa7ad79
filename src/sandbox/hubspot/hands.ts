import { type AssociationHands, createAssociationHands } from './association-hands.ts';
import { addStage, type NewStage } from './lifecycle.ts';
import { createListHands, type ListHands } from './lists.ts';
import { eraseContact } from './merges.ts';
import type { PastValue } from './model.ts';
import { createPipelineHands, type PipelineHands } from './pipelines.ts';
import type { Portal } from './portal.ts';
import {
  createRecordHands,
  type EditOptions,
  type RecordHands,
  type RecordView,
  requireRecord,
  toAuthor,
} from './record-hands.ts';

/** A contact as a person sees it. */
type ContactView = RecordView;

/** A deal's or company's first associations; the first company is the primary one of a deal. */
type NewAssociations = { contacts?: readonly string[]; companies?: readonly string[] };

/** What people do in HubSpot's pages. Each of these sends the webhooks that HubSpot would send; what seeds alone sends none. */
export type Hands = RecordHands &
  AssociationHands &
  PipelineHands &
  ListHands & {
    createContact(properties: Record<string, string>, options?: EditOptions): string;
    /** A person may move the lifecycle stage backward; any other `changeSource` than `CRM_UI` goes forward only. */
    editContact(id: string, properties: Record<string, string>, options?: EditOptions): void;
    deleteContact(id: string, options?: EditOptions): void;
    restoreContact(id: string, options?: EditOptions): void;
    /** Answers the id of the survivor, which is a new one. */
    mergeContacts(primaryId: string, otherId: string, options?: EditOptions): string;
    privacyDelete(id: string, options?: EditOptions): void;
    /** Contacts in bulk without webhooks; values are taken as they are, without a check. Answers their ids in order. */
    seedContacts(list: Iterable<Readonly<Record<string, string>>>): string[];
    /** A stage of the portal's own behind `after`; HubSpot gives such stages numeric ids. Without `value` it gets the next one, which is answered. */
    addLifecycleStage(stage: NewStage): string;
    /** The contact of this id, in the recycle bin too; a merged id leads to the survivor. */
    getContact(id: string): ContactView | undefined;
    /** All values a property of this contact had, newest first; `at` in epoch milliseconds. */
    getHistory(id: string, property: string): PastValue[];
    /** All contacts by ascending id, made up afresh on each call. */
    contacts(): ContactView[];
    contactCount(): number;
    createCompany(properties: Record<string, string>, options?: EditOptions): string;
    editCompany(id: string, properties: Record<string, string>, options?: EditOptions): void;
    deleteCompany(id: string, options?: EditOptions): void;
    restoreCompany(id: string, options?: EditOptions): void;
    mergeCompanies(primaryId: string, otherId: string, options?: EditOptions): string;
    getCompany(id: string): RecordView | undefined;
    companies(): RecordView[];
    /** A person who creates a deal gets a close date at the end of the month, and associates it at once. */
    createDeal(properties: Record<string, string>, options?: EditOptions & NewAssociations): string;
    /** A person who closes a deal sets its close date by it. */
    editDeal(id: string, properties: Record<string, string>, options?: EditOptions): void;
    deleteDeal(id: string, options?: EditOptions): void;
    restoreDeal(id: string, options?: EditOptions): void;
    mergeDeals(primaryId: string, otherId: string, options?: EditOptions): string;
    getDeal(id: string): RecordView | undefined;
    deals(): RecordView[];
  };

/** The human's hands on a portal. They throw what HubSpot's page would refuse: an unknown id, an invalid value, an email that is taken. */
export function createHands(portal: Portal): Hands {
  const records = createRecordHands(portal);
  const associations = createAssociationHands(portal);

  return {
    ...records,
    ...associations,
    ...createPipelineHands(portal),
    ...createListHands(portal),
    createContact: (properties, options) => records.createRecord('contacts', properties, options),
    editContact: (id, properties, options) => records.editRecord('contacts', id, properties, options),
    deleteContact: (id, options) => records.deleteRecord('contacts', id, options),
    restoreContact: (id, options) => records.restoreRecord('contacts', id, options),
    mergeContacts: (primaryId, otherId, options) => records.mergeRecords('contacts', primaryId, otherId, options),
    privacyDelete: (id, options) => eraseContact(portal, requireRecord(portal, 'contacts', id), toAuthor(options)),
    seedContacts: (list) => records.seedRecords('contacts', list),
    addLifecycleStage: (stage) => addStage(portal, stage),
    getContact: (id) => records.getRecord('contacts', id),
    getHistory: (id, property) => records.getRecordHistory('contacts', id, property),
    contacts: () => records.records('contacts'),
    contactCount: () => portal.stores.contacts.all().length,
    createCompany: (properties, options) => records.createRecord('companies', properties, options),
    editCompany: (id, properties, options) => records.editRecord('companies', id, properties, options),
    deleteCompany: (id, options) => records.deleteRecord('companies', id, options),
    restoreCompany: (id, options) => records.restoreRecord('companies', id, options),
    mergeCompanies: (primaryId, otherId, options) => records.mergeRecords('companies', primaryId, otherId, options),
    getCompany: (id) => records.getRecord('companies', id),
    companies: () => records.records('companies'),
    createDeal(properties, { contacts = [], companies = [], ...who } = {}) {
      const id = records.createRecord('deals', properties, who);
      const deal = { type: 'deals', id } as const;
      for (const [place, company] of companies.entries()) {
        associations.associate(deal, { type: 'companies', id: company }, { ...who, primary: place === 0 });
      }
      for (const contact of contacts) associations.associate(deal, { type: 'contacts', id: contact }, who);
      return id;
    },
    editDeal: (id, properties, options) => records.editRecord('deals', id, properties, options),
    deleteDeal: (id, options) => records.deleteRecord('deals', id, options),
    restoreDeal: (id, options) => records.restoreRecord('deals', id, options),
    mergeDeals: (primaryId, otherId, options) => records.mergeRecords('deals', primaryId, otherId, options),
    getDeal: (id) => records.getRecord('deals', id),
    deals: () => records.records('deals'),
  };
}
