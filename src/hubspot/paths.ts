/** `v3` are the paths the client speaks; `2026-03` are the dated ones that replace them (v4 loses support on 2027-03-30). */
export type ApiPaths = 'v3' | '2026-03';

/**
 * From the client's paths to the dated ones. The shapes are the same for what we use, so a renamed path is the whole difference
 * (developers.hubspot.com: versioning and migration guide, read 2026-11-22).
 */
const DATED: readonly { from: RegExp; to: string }[] = [
  { from: /^\/crm\/v3\/objects\//, to: '/crm/objects/2026-03/' },
  { from: /^\/crm\/v4\/objects\//, to: '/crm/objects/2026-03/' },
  { from: /^\/crm\/v4\/associations\//, to: '/crm/associations/2026-03/' },
  { from: /^\/crm\/associations\/v4\//, to: '/crm/associations/2026-03/' },
  { from: /^\/crm\/v3\/(owners|pipelines|properties|lists)(?=\/|$)/, to: '/crm/$1/2026-03' },
  { from: /^\/webhooks\/v3\//, to: '/webhooks/2026-03/' },
  { from: /^\/account-info\/v3\//, to: '/account-info/2026-03/' },
];

/** The path of the account details; the client has no method for it. */
export const accountDetailsPath = '/account-info/v3/details';

/** The path of the calls of the day; the client has no method for it either. */
export const dailyUsagePath = '/account-info/v3/api-usage/daily/private-apps';

/** The URL to call for a URL of the client's, in the version set. Query and host stay; a trailing slash of the path goes. */
export function toVersionedUrl(clientUrl: string, apiPaths: ApiPaths): string {
  if (apiPaths === 'v3') return clientUrl;
  const url = new URL(clientUrl);
  const rule = DATED.find(({ from }) => from.test(url.pathname));
  if (rule === undefined) return clientUrl;
  url.pathname = url.pathname.replace(rule.from, rule.to).replace(/\/$/, '');
  return url.toString();
}
