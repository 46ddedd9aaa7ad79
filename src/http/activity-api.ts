import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Options, stringify } from 'csv-stringify';
import { type Response, Router } from 'express';
import { z } from 'zod';
import { keepDetails } from '../domain/activity/keep-facts.ts';
import { describeError } from '../log.ts';
import type { ActionLedger } from '../ports/ledger-access.ts';
import type { Log } from '../ports/log.ts';
import type { ActivityEntry, ActivityLog } from '../usecases/activity/activity-log.ts';
import { csvHeader, toCsvLines } from './activity-csv.ts';
import { roles } from './contract/endpoint.ts';
import { toProblem } from './problems.ts';
import { type Call, type RouteAccess, route } from './route.ts';
import { isoTime } from './times.ts';

export type ActivityDependencies = RouteAccess & {
  activity: ActivityLog;
  ledger: ActionLedger;
  log: Log;
};

/** `GET /activity` and `GET /activity.csv`: the audit log of people and of syncs. */
export function createActivityRouter(dependencies: ActivityDependencies): Router {
  const { activity } = dependencies;
  const router = Router();
  route(router, 'GET /activity', dependencies, async ({ query: { limit, cursor, ...query } }) => {
    const { items, nextCursor } = await activity.list(query, { limit, ...(cursor === undefined ? {} : { cursor }) });
    return { items: items.map(viewEntry), nextCursor };
  });
  route(router, 'GET /activity.csv', dependencies, async (call) => await exportActivity(dependencies, call));
  return router;
}

function viewEntry({ atMs, ...entry }: ActivityEntry) {
  return { ...entry, at: isoTime(atMs) };
}

const csvForm: Options = {
  bom: true,
  header: true,
  columns: [...csvHeader],
  escape_formulas: true,
  record_delimiter: 'windows',
};

type Pages = AsyncGenerator<readonly ActivityEntry[], void, undefined>;

/** Who takes values out of the log stands in it: asking is noted here, as `route` notes only what changes something. */
async function exportActivity(
  { activity, ledger, log }: ActivityDependencies,
  { query, actor, request, response }: Call<'GET /activity.csv'>,
): Promise<void> {
  const pages = activity.all(query);
  // Nothing is noted or sent before the filter has been understood and the ledger has answered.
  const first = await pages.next();
  nameFile(response);
  if (request.method === 'HEAD') return void response.end();
  const asked = { ...callerOf(response, actor), code: 'activity_export', target: null, details: keepDetails(query) };
  const id = await ledger.askAction(asked);
  const counted = { lines: 0 };
  try {
    await pipeline(Readable.from(toLines(first.done ? [] : first.value, pages, counted)), stringify(csvForm), response);
  } catch (thrown) {
    const hasLeft = request.socket.destroyed;
    const problem = hasLeft ? 'client_left' : toProblem(thrown).code;
    await ledger.endAction(id, { outcome: 'failed', status: 200, problem, details: counted }).catch(() => undefined);
    if (hasLeft) return;
    throw thrown;
  }
  // They have it by now: that the end could not be noted makes it no failure.
  await ledger
    .endAction(id, { outcome: 'done', status: 200, problem: null, details: counted })
    .catch((thrown) => log.warn(describeError(thrown), 'how an action ended could not be noted'));
}

function nameFile(response: Response): void {
  const day = isoTime(Date.now()).slice(0, 10);
  response.type('text/csv').setHeader('Content-Disposition', `attachment; filename="handoff-activity-${day}.csv"`);
}

/** The next page is read when the one before has been taken: what is slow to receive is slow to be read. */
async function* toLines(
  first: readonly ActivityEntry[],
  pages: Pages,
  counted: { lines: number },
): AsyncGenerator<readonly string[], void, undefined> {
  try {
    for (const entry of first) yield* count(toCsvLines(entry), counted);
    for await (const page of pages) for (const entry of page) yield* count(toCsvLines(entry), counted);
  } finally {
    await pages.return();
  }
}

function* count<Line>(lines: readonly Line[], counted: { lines: number }): Generator<Line, void, undefined> {
  for (const line of lines) {
    counted.lines += 1;
    yield line;
  }
}

/** As `requireRole` left it. */
function callerOf({ locals }: Response, actor: string) {
  const via = locals.via === 'page' ? ('page' as const) : ('token' as const);
  return { actor, role: z.enum(roles).parse(locals.role), via };
}
