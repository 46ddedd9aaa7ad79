import type { Subject } from '../../../domain/mapping/expression.ts';
import type { CompiledMapping } from '../../../domain/mapping/types.ts';
import type { HubSpotObject, SystemName } from '../../../domain/record.ts';
import type { BackfillObject } from '../../../domain/runs/types.ts';
import type { HubSpotType } from '../../../ports/hubspot.ts';

/** What tells one object of a backfill from the others. */
export type ObjectNames = {
  system: SystemName;
  /** As the ledger names a record of it. */
  object: HubSpotObject | 'Lead' | 'Opportunity';
  /** As which expressions of a filter read it. */
  subject: Subject;
  /** The property or field of `--stage`. */
  stageField: string;
  /** What its ids look like. */
  isId: RegExp;
};

const hubspotId = /^\d{1,32}$/;
/** 18 characters, as the ledger keeps them; the 15 of the address bar are completed before. */
const salesforceId = /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/;

export const objectNames: Readonly<Record<BackfillObject, ObjectNames>> = {
  contacts: { system: 'hubspot', object: 'contact', subject: 'contact', stageField: 'lifecyclestage', isId: hubspotId },
  companies: {
    system: 'hubspot',
    object: 'company',
    subject: 'company',
    stageField: 'lifecyclestage',
    isId: hubspotId,
  },
  deals: { system: 'hubspot', object: 'deal', subject: 'deal', stageField: 'dealstage', isId: hubspotId },
  leads: { system: 'salesforce', object: 'Lead', subject: 'person', stageField: 'Status', isId: salesforceId },
  opportunities: {
    system: 'salesforce',
    object: 'Opportunity',
    subject: 'opportunity',
    stageField: 'StageName',
    isId: salesforceId,
  },
};

export const backfillObjects: readonly BackfillObject[] = ['contacts', 'companies', 'deals', 'leads', 'opportunities'];

/** What is walked through in HubSpot. */
export type HubSpotBackfill = Extract<BackfillObject, HubSpotType>;

export function isHubSpotBackfill(object: BackfillObject): object is HubSpotBackfill {
  return objectNames[object].system === 'hubspot';
}

/** Whether the mapping syncs such records at all. */
export function isSynced({ company, deal }: CompiledMapping, object: BackfillObject): boolean {
  if (object === 'companies') return company.isOn;
  return object === 'deals' || object === 'opportunities' ? deal.isOn : true;
}

/** Whether a record that is written may bring others along: its company, the contacts of a company that has landed. */
export function bringsOthers({ company, deal }: CompiledMapping): boolean {
  return company.isOn || deal.isOn;
}

/** What the mapping reads of such records anyhow. */
export function fieldsOf({ contact, company, deal }: CompiledMapping, object: BackfillObject): readonly string[] {
  switch (object) {
    case 'contacts':
      return contact.hubspotProperties;
    case 'companies':
      return company.hubspotProperties;
    case 'deals':
      return deal.hubspotProperties;
    case 'leads':
      return contact.salesforceFields.Lead;
    case 'opportunities':
      return deal.salesforceFields;
  }
}
