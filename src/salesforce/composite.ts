import { z } from 'zod';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesforceClient } from './client.ts';
import { toAnswerError, toLostError } from './errors.ts';

/** At most five of the sub-requests of one `/composite` call may be queries or collections. */
export const maxHeavySubrequests = 5;

/** `path` is relative to the version root and carries its query already encoded. */
export type Subrequest = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
};

export type Subanswer = { status: number; body: unknown };

/** A row as a query gives it; fields are read by name and checked where they are used. */
export type Row = Readonly<Record<string, unknown>>;

const compositeAnswer = z.object({
  compositeResponse: z.array(
    z.object({ httpStatusCode: z.number(), body: z.unknown().optional(), referenceId: z.string() }),
  ),
});

/** One page of a query's answer. */
export const queryPage = z.object({
  done: z.boolean(),
  nextRecordsUrl: z.string().startsWith('/services/data/').optional(),
  records: z.array(z.record(z.string(), z.unknown())),
});

function toReference(index: number): string {
  return `part${index}`;
}

function throwOnExpiredSession(answer: unknown): void {
  const parsed = compositeAnswer.safeParse(answer);
  const refused = parsed.data?.compositeResponse.find(({ httpStatusCode }) => httpStatusCode === 401);
  if (refused !== undefined) throw toAnswerError({ status: 401, headers: {}, body: refused.body }, 0);
}

/**
 * Sends up to 25 sub-requests as one call, in order and each for itself (`allOrNone` false).
 * @returns an answer for each, in the order of the sub-requests
 * @throws SyncError when the call as a whole failed
 * @see https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite_post.htm
 */
export async function sendComposite(
  client: SalesforceClient,
  parts: readonly Subrequest[],
  spend: Spend,
  headers: Readonly<Record<string, string>> = {},
): Promise<Subanswer[]> {
  return (await sendDatedComposite(client, parts, spend, headers)).answers;
}

/** The same, with the server's clock by the answer's `Date`; null where it has none. */
export async function sendDatedComposite(
  client: SalesforceClient,
  parts: readonly Subrequest[],
  spend: Spend,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ answers: Subanswer[]; serverMs: number | null }> {
  const { apiVersion } = await client.ready(spend);
  let serverMs: number | null = null;
  const answer = await client.send(
    {
      method: 'POST',
      path: '/composite',
      headers,
      inspect: throwOnExpiredSession,
      onServerTime(ms) {
        serverMs = ms;
      },
      body: {
        allOrNone: false,
        // Sub-requests must stay in order: the read-back comes after the write.
        collateSubrequests: false,
        compositeRequest: parts.map((part, index) => ({
          method: part.method,
          url: `/services/data/v${apiVersion}${part.path}`,
          referenceId: toReference(index),
          ...(part.headers === undefined ? {} : { httpHeaders: part.headers }),
          ...(part.body === undefined ? {} : { body: part.body }),
        })),
      },
    },
    spend,
  );
  const parsed = compositeAnswer.safeParse(answer);
  if (!parsed.success) throw toLostError(new TypeError('the answer is not a composite answer'));
  const byReference = new Map(parsed.data.compositeResponse.map((part) => [part.referenceId, part]));
  const answers = parts.map((_part, index) => {
    const found = byReference.get(toReference(index));
    return found === undefined ? { status: 0, body: undefined } : { status: found.httpStatusCode, body: found.body };
  });
  return { answers, serverMs };
}

export type Query = { soql: string; withDeleted: boolean };

export function toQueryPart({ soql, withDeleted }: Query): Subrequest {
  return { method: 'GET', path: `/${withDeleted ? 'queryAll' : 'query'}/?q=${encodeURIComponent(soql)}` };
}

/**
 * All rows of a query whose first page is in hand; further pages are single calls.
 * @throws SyncError when the answer is an error, or a further page fails
 */
export async function collectRows(client: SalesforceClient, first: Subanswer, spend: Spend): Promise<Row[]> {
  if (first.status !== 200) throw toAnswerError({ status: first.status, headers: {}, body: first.body }, client.now());
  const rows: Row[] = [];
  let body = first.body;
  for (;;) {
    const page = queryPage.safeParse(body);
    if (!page.success) {
      throw new SyncError('retryable', 'salesforce_bad_answer', 'Salesforce answered a query in an unexpected form.');
    }
    rows.push(...page.data.records);
    if (page.data.done || page.data.nextRecordsUrl === undefined) return rows;
    body = await client.send({ method: 'GET', path: page.data.nextRecordsUrl }, spend);
  }
}

/**
 * Runs queries five to a call.
 * @returns the rows of each query, in the order of the queries
 * @throws SyncError when any of them failed
 */
export async function runQueries(client: SalesforceClient, queries: readonly Query[], spend: Spend): Promise<Row[][]> {
  const results: Row[][] = [];
  for (let start = 0; start < queries.length; start += maxHeavySubrequests) {
    const parts = queries.slice(start, start + maxHeavySubrequests).map(toQueryPart);
    for (const answer of await sendComposite(client, parts, spend)) {
      results.push(await collectRows(client, answer, spend));
    }
  }
  return results;
}
