import type { Answer, EndpointName, Given } from '../../../src/http/contract/index.ts';
import { reportReachable } from './connection.ts';
import { isByItself } from './presence.ts';
import { readProblem, unreachable } from './problem.ts';

type Part = 'params' | 'query' | 'body';
// biome-ignore lint/complexity/noBannedTypes: "{} fits" is how a type is asked whether all its keys may be left out.
type Nothing = {};
type Needed<Name extends EndpointName> = {
  [Key in Part as Given<Name, Key> extends undefined ? never : Nothing extends Given<Name, Key> ? never : Key]: Given<
    Name,
    Key
  >;
};
type Optional<Name extends EndpointName> = {
  [Key in Part as Given<Name, Key> extends undefined ? never : Nothing extends Given<Name, Key> ? Key : never]?: Given<
    Name,
    Key
  >;
};

/** What a call of an endpoint takes: its `params`, `query` and `body`, each only where the endpoint has it. */
export type Asked<Name extends EndpointName> = Needed<Name> & Optional<Name>;

/** The parts without their exact types, to build a request from. */
type Loose = { params?: Record<string, unknown>; query?: Record<string, unknown>; body?: unknown };

const base = '/api/v1';

/**
 * Calls an endpoint with the session's cookie. The answer's type is the contract's: a test of the service proves that answers fit it.
 *
 * @throws Problem whatever went wrong; status 0 when nobody answered
 */
export async function call<Name extends EndpointName>(
  name: Name,
  given: Asked<Name>,
  { signal, key }: { signal?: AbortSignal; key?: string } = {},
): Promise<Answer<Name>> {
  const { body } = given as Loose;
  const method = name.slice(0, name.indexOf(' '));
  const headers = new Headers({ Accept: 'application/json' });
  if (method !== 'GET') headers.set('Content-Type', 'application/json');
  else if (isByItself()) headers.set('X-Handoff-Automatic', '1');
  if (key !== undefined) headers.set('Idempotency-Key', key);
  const response = await send(addressOf(name, given), {
    method,
    headers,
    ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw await readProblem(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer<Name>;
}

/** The address of an endpoint with its parameters filled in, for links such as a download. */
export function addressOf<Name extends EndpointName>(name: Name, given: Asked<Name>): string {
  const { params = {}, query = {} } = given as Loose;
  const path = name
    .slice(name.indexOf(' ') + 1)
    .replaceAll(/\{(\w+)\}/g, (_whole, key: string) => encodeURIComponent(String(params[key])));
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]): [string, string][] =>
      value === undefined || value === null || value === '' ? [] : [[key, String(value)]],
    ),
  ).toString();
  return `${base}${path}${search === '' ? '' : `?${search}`}`;
}

async function send(address: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(address, { ...init, credentials: 'same-origin' });
    // A proxy answers these in the name of a service that is gone.
    reportReachable(response.status !== 502 && response.status !== 504);
    return response;
  } catch (error) {
    if (init.signal?.aborted) throw error;
    reportReachable(false);
    throw unreachable();
  }
}
