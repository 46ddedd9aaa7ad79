import type { ChangeEvent } from './events.ts';
import { isBackward } from './lifecycle.ts';
import { isPrimary, linksOf } from './links.ts';
import type { Author, ObjectType, SandboxRecord } from './model.ts';
import type { Portal } from './portal.ts';
import { updateRecord } from './writes.ts';

/** Whom the history names for stages that follow a deal or a company: members of HubSpot's list of sources; that it is these is not established. */
const BY_DEAL: Author = { changeSource: 'DEALS' };
const BY_COMPANY: Author = { changeSource: 'COMPANIES' };

/** Moves a record's lifecycle stage forward to this one; never backward (article on how stages sync between objects). */
function advance(portal: Portal, record: SandboxRecord | undefined, stage: string, author: Author): void {
  if (record === undefined || record.state.archived || record.state.values.lifecyclestage === stage) return;
  if (!isBackward(portal, record, stage)) updateRecord(portal, record, { lifecyclestage: stage }, author);
}

/** What a deal does to one record it is linked to. */
function followDeal(portal: Portal, deal: SandboxRecord | undefined, type: ObjectType, id: string): void {
  if (deal === undefined || type === 'deals') return;
  const { dealCreated, dealWon } = portal.settings.stageAutomation;
  const isWon = deal.state.values.hs_is_closed_won === 'true';
  const isOpen = deal.state.values.hs_is_closed === 'false';
  const record = portal.stores[type].get(id);
  if (dealCreated === true && isOpen) advance(portal, record, 'opportunity', BY_DEAL);
  if (dealWon === true && isWon) advance(portal, record, 'customer', BY_DEAL);
}

function followCompany(portal: Portal, contactId: string, companyId: string): void {
  const stage = portal.stores.companies.get(companyId)?.state.values.lifecyclestage;
  if (portal.settings.stageAutomation.companyToContacts !== true || stage === undefined) return;
  advance(portal, portal.stores.contacts.get(contactId), stage, BY_COMPANY);
}

/** HubSpot's own automation of lifecycle stages, as far as the settings switch it on: called with every change, before anyone reads it. */
export function followStages(portal: Portal, change: ChangeEvent): void {
  if (change.kind === 'associationChange') {
    const { association, recordId, toId, removed } = change;
    if (removed || association.from !== 'deals' || association.role !== 'unlabelled') return;
    followDeal(portal, portal.stores.deals.get(recordId), association.to, toId);
    return;
  }
  if (change.kind !== 'propertyChange') return;
  const { type, recordId, property, value } = change;
  if (type === 'deals' && property === 'hs_is_closed_won' && value === 'true') {
    const deal = portal.stores.deals.get(recordId);
    for (const other of ['contacts', 'companies'] as const) {
      for (const { toId } of linksOf(portal, 'deals', recordId, other)) followDeal(portal, deal, other, toId);
    }
  }
  if (type === 'contacts' && property === 'associatedcompanyid') followCompany(portal, recordId, value);
  if (type !== 'companies' || property !== 'lifecyclestage') return;
  for (const link of linksOf(portal, 'companies', recordId, 'contacts')) {
    if (isPrimary(link)) followCompany(portal, link.toId, recordId);
  }
}
