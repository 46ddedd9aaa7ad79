import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotUsage } from '../ports/hubspot.ts';
import { unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { dailyUsagePath } from './paths.ts';
import { usageSchema } from './schemas.ts';

/** The name that HubSpot gives the daily limit of private apps (account information API, sample answer). */
const limitName = 'private-apps-api-calls-daily';

/** A time of the past says nothing of the end of this day; samples of the documentation have one. */
function toResetMs(resetsAt: string | null | undefined, nowMs: number): number | null {
  const atMs = Date.parse(resetsAt ?? '');
  return atMs > nowMs ? atMs : null;
}

/** OAuth apps may not ask (403), and not every account has the path (404). */
function isWithoutUsage(thrown: unknown): boolean {
  return thrown instanceof SyncError && (thrown.detail.status === 403 || thrown.detail.status === 404);
}

/** Calls of the day against the account's limit, as `HubSpotPort.usage` promises. @throws SyncError where the call failed otherwise */
export async function readUsage(client: HubSpotClient, spend: Spend): Promise<HubSpotUsage | null> {
  const call = { operation: 'account.usage', bucket: 'hubspot', isWrite: false, spend, isOptional: true } as const;
  try {
    const { data } = await client.call(call, () => client.fetchJson(dailyUsagePath));
    const parsed = usageSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    const daily = parsed.data.results.find(({ name }) => name === limitName);
    if (daily?.usageLimit == null || daily.currentUsage == null) return null;
    const resetsAtMs = toResetMs(daily.resetsAt, client.now());
    return { usedToday: daily.currentUsage, dailyLimit: daily.usageLimit, resetsAtMs };
  } catch (thrown) {
    if (isWithoutUsage(thrown)) return null;
    throw thrown;
  }
}
