import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { IncidentChange, KnownIncident, WatchState } from '../../domain/alerts/types.ts';
import { alertCodes } from '../../domain/alerts/types.ts';
import type { AlertTurn } from '../../ports/ledger-incidents.ts';
import { type LedgerContext, toJson } from '../context.ts';
import { asLedger, inTransaction } from '../pool.ts';

const ms = (column: string) => `floor(extract(epoch from ${column})::float8 * 1000)`;
const at = (place: string) => `to_timestamp(${place}::float8 / 1000)`;

const takeSql = `
insert into alert_watch as w (connection_id, lease_token, leased_until) values ($1, $2, clock_timestamp() + make_interval(secs => $3))
on conflict (connection_id) do update set lease_token = excluded.lease_token, leased_until = excluded.leased_until
where w.leased_until is null or w.leased_until < clock_timestamp()
returning ${ms('looked_at')} as "lookedMs", ${ms('held_since')} as "heldSinceMs", ${ms('silence_from')} as "silenceFromMs"`;

// A newer version's incidents are ended by it: this one cannot judge them.
const knownSql = `
select id::text, code, subject, state, ${ms('since')} as "sinceMs", ${ms('suspected_at')} as "suspectedMs", ${ms('judged_at')} as "judgedMs",
       ${ms('clear_at')} as "clearMs"
from incidents where connection_id = $1 and state <> 'ended' and code = any($2) order by incidents.id`;

/** Takes the turn; see the port. */
export async function takeTurn({ pool, connectionId }: LedgerContext, leaseMs: number): Promise<AlertTurn | null> {
  return await asLedger(async () => {
    const token = randomUUID();
    const { rows } = await pool.query<WatchState>(takeSql, [connectionId, token, leaseMs / 1_000]);
    const [watch] = rows;
    if (watch === undefined) return null;
    const known = await pool.query<KnownIncident>({
      name: 'known-incidents',
      text: knownSql,
      values: [connectionId, alertCodes],
    });
    return { token, watch, known: known.rows };
  });
}

const watchSql = `
update alert_watch set looked_at = ${at('$3')}, held_since = ${at('$4')}, silence_from = ${at('$5')}
where connection_id = $1 and lease_token = $2 and leased_until > clock_timestamp()`;

/** Stores what a round has decided; see the port. */
export async function storeRound(
  { pool, connectionId }: LedgerContext,
  token: string,
  changes: readonly IncidentChange[],
  { lookedMs, heldSinceMs, silenceFromMs }: WatchState,
): Promise<boolean> {
  return await asLedger(() =>
    inTransaction(pool, async (client) => {
      // The row's lock keeps whoever takes the turn meanwhile out until all of it is there.
      const values = [connectionId, token, lookedMs, heldSinceMs, silenceFromMs];
      if ((await client.query(watchSql, values)).rowCount !== 1) return false;
      for (const change of changes) await storeChange(client, connectionId, change);
      return true;
    }),
  );
}

const beginSql = `
insert into incidents (connection_id, code, subject, state, severity, facts, since, suspected_at, judged_at, opened_at)
values ($1, $2, $3, $4, $5, $6::jsonb, ${at('$7')}, ${at('$8')}, clock_timestamp(), case when $4 = 'open' then clock_timestamp() end)`;

// What it was about when it was told stays while it ends, and its beginning for good.
const goOnSql = `
update incidents set
  state = $3, judged_at = clock_timestamp(), suspected_at = ${at('$4')}, clear_at = ${at('$5')},
  opened_at = case when $3 = 'open' then coalesce(opened_at, clock_timestamp()) end,
  severity = case when $6 then $7 else severity end, facts = case when $6 and $8::jsonb <> '{}' then $8::jsonb else facts end
where connection_id = $1 and id = $2 and state <> 'ended'`;

const endSql = `
update incidents set state = 'ended', judged_at = clock_timestamp(), ended_at = coalesce(clear_at, clock_timestamp())
where connection_id = $1 and id = $2 and state = 'open'`;

async function storeChange(client: pg.PoolClient, connectionId: number, change: IncidentChange): Promise<void> {
  if (change.to === 'forgotten') {
    const text = `delete from incidents where connection_id = $1 and id = $2 and state = 'suspected'`;
    await client.query(text, [connectionId, change.id]);
    return;
  }
  if (change.to === 'ended') {
    await client.query(endSql, [connectionId, change.id]);
    return;
  }
  const { condition, id, to, suspectedMs, clearMs } = change;
  const { code, subject, severity, facts, sinceMs, verdict } = condition;
  if (id === null) {
    const values = [connectionId, code, subject, to, severity, toJson(facts), sinceMs, suspectedMs];
    await client.query(beginSql, values);
    return;
  }
  const values = [connectionId, id, to, suspectedMs, clearMs, verdict === 'on', severity, toJson(facts)];
  await client.query(goOnSql, values);
}

const renewSql = `
update alert_watch set leased_until = clock_timestamp() + make_interval(secs => $3)
where connection_id = $1 and lease_token = $2 and leased_until > clock_timestamp()`;

/** Holds the turn for longer; see the port. */
export async function renewTurn(
  { pool, connectionId }: LedgerContext,
  token: string,
  leaseMs: number,
): Promise<boolean> {
  return await asLedger(
    async () => (await pool.query(renewSql, [connectionId, token, leaseMs / 1_000])).rowCount === 1,
  );
}

/** Gives the turn back; see the port. */
export async function endTurn({ pool, connectionId }: LedgerContext, token: string): Promise<void> {
  const text = `update alert_watch set lease_token = null, leased_until = null where connection_id = $1 and lease_token = $2`;
  await asLedger(async () => void (await pool.query(text, [connectionId, token])));
}
