import { isLoopback } from '../domain/loopback.ts';

/** What a browser says of where a request comes from, as it came in. */
export type RequestOrigin = {
  /** `Sec-Fetch-Site`: browsers send it, pages cannot set it. */
  site: string | undefined;
  /** `Origin`: browsers send it with everything but GET and HEAD. */
  origin: string | undefined;
  /** `Host`, with the port where it is not the default one. */
  host: string | undefined;
};

/**
 * Whether a request that changes something was made by another page than ours. What cannot be told to be ours counts as another's.
 *
 * @param publicUrl the address of the service as people open it, where it is known: a proxy may call us by another name
 */
export function isCrossSite({ site, origin, host }: RequestOrigin, publicUrl: string | null): boolean {
  if (site !== undefined && site !== 'same-origin') return true;
  const from = toUrl(origin);
  if (from === null) return true;
  const known = toUrl(publicUrl ?? undefined);
  // Under a name that we know the scheme counts, too: the same host without TLS may be anybody.
  if (known !== null && known.host === from.host) return known.origin !== from.origin;
  return host === undefined || toUrl(`${from.protocol}//${host}`)?.host !== from.host;
}

/** Like `isCrossSite`, for requests that bring a token themselves: programs send none of these headers, a browser always does. */
export function isCrossSitePage(asked: RequestOrigin, publicUrl: string | null): boolean {
  return (asked.site !== undefined || asked.origin !== undefined) && isCrossSite(asked, publicUrl);
}

/**
 * Whether the cookie may be sent over TLS alone: yes, unless the page was opened over plain HTTP on this very machine. Null: a browser would
 * keep no such cookie from where the page was opened, as that is plain HTTP over a network.
 */
export function isSecureCookie({ origin, host }: RequestOrigin): boolean | null {
  const from = toUrl(origin);
  if (from?.protocol === 'https:') return true;
  const local = isLoopback((from ?? toUrl(`http://${host ?? ''}`))?.hostname ?? '');
  if (local) return false;
  return from === null ? true : null;
}

function toUrl(text: string | undefined): URL | null {
  if (text === undefined || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  return new URL(text);
}
