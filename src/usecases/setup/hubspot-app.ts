import { enteredPrefix } from '../../domain/lifecycle/transitions.ts';
import { type HubSpotObject, idNames, personIdProperty, stageProperty } from '../../domain/record.ts';
import { reasonProperty } from './desired.ts';

/** Relative path → text of every file of a folder. */
export type FolderFiles = ReadonlyMap<string, string>;

/** The properties that mapping, gate and transforms read, by kind; null: the kind is not synced. */
export type SyncedProperties = {
  contact: readonly string[];
  company: readonly string[] | null;
  deal: readonly string[] | null;
};

type ReadProperties = { hubspotProperties: readonly string[] };

/** What the mapping reads of the kinds that it has on. */
export function syncedPropertiesOf({
  contact,
  company,
  deal,
}: {
  contact: ReadProperties;
  company: ReadProperties & { isOn: boolean };
  deal: ReadProperties & { isOn: boolean };
}): SyncedProperties {
  return {
    contact: contact.hubspotProperties,
    company: company.isOn ? company.hubspotProperties : null,
    deal: deal.isOn ? deal.hubspotProperties : null,
  };
}

export type HubSpotAppInput = {
  /** `PUBLIC_URL`: https, reachable from HubSpot; without a trailing slash. */
  publicUrl: string;
  properties: SyncedProperties;
};

const webhookPath = '/webhooks/hubspot';

/** Where the subscriptions stand, within the folder. */
export const webhooksFile = 'src/app/webhooks/webhooks-hsmeta.json';

/**
 * The version of HubSpot's developer platform that the files are written for: released in March 2026, supported until September 2027
 * (developers.hubspot.com/docs/developer-tooling/platform/versioning, read 2026-11-22).
 */
const platformVersion = '2026.03';

/** Requests in flight at once; HubSpot's default, and more than its minimum of 5. */
const maxConcurrentRequests = 10;

/**
 * `oauth` stands in HubSpot's own templates for static auth too. Deals bring their pipelines along, labels go with the records, and the
 * companies of deals are asked for wherever deals are synced.
 */
export function requiredScopes({ company, deal }: SyncedProperties): string[] {
  const synced = ['contacts', ...(company === null ? [] : ['companies']), ...(deal === null ? [] : ['deals'])];
  const rights = ['objects', 'schemas'].map((area) => (type: string) => [
    `crm.${area}.${type}.read`,
    `crm.${area}.${type}.write`,
  ]);
  const ofRecords = synced.flatMap((type) => rights.flatMap((namesOf) => namesOf(type)));
  const ofDeals = company === null && deal !== null ? ['crm.objects.companies.read'] : [];
  return ['oauth', ...ofRecords, ...ofDeals, 'crm.objects.owners.read'];
}

/**
 * Only runs that begin from a list of HubSpot need it. A static app can ask for required scopes alone (scopes guide, read 2026-11-22), so it
 * stands among them; whoever takes it out loses nothing else.
 */
const optionalScope = 'crm.lists.read';

/** HubSpot refuses the first two, the others never change by themselves, are ours, or are told by an event of their own. */
const notSubscribed: ReadonlySet<string> = new Set([
  'hs_lastmodifieddate',
  'num_unique_conversion_events',
  'lastmodifieddate',
  'createdate',
  'hs_object_id',
  'hs_merged_object_ids',
  reasonProperty.name,
]);

const recordEvents = ['creation', 'deletion', 'merge', 'restore'] as const;

/** Watched whatever the mapping reads. Into the id of the counterpart a person may put which of several it is. */
const alwaysWatched: Readonly<Record<HubSpotObject, readonly string[]>> = {
  contact: [stageProperty, personIdProperty],
  company: [idNames.company.property],
  deal: ['dealstage', 'pipeline', idNames.deal.property],
};

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * The properties that get a propertyChange subscription, sorted; stage and id of the counterpart are always among them, and the dates
 * that HubSpot derives from the stage need none.
 */
