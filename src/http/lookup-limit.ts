import type { EndpointName } from './contract/index.ts';
import { Problem } from './problems.ts';
import type { RouteGuards } from './route.ts';

/** Of one caller in a minute. Somebody at the page looks up a few records a minute; the day's calls last for that. */
const mostLookups = 60;
const windowMs = 60_000;

/** What asks a CRM while the caller waits. */
const lookups: ReadonlySet<EndpointName> = new Set<EndpointName>([
  'GET /contacts/{id}',
  'GET /contacts/{id}/explain',
  'GET /companies/{id}',
  'GET /companies/{id}/explain',
  'GET /deals/{id}',
  'GET /deals/{id}/explain',
  'POST /plan',
]);
/** These ask a CRM only where something is searched for. */
const searches: ReadonlySet<EndpointName> = new Set<EndpointName>(['GET /contacts', 'GET /companies', 'GET /deals']);

/**
 * Bounds how often one caller makes this process ask the CRMs, so that no script spends the calls that the sync needs.
 * @throws Problem 429 `too_many_lookups`
 */
export function createLookupLimit(): NonNullable<RouteGuards['admit']> {
  const counts = new Map<string, { count: number; untilMs: number }>();
  return ({ name, actor, given, response }) => {
    if (actor === null || !(lookups.has(name) || (searches.has(name) && isSearch(given?.query)))) return;
    const nowMs = Date.now();
    const known = counts.get(actor);
    const window = known === undefined || known.untilMs <= nowMs ? { count: 0, untilMs: nowMs + windowMs } : known;
    counts.set(actor, window);
    window.count += 1;
    if (window.count <= mostLookups) return;
    response.setHeader('Retry-After', String(Math.ceil((window.untilMs - nowMs) / 1_000)));
    const detail = `Each look at a record asks the CRMs, and this token has asked for more than ${mostLookups} within a minute. Try again later.`;
    throw new Problem(429, 'too_many_lookups', detail);
  };
}

function isSearch(query: unknown): boolean {
  return typeof query === 'object' && query !== null && 'query' in query && Boolean(query.query);
}
