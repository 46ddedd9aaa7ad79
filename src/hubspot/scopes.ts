import { z } from 'zod';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import { unreadableAnswer } from './batches.ts';
import type { HubSpotClient, HubSpotOptions } from './client.ts';

/** Needs no scope of its own, and stands outside of the dated paths. */
const tokenInfoPath = '/oauth/v2/private-apps/get/access-token-info';

const tokenInfo = z.object({ scopes: z.array(z.string()) });

/** Asked without the client, which has no method for it. The token goes into the body too: that is the question. */
async function askForToken({ accessToken, baseUrl, timeoutMs }: HubSpotOptions): Promise<unknown> {
  const response = await fetch(new URL(tokenInfoPath, baseUrl), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      accept: 'application/json',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ tokenKey: accessToken }),
    signal: AbortSignal.timeout(timeoutMs ?? 30_000),
    redirect: 'error',
  });
  const body: unknown = await response.json();
  if (!response.ok) throw Object.assign(new Error('refused'), { code: response.status, body });
  return body;
}

/**
 * See `HubSpotPort.tokenScopes`. The endpoint is known from HubSpot's own command line tools and from public code; it is in no reference page.
 * @throws SyncError where HubSpot could not be asked
 */
export async function readTokenScopes(
  client: HubSpotClient,
  options: HubSpotOptions,
  spend: Spend,
): Promise<ReadonlySet<string> | null> {
  const call = { operation: 'token.read', bucket: 'hubspot', isWrite: false, spend } as const;
  try {
    const { data } = await client.call(call, () => askForToken(options));
    const parsed = tokenInfo.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    return new Set(parsed.data.scopes);
  } catch (thrown) {
    const status = thrown instanceof SyncError ? thrown.detail.status : undefined;
    if (status === 400 || status === 404) return null;
    throw thrown;
  }
}
