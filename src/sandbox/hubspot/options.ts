/** How the portal behaves where HubSpot's documentation leaves it open, or where a test wants the rarer answer. */
type PortalBehaviour = {
  /** A direct backward write of `lifecyclestage` by the API: answered 200 and ignored (what most report), refused with 400, or applied. */
  backwardStage: 'ignore' | 'reject' | 'apply';
  /** Ids that were merged away, in batch read. Batch update always leaves them out (using-object-apis page). */
  mergedInBatchRead: 'survivor' | 'omitted';
  /** A custom unique value that another record holds: 409 for the whole request, or 400 `CONFLICTING_UNIQUE_VALUE`. */
  uniqueConflict: 'conflict' | 'validation';
  /** Who makes the first company of a record its primary one by linking it without a label: people alone, the API too, or nobody. */
  firstCompanyIsPrimary: 'people' | 'always' | 'never';
  /** A stage move by the API sets the close date too, as one by a person does. */
  closesDealsOnApiMoves: boolean;
  /** The account's own currency, what a deal without one gets. */
  companyCurrency: string;
  /** Further currencies of the account: codes a deal may have. */
  currencies: readonly string[];
  /** What one unit of a currency is in the company currency, as decimal text; absent = 1. */
  exchangeRates: Readonly<Record<string, string>>;
  /** A missing record in a batch that associates: 400 for the whole batch, or an error entry of a 207 for each. */
  associationErrors: 'batch' | 'each';
  /** Whether events about associations carry `objectId`, which is not established. */
  associationEventsNameObject: boolean;
  /** New contacts get a company by the domain of their email a moment later, made if need be (setting of every portal; free mail never). */
  companiesFromEmails: boolean;
  /** Whether a change of associations, and what is calculated from it, moves the modification time; not established, so sweeps may miss it. */
  associationsMoveModified: boolean;
  /** Associations of one record on a page. */
  associationPageSize: number;
  /** Built-in automation of lifecycle stages, forward only: an open deal → opportunity; a won one → customer; a company → its contacts. */
  stageAutomation: { dealCreated?: boolean; dealWon?: boolean; companyToContacts?: boolean };
  /** Classic events (`contact.creation`) or generic ones (`object.creation` with `objectTypeId`). */
  webhookForm: 'classic' | 'object';
};

export type HubSpotSandboxOptions = Partial<PortalBehaviour> & {
  /** 0 or absent: a free port on 127.0.0.1. */
  port?: number;
  /** Added to every API answer. */
  latencyMs?: number;
  portalId?: number;
  accessToken?: string;
  clientSecret?: string;
  appId?: number;
  /** Requests in any rolling ten seconds, search left out; 0 = unlimited. */
  rateLimitPer10s?: number;
  /** 0 = unlimited. */
  searchPerSecond?: number;
  /** How long search does not see a change. */
  searchLagMs?: number;
  /** Requests per day of the account's time zone; 0 = unlimited. */
  dailyLimit?: number;
  timeZone?: string;
  /** Where webhooks go; nothing is delivered while it is unset. */
  webhookTargetUrl?: string;
  /** Waits before the second, third … attempt; after the last one the event is lost. HubSpot: ten retries over 24 hours. */
  webhookRetryDelaysMs?: readonly number[];
  /** HubSpot waits 5 s for a 2xx. */
  webhookTimeoutMs?: number;
  /** Copies of each event that are delivered besides it. */
  webhookDuplicates?: number;
  webhookShuffle?: boolean;
  /** Property names whose changes are sent, and other event types; see `DEFAULT_SUBSCRIPTIONS`. */
  subscriptions?: readonly string[];
  /**
   * `salesforce_person_id` and `salesforce_recycle_reason` of contacts, `salesforce_account_id` of companies and
   * `salesforce_opportunity_id` of deals exist from the start, as `handoff setup` would have made them (default false).
   */
  withHandoffFields?: boolean;
  /** Scopes the token lacks; a call that needs one answers 403 MISSING_SCOPES. */
  missingScopes?: readonly string[];
  keepBodies?: boolean;
  /** Epoch milliseconds. */
  now?: () => number;
};

