import type { Faults } from '../faults.ts';
import { type LoggedRequest, type SandboxAnswer, type SandboxRequest, startSandboxServer } from '../server.ts';
import { followStages } from './automation.ts';
import { matchCompanies } from './company-matching.ts';
import { control } from './control.ts';
import type { ChangeEvent, WebhookEvent } from './events.ts';
import { createHands, type Hands } from './hands.ts';
import { createLimits, type Limits, type RequestCounters } from './limits.ts';
import { type HubSpotSandboxOptions, type Settings, toSettings } from './options.ts';
import type { Pipeline } from './pipelines.ts';
import { addOwner, createPortal, type Owner, type Portal, showCurrencies } from './portal.ts';
import type { Properties } from './properties.ts';
import { findRecordPage } from './record-page.ts';
import { Refusal, toAnswer } from './refusal.ts';
import { findRoute } from './routes.ts';
import { createWebhooks, type WebhookCounters } from './webhooks.ts';
import { createWorkflows, type Workflow, type WorkflowOptions } from './workflows.ts';

export type { HubSpotSandboxOptions } from './options.ts';

/** A running local HubSpot: its address, and the hands of the people who work in it. */
export type HubSpotSandbox = Hands & {
  /** `http://127.0.0.1:<port>`, for `HUBSPOT_BASE_URL`. */
  url: string;
  portalId: number;
  appId: number;
  accessToken: string;
  clientSecret: string;
  /** Definitions of properties: add, remove, options. */
  properties: Properties;
  dealPipelines: Pipeline[];
  owners: readonly Owner[];
  addOwner(email: string, more?: Partial<Omit<Owner, 'email'>>): Owner;
  /** Runs a workflow a moment after each change of a contact (or a record of `options.type`), whoever made it; the answer switches it off. */
  automate(workflow: Workflow, options?: WorkflowOptions): () => void;
  /** Runs at once what workflows have waiting; answers how many writes there were. */
  runWorkflows(): number;
  /** What goes wrong on the wire. */
  faults: Faults;
  requests: readonly LoggedRequest[];
  counters(): RequestCounters;
  countByPattern(): Record<string, number>;
  /** Forgets requests and counters, not the limits' windows. */
  resetCounters(): void;
  setLatencyMs(latencyMs: number): void;
  setKeepBodies(keep: boolean): void;
  /** Changes how the portal behaves from now on. */
  configure(change: Partial<Settings>): void;
  /** As if so many requests of the day were spent already. */
  setRequestsToday(count: number): void;
  setWebhookTarget(url: string | undefined): void;
  setSubscriptions(subscriptions: readonly string[]): void;
  /** Waits until everything is delivered or lost, also what a pause holds back. */
  flushWebhooks(): Promise<void>;
  pauseWebhooks(): void;
  resumeWebhooks(): void;
  replayAllWebhooks(options?: { shuffled?: boolean; times?: number }): void;
  pendingWebhooks(): WebhookEvent[];
  /** Every event so far, oldest first, delivered or not. */
  webhookJournal: readonly WebhookEvent[];
  webhookCounters(): WebhookCounters;
  close(): Promise<void>;
};

/** 401 of a token that is missing or wrong (error-handling page). */
function unauthorized(): Refusal {
  const message =
    'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview';
  return new Refusal(401, { message, category: 'INVALID_AUTHENTICATION' });
}

/** 403 of a token without the scope, naming it where HubSpot does (using-object-apis page). */
function missingScope(scope: string): Refusal {
  const message = "This app hasn't been granted all required scopes to make this call.";
  const detail = {
    message: 'One or more of the following scopes are required.',
    context: { requiredGranularScopes: [scope] },
  };
  return new Refusal(403, { message, category: 'MISSING_SCOPES', errors: [detail] });
}

function handle(portal: Portal, limits: Limits, request: SandboxRequest): SandboxAnswer {
  let headers: Record<string, string> = {};
  try {
    if (request.headers.authorization !== `Bearer ${portal.settings.accessToken}`) throw unauthorized();
    const route = findRoute(request.method, request.path);
    headers = limits.count(route?.family ?? 'other');
    if (route === undefined) throw new Refusal(404, { message: 'resource not found' });
    if (route.scope !== undefined && portal.settings.missingScopes.includes(route.scope))
      throw missingScope(route.scope);
    const answer = route.run(portal, request);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const answer = toAnswer(thrown);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  }
}

function defineHandoffFields({ properties }: Portal): void {
  const unique = (name: string, label: string) => ({ name, label, hasUniqueValue: true });
  properties.define('contacts', unique('salesforce_person_id', 'Salesforce person id'));
  properties.define('contacts', { name: 'salesforce_recycle_reason', label: 'Salesforce recycle reason' });
  properties.define('companies', unique('salesforce_account_id', 'Salesforce account id'));
  properties.define('deals', unique('salesforce_opportunity_id', 'Salesforce opportunity id'));
}

/**
 * Starts a local HubSpot on 127.0.0.1 that answers as the documented API does for what this product uses; everything is in memory.
 * The comment at each behaviour names the page of HubSpot's documentation it follows.
 */
export async function startHubSpotSandbox(options: HubSpotSandboxOptions = {}): Promise<HubSpotSandbox> {
  const now = options.now ?? Date.now;
  const settings = toSettings(options);
  const webhooks = createWebhooks(settings, now);
  const limits = createLimits(settings, now);
  const emit = (change: ChangeEvent) => {
    webhooks.push(change);
    workflows.enroll(change);
    followStages(portal, change);
    matchCompanies(portal, change);
  };
  const portal = createPortal(settings, { now, usedToday: limits.usedToday, emit });
  const workflows = createWorkflows(portal);
  if (options.withHandoffFields === true) defineHandoffFields(portal);
  const hands = createHands(portal);
  const setWebhookTarget = (url: string | undefined) => {
    settings.webhookTargetUrl = url;
  };
  const server = await startSandboxServer({
    port: options.port,
    latencyMs: options.latencyMs,
    keepBodies: options.keepBodies,
    now,
    handle: (request) => findRecordPage(portal, request) ?? handle(portal, limits, request),
    control: (request) =>
      control({ hands, limits, webhooks, setWebhookTarget, countByPattern: () => server.countByPattern() }, request),
  });
  return {
    ...hands,
    url: server.url,
    portalId: settings.portalId,
    appId: settings.appId,
    accessToken: settings.accessToken,
    clientSecret: settings.clientSecret,
    properties: portal.properties,
    dealPipelines: portal.dealPipelines,
    owners: portal.owners,
    addOwner: (email, more) => addOwner(portal, email, more),
    automate: workflows.automate,
    runWorkflows: workflows.runWorkflows,
    faults: server.faults,
    requests: server.requests,
    counters: limits.counters,
    countByPattern: server.countByPattern,
    resetCounters() {
      server.resetRequests();
      limits.reset();
    },
    setLatencyMs: server.setLatencyMs,
    setKeepBodies: server.setKeepBodies,
    configure(change) {
      Object.assign(settings, change);
      showCurrencies(portal.properties, settings);
    },
    setRequestsToday: limits.setToday,
    setWebhookTarget,
    setSubscriptions(subscriptions) {
      settings.subscriptions = subscriptions;
    },
    flushWebhooks: webhooks.flush,
    pauseWebhooks: webhooks.pause,
    resumeWebhooks: webhooks.resume,
    replayAllWebhooks: webhooks.replayAll,
    pendingWebhooks: webhooks.pending,
    webhookJournal: webhooks.journal,
    webhookCounters: webhooks.counters,
    async close() {
      workflows.close();
      webhooks.close();
      await server.close();
    },
  };
}
