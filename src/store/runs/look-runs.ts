import type pg from 'pg';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { LedgerContext } from '../context.ts';
import type { Held } from '../held.ts';
import { addCounts, type CountOfRun } from './run-counts.ts';
import { forgetRows, holdRows } from './run-rows.ts';

/**
 * Runs for which looks were made. `held` (paused, or stopped by a limit), `closed`: they do not go on as they are; what the looks give back must
 * not be looked at again for them. `left`: records that fail again and again leave them; `draining`: those of them that wait for nothing but
 * their records.
 */
export type LookRuns = {
  held: readonly string[];
  closed: ReadonlySet<string>;
  left: readonly string[];
  draining: readonly string[];
};

const noRuns: LookRuns = { held: [], closed: new Set(), left: [], draining: [] };

/**
 * Locks the runs of these looks, so that nobody pauses or ends one before the transaction does. Costs nothing where no look was made for a
 * run. Throws the driver's error.
 * @param alone the transaction changes the runs' own rows, too
 */
export async function lockLookRuns(
  client: pg.PoolClient,
  held: Iterable<Held>,
  { alone }: { alone: boolean },
): Promise<LookRuns> {
  const ids = [...new Set([...held].flatMap(({ runId }) => runId ?? []))];
  if (ids.length === 0) return noRuns;
  const text = `select id, state, phase from runs where id = any($1::bigint[]) order by id for ${alone ? 'update' : 'share'}`;
  const { rows } = await client.query<{ id: string; state: string; phase: string }>(text, [ids]);
  const inState = (...states: readonly string[]) =>
    rows.flatMap(({ id, state }) => (states.includes(state) ? [id] : []));
  const draining = rows.flatMap(({ id, state, phase }) => (state === 'running' && phase === 'draining' ? [id] : []));
  // A revert's look gives its pair up with the same failure.
  const left = inState('running');
  return { held: inState('paused', 'stopped'), closed: new Set(inState('cancelled', 'failed')), left, draining };
}

/** What follows from a look that was made for a run that is over follows for nobody's sake. */
export function withoutClosed<One extends Held>(
  held: ReadonlyMap<string, One>,
  { closed }: LookRuns,
): ReadonlyMap<string, One> {
  if (closed.size === 0) return held;
  return new Map(
    [...held].map(([id, one]) => [id, one.runId !== null && closed.has(one.runId) ? { ...one, runId: null } : one]),
  );
}

/**
 * Gives back what belongs to runs that do not go on: held while they are paused or stopped, so that nobody reads it again and again; forgotten
 * where they are over. Throws the driver's error.
 */
export async function settleLookRuns(client: pg.PoolClient, { held, closed }: LookRuns): Promise<void> {
  if (held.length > 0) await holdRows(client, held);
  if (closed.size > 0) await forgetRows(client, [...closed]);
}

/** A mark that follows from a look: of background work it is background work, too, and part of the same run. */
export function inherited(mark: Mark, look: Held | undefined): Mark {
  // A human's edit that a revert found is live work, whoever found it.
  if (look === undefined || look.priority <= 2 || mark.source === 'after_revert') return mark;
  const priority = mark.priority > look.priority ? mark.priority : look.priority;
  const runId = mark.runId ?? look.runId;
  return { ...mark, priority, ...(runId === null ? {} : { runId }) };
}

/** Of several looks, one of the most urgent. */
export function mostUrgent(looks: Iterable<Held | undefined>): Held | undefined {
  let urgent: Held | undefined;
  for (const look of looks) if (look !== undefined && look.priority < (urgent?.priority ?? 5)) urgent = look;
  return urgent;
}

const toldSql = `
select record_id, outcome from decisions
where connection_id = $1 and system = $2 and object = $3 and record_id = any($4::text[]) and run_id = any($5::bigint[])`;

type Work = { context: LedgerContext; of: { system: string; object: string } };

/** Ids of records. `ended`: pending no more; `left`: looked at again, but for no run's sake. */
export type Settled = { ended: ReadonlySet<string>; left: ReadonlySet<string> };

/**
 * Counts for each run what its looks came to: those that have ended for good, each once. What an earlier step of the same look decided is
 * counted as decided. Throws the driver's error.
 * @param settled ids of the records that are pending no more, and of those that have left their runs: these have failed
 */
export async function countOutcomes(
  client: pg.PoolClient,
  { context: { connectionId }, of }: Work,
  results: readonly RecordResult[],
  { held, settled: { ended, left } }: { held: ReadonlyMap<string, Held>; settled: Settled },
): Promise<void> {
  const looks = results.flatMap((result) => {
    const runId = held.get(result.contactId)?.runId ?? null;
    const isOver = ended.has(result.contactId) || left.has(result.contactId);
    return runId === null || !isOver ? [] : [{ result, runId }];
  });
  const outcomeOf = (result: RecordResult) => (left.has(result.contactId) ? 'failed' : statedOutcome(result));
  const silent = looks.filter(({ result }) => outcomeOf(result) === undefined);
  const told = new Map<string, string>();
  if (silent.length > 0) {
    const ids = silent.map(({ result }) => result.contactId);
    const values = [connectionId, of.system, of.object, ids, [...new Set(silent.map(({ runId }) => runId))]];
    const { rows } = await client.query<{ record_id: string; outcome: string }>(toldSql, values);
    for (const row of rows) told.set(row.record_id, row.outcome);
  }
  const counts = looks.map(({ result, runId }): CountOfRun => {
    const { contactId } = result;
    const code = outcomeOf(result) ?? told.get(contactId) ?? 'done';
    return { runId, kind: 'outcome', code, count: 1, samples: [contactId] };
  });
  await addCounts(client, counts);
}

function statedOutcome({ settle, decision }: RecordResult): string | undefined {
  return settle?.kind === 'failed' ? 'failed' : decision?.outcome;
}
