import type pg from 'pg';
import { foldTallies } from '../../src/store/overview/tallies.ts';

/** How much a ledger holds. Changes of the audit log lie in the last four weeks. */
export type LedgerSize = { pairs: number; writes: number; failures: number; pending: number };

export const fullSize: LedgerSize = { pairs: 100_000, writes: 1_000_000, failures: 10_000, pending: 20_000 };

/** A tenth of it, or any other share. */
export function shareOf(size: LedgerSize, share: number): LedgerSize {
  const of = (count: number) => Math.round(count * share);
  return { pairs: of(size.pairs), writes: of(size.writes), failures: of(size.failures), pending: of(size.pending) };
}

/** Fills a migrated, empty ledger as months of work would. Values are made up and the same each time. */
export async function makeLargeLedger(pool: pg.Pool, { pairs, writes, failures, pending }: LedgerSize): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0; set synchronous_commit = off');
    await client.query(pairsSql, [pairs]);
    await client.query(linksSql);
    await client.query(decisionsSql);
    await client.query(movesSql);
    await client.query(runsSql);
    await client.query(runCountsSql);
    await client.query(writesSql, [writes, pairs]);
    await client.query(failuresSql, [failures]);
    await client.query(pendingSql, [pending]);
    await client.query(peopleSql);
    await client.query(smallSql);
    // The hourly job has been there.
    await client.query(`update tallies set made_at = made_at - interval '1 hour'`);
    await foldTallies(pool);
    await client.query('vacuum analyze');
  } finally {
    client.release(true);
  }
}

// Contacts, and for every ten of them a company and a deal; a third was handed over within the year; one in a thousand disagrees.
const pairsSql = `
insert into pairs (connection_id, object, person_object, person_id, handed_over_at, hubspot_stage, salesforce_stage, stage_cause, created_at, updated_at)
select 1, k.object, k.person_object, k.prefix || lpad(n::text, 12, '0'),
       case when k.object = 'contact' and n % 3 = 0 then clock_timestamp() - (n % 365) * interval '1 day' - (n % 24) * interval '1 hour' end,
       case when k.object = 'contact' then 'salesqualifiedlead' end,
       case when k.object <> 'contact' or n % 5 = 0 then null when n % 1000 = 1 then 'opportunity' else 'salesqualifiedlead' end,
       case when k.object = 'contact' and n % 1000 = 1 then 'x' end,
       clock_timestamp() - (n % 365) * interval '1 day', clock_timestamp() - (n % 90) * interval '1 day'
from generate_series(1, $1::int) as n
cross join lateral (values ('contact', 'Lead', '00Q', 1), ('company', 'Account', '001', 10), ('deal', 'Opportunity', '006', 10))
  as k(object, person_object, prefix, every)
where n % k.every = 0`;

const linksSql = `
insert into links (connection_id, system, object, record_id, pair_id, status)
select 1, 'hubspot', object, id::text, id, 'live' from pairs union all
select 1, 'salesforce', person_object, person_id, id, 'live' from pairs`;

const decisionsSql = `
insert into decisions (connection_id, system, object, record_id, outcome, code, text, reasons, observed_only, mapping_version, at)
select 1, 'hubspot', object, id::text, 'update', 'update', '', '[]', false, 1, updated_at from pairs`;

const movesSql = `
insert into stage_moves (connection_id, pair_id, contact_id, at, from_stage, to_stage, kind, source, code, text, state)
select 1, id, id::text, created_at + n * interval '1 hour', (array['lead', 'marketingqualifiedlead'])[n],
       (array['marketingqualifiedlead', 'salesqualifiedlead'])[n], 'reached', 'hubspot', 'reached', '', 'seen'
from pairs cross join generate_series(1, 2) as n where object = 'contact'`;

