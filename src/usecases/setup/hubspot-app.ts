import { enteredPrefix } from '../../domain/lifecycle/transitions.ts';
import { idProperty, reasonProperty } from './desired.ts';

/** Relative path → text of every file of a folder. */
export type FolderFiles = ReadonlyMap<string, string>;

export type HubSpotAppInput = {
  /** `PUBLIC_URL`: https, reachable from HubSpot; without a trailing slash. */
  publicUrl: string;
  /** The properties that the mapping, the gate and the transforms read. */
  properties: readonly string[];
};

const webhookPath = '/webhooks/hubspot';

/**
 * The version of HubSpot's developer platform that the files are written for: released in March 2026, supported until September 2027
 * (developers.hubspot.com/docs/developer-tooling/platform/versioning, read 2026-11-22).
 */
const platformVersion = '2026.03';

/** Requests in flight at once; HubSpot's default, and more than its minimum of 5. */
const maxConcurrentRequests = 10;

/** `oauth` stands in HubSpot's own templates for static auth too. */
const requiredScopes = [
  'oauth',
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.schemas.contacts.read',
  'crm.schemas.contacts.write',
  'crm.objects.owners.read',
] as const;

/** HubSpot refuses the first two, the others never change by themselves, are ours, or are told by an event of their own. */
const notSubscribed: ReadonlySet<string> = new Set([
  'hs_lastmodifieddate',
  'num_unique_conversion_events',
  'lastmodifieddate',
  'createdate',
  'hs_object_id',
  'hs_merged_object_ids',
  idProperty.name,
  reasonProperty.name,
]);

const lifecycleEvents = ['contact.creation', 'contact.deletion', 'contact.merge', 'contact.restore'] as const;

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * The properties that get a propertyChange subscription, sorted; the lifecycle stage is always among them, and the dates that HubSpot
 * derives from it need none.
 */
export function subscribedProperties(properties: readonly string[]): readonly string[] {
  const wanted = new Set(['lifecyclestage', ...properties]);
  return [...wanted].filter((name) => !notSubscribed.has(name) && !name.startsWith(enteredPrefix)).sort();
}

function webhooks(input: HubSpotAppInput) {
  const changes = subscribedProperties(input.properties).map((propertyName) => ({
    subscriptionType: 'contact.propertyChange',
    propertyName,
    active: true,
  }));
  return {
    uid: 'handoff_webhooks',
    type: 'webhooks',
    config: {
      settings: { targetUrl: `${input.publicUrl.replace(/\/+$/, '')}${webhookPath}`, maxConcurrentRequests },
      subscriptions: {
        crmObjects: [],
        legacyCrmObjects: [
          ...lifecycleEvents.map((subscriptionType) => ({ subscriptionType, active: true })),
          ...changes,
        ],
        // The one classic contact event that has its place here and not among the CRM objects.
        hubEvents: [{ subscriptionType: 'contact.privacyDeletion', active: true }],
      },
    },
  };
}

const app = {
  uid: 'handoff_app',
  type: 'app',
  config: {
    name: 'Handoff',
    description: 'Hands sales qualified contacts over to Salesforce and keeps both systems in agreement.',
    distribution: 'private',
    auth: { type: 'static', requiredScopes },
    permittedUrls: { fetch: [], iframe: [], img: [] },
  },
};

/**
 * The folder that `hs project upload` takes: a private app with static auth and one webhook subscription per property that matters.
 * The classic subscription types are used throughout, so that no event comes twice under two names. Formats as documented under
 * developers.hubspot.com/docs/apps/developer-platform (app configuration, configure webhooks), read 2026-11-22.
 */
export function buildHubSpotApp(input: HubSpotAppInput): FolderFiles {
  return new Map([
    ['hsproject.json', toJson({ name: 'handoff', srcDir: 'src', platformVersion })],
    ['src/app/app-hsmeta.json', toJson(app)],
    ['src/app/webhooks/webhooks-hsmeta.json', toJson(webhooks(input))],
    ['README.md', readme(input)],
  ]);
}

function readme(input: HubSpotAppInput): string {
  return `# The HubSpot app of Handoff

Written by \`handoff setup\`; run it again after the mapping or PUBLIC_URL has changed, then upload again.

1. \`npm install -g @hubspot/cli\`, then \`hs account auth\` and choose the account whose contacts are handed over.
2. In this folder: \`hs project upload\`. Wait until the build is deployed.
3. In HubSpot: Development, Projects, handoff, the app: install it into the account.
4. Its Auth page shows the access token (HUBSPOT_ACCESS_TOKEN) and the client secret (HUBSPOT_CLIENT_SECRET).

Events go to ${input.publicUrl.replace(/\/+$/, '')}${webhookPath}. HubSpot needs up to five minutes to take over a change of subscriptions.
Do not delete a subscription from the file by hand, the upload would be refused: set \`"active": false\`.

## What was not tried
These files follow HubSpot's public documentation and templates. They were never uploaded to a real account: if the build reports an
unknown key or scope, trust HubSpot's message and correct the file. Newer platform versions (2026.09) are said to take the same files.
`;
}
