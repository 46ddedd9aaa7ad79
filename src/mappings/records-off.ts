import type { CompanyMapping, DealMapping, RecordMapping } from '../domain/mapping/record-types.ts';
import { compileOwners } from './compile-owners.ts';

/** Where there is no file: nothing is read, nothing is written. A file that says `sync: false` keeps its fields, as it is a pause. */
const recordOff: RecordMapping = {
  isOn: false,
  fields: [],
  owner: compileOwners(),
  defaults: {},
  required: [],
  hubspotProperties: [],
  namedAt: new Map(),
  salesforceFields: [],
  events: {
    deletedInHubSpot: 'unlink',
    deletedInSalesforce: 'unlink',
    restoredInSalesforce: 'relink',
    mergedInSalesforce: 'follow',
  },
};

/** `companies.yaml` is not there. */
export const companyOff: CompanyMapping = {
  ...recordOff,
  createInSalesforce: 'never',
  createInHubSpot: 'never',
  matchByDomain: false,
  ignoredDomains: new Set(),
  contactRule: 'never',
  stageFollowsDeals: false,
};

/** `deals.yaml` is not there. */
export const dealOff: DealMapping = {
  ...recordOff,
  createInSalesforce: 'never',
  createInHubSpot: 'never',
  pipelines: {
    field: null,
    list: [],
    ignoredPipelines: new Set(),
    ignoredStages: new Set(),
    ignoredValues: new Set(),
    ignoredStageNames: new Set(),
    rule: 'never',
    fallback: 'salesforce',
  },
  amountRule: { rule: 'never', fallback: 'salesforce' },
  orgCurrency: null,
  closeDateDays: null,
  accountRule: 'never',
  roles: { rule: 'never', fallback: 'salesforce', roles: new Map(), labels: new Map(), primaryLabel: null },
};
