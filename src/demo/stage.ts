import { setTimeout as sleep } from 'node:timers/promises';
import type { viewExplanation, viewFailure, viewStatus } from '../http/views.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../sandbox/hubspot/index.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../sandbox/salesforce/index.ts';

export type FailureView = ReturnType<typeof viewFailure>;
type StatusView = ReturnType<typeof viewStatus>;
type ExplanationView = ReturnType<typeof viewExplanation>;

/** What the demo asks the running service, over HTTP like any client. */
export type DemoService = {
  url: string;
  status(): Promise<StatusView>;
  explain(contactId: string): Promise<ExplanationView>;
};

/** Both local CRMs with the hands of the people in them, and the service between them. */
export type Stage = {
  hubspot: HubSpotSandbox;
  salesforce: SalesforceSandbox;
  service: DemoService;
  /** Id of the HubSpot owner whose email is also a Salesforce user's. */
  ownerId: string;
  /** Everything the service has logged so far. */
  logLines: readonly string[];
  /** Waits until every webhook has arrived and no record waits for a look. */
  settled(): Promise<void>;
};

const ownerEmail = 'sam.seller@demo.example';
const pollMs = 50;
const settledWithinMs = 120_000;

/** Starts the two local CRMs, empty but for a seller who exists in both. */
export async function startLocalCrms(): Promise<{
  hubspot: HubSpotSandbox;
  salesforce: SalesforceSandbox;
  ownerId: string;
}> {
  const hubspot = await startHubSpotSandbox({ keepBodies: true, withHandoffFields: true });
  const salesforce = await startSalesforceSandbox({ keepBodies: true });
  salesforce.addUser({ email: ownerEmail, firstName: 'Sam', lastName: 'Seller' });
  const { id } = hubspot.addOwner(ownerEmail);
  return { hubspot, salesforce, ownerId: String(id) };
}

/** The service's own API, as the demo uses it. */
export function connectService(url: string, token: string): DemoService {
  const get = async <Answer>(path: string): Promise<Answer> => {
    const answer = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`the service answered ${answer.status} to ${path}`);
    return (await answer.json()) as Answer;
  };
  return {
    url,
    status: () => get<StatusView>('status'),
    explain: (contactId) => get<ExplanationView>(`contacts/${contactId}/explain`),
  };
}

/** Waits until all webhooks are delivered and the ledger has nothing pending. */
export async function waitUntilSettled(hubspot: HubSpotSandbox, service: DemoService): Promise<void> {
  await hubspot.flushWebhooks();
  const until = Date.now() + settledWithinMs;
  while (Date.now() < until) {
    const { pending } = await service.status();
    if (pending.due + pending.waiting + pending.leased === 0) return;
    await sleep(pollMs);
  }
  throw new Error(`records were still pending after ${settledWithinMs / 1000} s`);
}
