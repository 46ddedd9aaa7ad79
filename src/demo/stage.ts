import { setTimeout as sleep } from 'node:timers/promises';
import type { viewStatus } from '../http/status-view.ts';
import type { viewEntry, viewExplanation, viewFailure, viewRecordExplanation } from '../http/views.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../sandbox/hubspot/index.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../sandbox/salesforce/index.ts';
import { trackedFields, trackedObjects } from './fields.ts';

export type FailureView = ReturnType<typeof viewFailure>;
type StatusView = ReturnType<typeof viewStatus>;
type ExplanationView = ReturnType<typeof viewExplanation>;
type DealExplanation = ReturnType<typeof viewRecordExplanation>;
export type TimelineEntry = ReturnType<typeof viewEntry>;

/** The kinds of record that have a timeline. */
type TimelineKind = 'contacts' | 'companies' | 'deals';

/** What the demo asks the running service, over HTTP like any client. */
export type DemoService = {
  url: string;
  status(): Promise<StatusView>;
  explain(contactId: string): Promise<ExplanationView>;
  explainDeal(dealId: string): Promise<DealExplanation>;
  /** All that happened to the record, the newest first; asks neither CRM. */
  timeline(id: string, kind?: TimelineKind): Promise<readonly TimelineEntry[]>;
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
  /** Waits until this has come true in the CRMs, as the next poll will bring it about, and nothing is pending any more. */
  until(what: string, isTrue: () => boolean): Promise<void>;
  /** Waits until the service has read everything that Salesforce holds at this moment, and has worked it off. */
  polled(): Promise<void>;
};

/** Close dates are days of this zone. */
export const hubspotTimeZone = 'America/New_York';
const ownerEmail = 'sam.seller@demo.example';
const askEveryMs = 50;
const settledWithinMs = 120_000;
/** The service keeps its watermarks this far behind Salesforce's clock (docs/correctness.md). */
const watermarkLagMs = 5_000;

/** Starts the two local CRMs, empty but for a seller who exists in both. */
export async function startLocalCrms(): Promise<{
  hubspot: HubSpotSandbox;
  salesforce: SalesforceSandbox;
  ownerId: string;
}> {
  const hubspot = await startHubSpotSandbox({
    keepBodies: true,
    withHandoffFields: true,
    timeZone: hubspotTimeZone,
  });
  const salesforce = await startSalesforceSandbox({ keepBodies: true });
  // An org that tracks these fields tells itself who changed what: the audit log is held against it.
  for (const object of trackedObjects) salesforce.trackHistory(object, trackedFields[object]);
  salesforce.addUser({ email: ownerEmail, firstName: 'Sam', lastName: 'Seller' });
  const { id } = hubspot.addOwner(ownerEmail, { firstName: 'Sam', lastName: 'Seller' });
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
    explainDeal: (dealId) => get<DealExplanation>(`deals/${dealId}/explain`),
    timeline: async (id, kind = 'contacts') =>
      (await get<{ items: readonly TimelineEntry[] }>(`${kind}/${id}/timeline?limit=1000`)).items,
  };
}

/** The ways to wait for the service. */
export function createWaits(
  hubspot: HubSpotSandbox,
  service: DemoService,
): Pick<Stage, 'settled' | 'until' | 'polled'> {
  async function settled(): Promise<void> {
    await hubspot.flushWebhooks();
    await eventually('no record is pending', async () => {
      const { pending } = await service.status();
      return pending.due + pending.waiting + pending.leased === 0;
    });
  }
  return {
    settled,
    async until(what, isTrue) {
      await eventually(what, isTrue);
      await settled();
    },
    async polled() {
      // Salesforce's clock shows whole seconds.
      const nextSecondMs = Math.ceil(Date.now() / 1_000) * 1_000;
      await eventually('Salesforce has been polled', async () => {
        const marks = (await service.status()).watermarks.filter(({ source }) => /^salesforce\..*\.fast$/.test(source));
        return marks.length > 0 && marks.every(({ at }) => Date.parse(at) + watermarkLagMs >= nextSecondMs);
      });
      await settled();
    },
  };
}

async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = Date.now() + settledWithinMs;
  while (Date.now() < untilMs) {
    if (await isTrue()) return;
    await sleep(askEveryMs);
  }
  throw new Error(`after ${settledWithinMs / 1_000} s this was still not so: ${what}`);
}