export function subscribedProperties(properties: readonly string[], object: HubSpotObject = 'contact'): string[] {
  const wanted = new Set([...alwaysWatched[object], ...properties]);
  return [...wanted].filter((name) => !notSubscribed.has(name) && !name.startsWith(enteredPrefix)).sort();
}

/** One association is told by both of its records; contacts tell theirs only where it matters to anybody. */
function subscriptionsOf(object: HubSpotObject, properties: readonly string[] | null, hasAssociations: boolean) {
  if (properties === null) return [];
  const kinds = [...recordEvents, ...(hasAssociations ? ['associationChange'] : [])];
  const changes = subscribedProperties(properties, object).map((propertyName) => ({
    subscriptionType: `${object}.propertyChange`,
    propertyName,
    active: true,
  }));
  return [...kinds.map((kind) => ({ subscriptionType: `${object}.${kind}`, active: true })), ...changes];
}

function webhooks({ publicUrl, properties }: HubSpotAppInput) {
  const { contact, company, deal } = properties;
  return {
    uid: 'handoff_webhooks',
    type: 'webhooks',
    config: {
      settings: { targetUrl: `${publicUrl.replace(/\/+$/, '')}${webhookPath}`, maxConcurrentRequests },
      subscriptions: {
        crmObjects: [],
        legacyCrmObjects: [
          ...subscriptionsOf('contact', contact, company !== null || deal !== null),
          ...subscriptionsOf('company', company, true),
          ...subscriptionsOf('deal', deal, true),
        ],
        // The one classic contact event that has its place here and not among the CRM objects.
        hubEvents: [{ subscriptionType: 'contact.privacyDeletion', active: true }],
      },
    },
  };
}

function app({ properties }: HubSpotAppInput) {
  return {
    uid: 'handoff_app',
    type: 'app',
    config: {
      name: 'Handoff',
      description: 'Hands sales qualified contacts over to Salesforce and keeps both systems in agreement.',
      distribution: 'private',
      auth: { type: 'static', requiredScopes: [...requiredScopes(properties), optionalScope] },
      permittedUrls: { fetch: [], iframe: [], img: [] },
    },
  };
}

/**
 * The folder that `hs project upload` takes: a private app with static auth and one webhook subscription per property that matters.
 * The classic subscription types are used throughout, so that no event comes twice under two names. Formats as documented under
 * developers.hubspot.com/docs/apps/developer-platform (app configuration, configure webhooks), read 2026-11-22.
 */
export function buildHubSpotApp(input: HubSpotAppInput): FolderFiles {
  return new Map([
    ['hsproject.json', toJson({ name: 'handoff', srcDir: 'src', platformVersion })],
    ['src/app/app-hsmeta.json', toJson(app(input))],
    [webhooksFile, toJson(webhooks(input))],
    ['README.md', readme(input)],
  ]);
}

function readme(input: HubSpotAppInput): string {
  return `# The HubSpot app of Handoff

Written by \`handoff setup\`; run it again after the mapping or PUBLIC_URL has changed, then upload again. Where the mapping newly syncs
companies or deals, the app asks for more scopes: install it anew, and rotate the token if HubSpot asks for it.

1. \`npm install -g @hubspot/cli\`, then \`hs account auth\` and choose the account whose contacts are handed over.
2. In this folder: \`hs project upload\`. Wait until the build is deployed.
3. In HubSpot: Development, Projects, handoff, the app: install it into the account.
4. Its Auth page shows the access token (HUBSPOT_ACCESS_TOKEN) and the client secret (HUBSPOT_CLIENT_SECRET).

Events go to ${input.publicUrl.replace(/\/+$/, '')}${webhookPath}. HubSpot needs up to five minutes to take over a change of subscriptions.
The scope ${optionalScope} is needed for backfills from a list of HubSpot alone: take it out of the file if you will have none.
Do not delete a subscription from the file by hand, the upload would be refused: set \`"active": false\`.

## What was not tried
These files follow HubSpot's public documentation and templates. They were never uploaded to a real account: if the build reports an
unknown key or scope, trust HubSpot's message and correct the file. Newer platform versions (2026.09) are said to take the same files.
`;
}