export type Settings = PortalBehaviour & {
  portalId: number;
  accessToken: string;
  clientSecret: string;
  appId: number;
  rateLimitPer10s: number;
  searchPerSecond: number;
  searchLagMs: number;
  dailyLimit: number;
  timeZone: string;
  webhookTargetUrl: string | undefined;
  webhookRetryDelaysMs: readonly number[];
  webhookTimeoutMs: number;
  webhookDuplicates: number;
  webhookShuffle: boolean;
  subscriptions: readonly string[];
  missingScopes: readonly string[];
};

const COMPANY_FIELDS =
  'name domain phone website address city state country zip industry description annualrevenue numberofemployees lifecyclestage hubspot_owner_id';
const DEAL_FIELDS =
  'dealname pipeline dealstage amount deal_currency_code closedate dealtype description closed_lost_reason closed_won_reason hs_next_step hs_manual_forecast_category hs_deal_stage_probability hubspot_owner_id hs_primary_associated_company';
const CONTACT_FIELDS =
  'lifecyclestage email firstname lastname company jobtitle phone mobilephone website city state country zip hubspot_owner_id hs_lead_status';

/** `type` or `type:property` for changes of one property, as one subscribes them in the app. */
const DEFAULT_SUBSCRIPTIONS: readonly string[] = [
  'contact.creation',
  'contact.deletion',
  'contact.merge',
  'contact.restore',
  'contact.privacyDeletion',
  ...CONTACT_FIELDS.split(' ').map((name) => `contact.propertyChange:${name}`),
  'contact.associationChange',
  'contact.propertyChange:associatedcompanyid',
  ...['company', 'deal'].flatMap((type) =>
    ['creation', 'deletion', 'merge', 'restore', 'associationChange'].map((kind) => `${type}.${kind}`),
  ),
  ...COMPANY_FIELDS.split(' ').map((name) => `company.propertyChange:${name}`),
  ...DEAL_FIELDS.split(' ').map((name) => `deal.propertyChange:${name}`),
  'contact.propertyChange:salesforce_person_id',
  'company.propertyChange:salesforce_account_id',
  'deal.propertyChange:salesforce_opportunity_id',
];

/** The options with every default filled in. */
export function toSettings(options: HubSpotSandboxOptions): Settings {
  return {
    backwardStage: options.backwardStage ?? 'ignore',
    mergedInBatchRead: options.mergedInBatchRead ?? 'survivor',
    uniqueConflict: options.uniqueConflict ?? 'conflict',
    webhookForm: options.webhookForm ?? 'classic',
    firstCompanyIsPrimary: options.firstCompanyIsPrimary ?? 'people',
    closesDealsOnApiMoves: options.closesDealsOnApiMoves ?? false,
    companyCurrency: options.companyCurrency ?? 'USD',
    currencies: options.currencies ?? [],
    exchangeRates: options.exchangeRates ?? {},
    associationErrors: options.associationErrors ?? 'batch',
    associationEventsNameObject: options.associationEventsNameObject ?? true,
    companiesFromEmails: options.companiesFromEmails ?? false,
    associationsMoveModified: options.associationsMoveModified ?? false,
    associationPageSize: options.associationPageSize ?? 500,
    stageAutomation: options.stageAutomation ?? {},
    portalId: options.portalId ?? 1_234_567,
    accessToken: options.accessToken ?? 'pat-na1-sandbox',
    clientSecret: options.clientSecret ?? 'sandbox-client-secret',
    appId: options.appId ?? 1_160_452,
    rateLimitPer10s: options.rateLimitPer10s ?? 100,
    searchPerSecond: options.searchPerSecond ?? 5,
    searchLagMs: options.searchLagMs ?? 0,
    dailyLimit: options.dailyLimit ?? 250_000,
    timeZone: options.timeZone ?? 'America/New_York',
    webhookTargetUrl: options.webhookTargetUrl,
    webhookRetryDelaysMs: options.webhookRetryDelaysMs ?? [50, 100, 200, 400, 800, 1500, 2000, 3000, 5000, 10_000],
    webhookTimeoutMs: options.webhookTimeoutMs ?? 5000,
    webhookDuplicates: options.webhookDuplicates ?? 0,
    webhookShuffle: options.webhookShuffle ?? false,
    subscriptions: options.subscriptions ?? DEFAULT_SUBSCRIPTIONS,
    missingScopes: options.missingScopes ?? [],
  };
}