const runsSql = `
insert into runs (connection_id, kind, day, state, object, creates_limit, changes_limit, started_at, ended_at, requested_by)
select 1, k.kind, case when k.kind = 'live' then (clock_timestamp() at time zone 'UTC')::date - n end,
       case when n = 0 and k.kind = 'live' then 'running' else 'ended' end, case when k.kind = 'backfill' then 'contacts' end, 1000, 1000,
       clock_timestamp() - n * interval '1 day', clock_timestamp() - n * interval '1 day' + interval '10 minutes', 'somebody'
from generate_series(0, 99) as n cross join (values ('live'), ('comparison'), ('backfill')) as k(kind)
order by n desc`;

const runCountsSql = `
insert into run_counts (run_id, kind, code, count)
select id, case when kind = 'comparison' then 'drift' else 'outcome' end, c.code, id % 7 from runs cross join (values ('unequal'), ('gone')) as c(code)
where kind <> 'live'`;

const writesSql = `
insert into writes (at, connection_id, pair_id, run_id, token, mapping_version, system, object, record_id, operation, changes, state, closed_at)
select clock_timestamp() - n * (interval '27 days' / $1::int), 1, 1 + n % $2::int, 1 + n % 30, '00000000-0000-4000-8000-000000000000', 1,
       case when n % 3 = 0 then 'hubspot' else 'salesforce' end, case when n % 3 = 0 then 'contact' else 'Lead' end, (1 + n % $2::int)::text, 'update',
       '[{"field": "Title", "before": "CTO", "after": "CEO", "rule": "newest"}, {"field": "Phone", "before": null, "after": "1", "rule": "newest"}]',
       case when n % 5000 = 1 then 'refused' else 'done' end, clock_timestamp()
from generate_series(1, $1::int) as n`;

const failuresSql = `
insert into failures (connection_id, system, object, record_id, kind, code, message, advice, first_at, last_at)
select 1, 'hubspot', 'contact', n::text, 'needs-human', 'cause_' || n % 20, 'A sentence about it.', 'What to do.',
       clock_timestamp() - (n % 480) * interval '1 hour', clock_timestamp() - (n % 480) * interval '1 minute'
from generate_series(1, $1::int) as n`;

const pendingSql = `
insert into pending (connection_id, system, object, record_id, priority, due_at, counter, source, run_id)
select 1, 'hubspot', 'contact', n::text, case when n % 100 = 0 then 2 else 4 end, clock_timestamp() - n * interval '1 second',
       nextval('pending_counter'), 'backfill', case when n % 100 = 0 then null else 1 end
from generate_series(1, $1::int) as n`;

const peopleSql = `
insert into actions (connection_id, at, actor, role, via, code, outcome)
select 1, clock_timestamp() - n * interval '1 hour', 'somebody', 'operator', 'page', 'record_resync', 'done' from generate_series(1, 2000) as n`;

const smallSql = `
insert into mapping_versions (connection_id, version, hash, creates_per_run, changes_per_run, activated_at)
values (1, 901, 'made up', 1000, 1000, clock_timestamp());
insert into watermarks (connection_id, source, at)
select 1, 'salesforce.' || o || '.' || k, clock_timestamp()
from unnest(array['Lead', 'Contact', 'Account', 'Opportunity']) as o, unnest(array['fast', 'wide', 'deleted']) as k on conflict do nothing;
insert into calls (connection_id, bucket, hour, calls, vendor_used, vendor_limit)
select 1, b, date_trunc('hour', clock_timestamp()) - n * interval '1 hour', 100, 5000, 100000
from unnest(array['hubspot', 'hubspot-search', 'salesforce']) as b, generate_series(0, 190) as n on conflict do nothing;
insert into frozen_fields (connection_id, pair_id, system, field, code, text, thawed_at)
select 1, id, 'hubspot', 'phone', 'field_frozen', '', case when id % 200 = 0 then clock_timestamp() end from pairs where id % 100 = 0;
insert into parent_waits (connection_id, system, object, record_id, parent_system, parent_object, parent_id, token)
select 1, 'hubspot', 'deal', n::text, 'hubspot', 'company', n::text, gen_random_uuid() from generate_series(1, 200) as n;
insert into erasures (connection_id, contact_id, erased) select 1, n::text, '{}' from generate_series(1, 200) as n`;
