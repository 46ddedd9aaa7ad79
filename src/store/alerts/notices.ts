import { alertCodes } from '../../domain/alerts/types.ts';
import type { Notice } from '../../domain/alerts/write-message.ts';
import type { IncidentLedger, IncidentRow, WebhookHealth } from '../../ports/ledger-incidents.ts';
import type { LedgerContext } from '../context.ts';
import { asLedger } from '../pool.ts';

const ms = (column: string) => `floor(extract(epoch from ${column})::float8 * 1000)`;

/** One minute after the first attempt, then twice as long each time, up to this. */
const longestRetryS = 900;

const untoldSql = `
select i.id::text, i.code, i.subject, i.severity, i.facts, ${ms('i.since')} as "sinceMs", n.tells, ${ms('i.ended_at')} as "endedMs"
from incidents i
cross join lateral (values ('opening', i.opened_at, i.opening_told_at), ('ending', i.ended_at, i.ending_told_at)) as n(tells, at, told_at)
where i.connection_id = $1 and i.state <> 'suspected' and not i.unheard
  and (i.opening_told_at is null or (i.state = 'ended' and i.ending_told_at is null))
  and n.at is not null and n.told_at is null
  and ($3 or exists (select from alert_watch w where w.connection_id = $1 and w.try_at <= clock_timestamp()))
and i.code = any($4)
order by greatest(n.at, i.opened_at), i.id, n.tells desc limit $2`;

const toldSql = `
update incidents i set
  opening_told_at = case when n.tells = 'opening' then coalesce(opening_told_at, clock_timestamp()) else opening_told_at end,
  ending_told_at = case when n.tells = 'ending' then coalesce(ending_told_at, clock_timestamp()) else ending_told_at end
from unnest($2::bigint[], $3::text[]) as n(id, tells)
where i.connection_id = $1 and i.id = n.id`;

const wellSql = `
update alert_watch set webhook_state = 'ok', webhook_code = null, webhook_since = null, attempts = 0, try_at = '-infinity'
where connection_id = $1 and (webhook_state <> 'ok' or attempts > 0)`;

const faultSql = `
with before as (select webhook_state as state from alert_watch where connection_id = $1 for update)
update alert_watch w set
  webhook_state = $2, webhook_code = $3, attempts = attempts + 1,
  webhook_since = case when webhook_state = 'ok' then clock_timestamp() else webhook_since end,
  try_at = clock_timestamp() + make_interval(secs => coalesce($4::float8, least(${longestRetryS}, 60 * power(2, least(attempts, 10)))))
from before b where w.connection_id = $1 returning b.state as before`;

const columns = `id::text, code, subject, state, severity, facts, ${ms('since')} as "sinceMs", ${ms('opened_at')} as "openedMs",
       ${ms('ended_at')} as "endedMs", ${ms('opening_told_at')} as "openingToldMs", ${ms('ending_told_at')} as "endingToldMs"`;

const listSql = `
select ${columns}
from incidents where connection_id = $1 and state <> 'suspected'
order by state = 'ended', coalesce(ended_at, opened_at) desc, incidents.id desc limit $2`;

// `<> 'ended'` is what its index says.
const openSql = `
select coalesce((select jsonb_agg(to_jsonb(i)) from (
         select ${columns} from incidents where connection_id = $1 and state <> 'ended' and state = 'open'
         order by opened_at desc, incidents.id desc limit $2) as i), '[]') as rows,
       (select jsonb_build_object('state', webhook_state, 'code', webhook_code, 'sinceMs', ${ms('webhook_since')})
        from alert_watch where connection_id = $1) as webhook`;

const unused: WebhookHealth = { state: 'ok', code: null, sinceMs: null };

type Telling = Pick<
  IncidentLedger,
  'untoldNotices' | 'noteTold' | 'noteWebhookFault' | 'noteNobodyTold' | 'incidents' | 'openIncidents' | 'webhookHealth'
>;

/** Who was told of what, and how the webhook is. */
export function createTelling({ pool, connectionId }: LedgerContext): Telling {
  return {
    untoldNotices: (limit, atOnce) =>
      asLedger(async () => {
        // A newer version's incidents are told by it: this one has no words for them.
        const { rows } = await pool.query<Notice>(untoldSql, [connectionId, limit, atOnce, alertCodes]);
        return rows;
      }),

    noteTold: (notices) =>
      asLedger(async () => {
        const values = [connectionId, notices.map(({ id }) => id), notices.map(({ tells }) => tells)];
        await pool.query(toldSql, values);
        await pool.query(wellSql, [connectionId]);
      }),

    noteWebhookFault: ({ state, code, retryMs }) =>
      asLedger(async () => {
        const values = [connectionId, state, code, retryMs === null ? null : retryMs / 1_000];
        const { rows } = await pool.query<{ before: WebhookHealth['state'] }>(faultSql, values);
        return { before: rows[0]?.before ?? 'ok' };
      }),

    noteNobodyTold: () =>
      asLedger(async () => {
        const text = `update incidents set unheard = true
          where connection_id = $1 and state = 'ended' and ended_at < clock_timestamp() - interval '1 day'
            and not unheard and (opening_told_at is null or ending_told_at is null)`;
        await pool.query(text, [connectionId]);
      }),

    incidents: (limit) => asLedger(async () => (await pool.query<IncidentRow>(listSql, [connectionId, limit])).rows),

    openIncidents: (limit) =>
      asLedger(async () => {
        const { rows } = await pool.query<{ rows: IncidentRow[]; webhook: WebhookHealth | null }>(openSql, [
          connectionId,
          limit,
        ]);
        return { rows: rows[0]?.rows ?? [], webhook: rows[0]?.webhook ?? unused };
      }),

    webhookHealth: () =>
      asLedger(async () => {
        const text = `select webhook_state as state, webhook_code as code, ${ms('webhook_since')} as "sinceMs" from alert_watch where connection_id = $1`;
        const { rows } = await pool.query<WebhookHealth>(text, [connectionId]);
        return rows[0] ?? unused;
      }),
  };
}
