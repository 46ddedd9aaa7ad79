const loopback: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Sends people on to the host of their account. */
const anyAccountHost = 'app.hubspot.com';

/**
 * Where people open records: `https://app-eu1.hubspot.com`. A local HubSpot shows its records where its API is.
 *
 * @param uiDomain as `account-info` tells it; null: it told none that could be used
 */
export function toPeopleUrl(baseUrl: string, uiDomain: string | null | undefined): string {
  const { hostname, origin } = new URL(baseUrl);
  return loopback.has(hostname) ? origin : `https://${(uiDomain ?? anyAccountHost).toLowerCase()}`;
}
