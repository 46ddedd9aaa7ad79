-- The ledger, first version. Rules in brackets refer to docs/correctness.md.

create table connections (
  id smallint primary key,
  hubspot_portal_id text,
  salesforce_org_id text,
  demo boolean not null default false,
  -- An admin's pause stops all CRM writes of the connection; marks go on.
  paused_at timestamptz,
  paused_by text,
  paused_reason text,
  mapping_version integer,
  -- Keys the hashes of emails, so that a dump alone tells nobody's address.
  hash_key bytea not null,
  created_at timestamptz not null default clock_timestamp()
);

insert into connections (id, hash_key)
values (1, decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

create table mapping_versions (
  connection_id smallint not null references connections,
  version integer not null,
  hash text not null,
  creates_per_run integer not null,
  changes_per_run integer not null,
  activated_at timestamptz not null default clock_timestamp(),
  primary key (connection_id, version),
  unique (connection_id, hash)
);

-- A vendor's pause: a 429, a spent day, a lost authorisation. It belongs to the connection, so a fresh mark cannot pass it [9].
create table waits (
  connection_id smallint not null references connections,
  system text not null check (system in ('hubspot', 'salesforce')),
  until timestamptz not null,
  code text not null,
  primary key (connection_id, system)
);

create table pairs (
  id bigint generated always as identity primary key,
  connection_id smallint not null references connections,
  object text not null default 'contact',
  -- Null until a person is linked.
  person_object text,
  person_id text,
  handed_over_at timestamptz,
  tombstone boolean not null default false,
  hubspot_written_at timestamptz,
  lease_token uuid,
  leased_until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create unique index pairs_person on pairs (connection_id, person_object, person_id) where person_id is not null;

-- Every id a pair ever had, unique on each side [2]. `email`: the keyed hash under which a create is being made.
create table links (
  connection_id smallint not null references connections,
  system text not null check (system in ('hubspot', 'salesforce')),
  object text not null,
  record_id text not null,
  pair_id bigint not null references pairs,
  status text not null check (status in ('reserved', 'live', 'merged', 'converted', 'deleted', 'erased')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (connection_id, system, object, record_id)
);
create index links_pair on links (pair_id);

-- One of the two tables that hold values [24]: per side and field, what it held when both last agreed [13].
create table bases (
  pair_id bigint primary key references pairs,
  hubspot jsonb not null,
  salesforce jsonb not null,
  mapping_version integer not null,
  updated_at timestamptz not null default clock_timestamp()
) with (fillfactor = 70);

-- The other one: an intent before the CRM call, an entry of the audit log after it [11]. One row per record write, its fields
-- in `changes`; the view `field_changes` shows one row per field.
create sequence writes_id;
create table writes (
  -- A sequence of its own: identity columns of partitioned tables need PostgreSQL 17.
  id bigint not null default nextval('writes_id'),
  at timestamptz not null default clock_timestamp(),
  connection_id smallint not null,
  pair_id bigint not null,
  run_id bigint,
  token uuid not null,
  mapping_version integer not null,
  system text not null,
  object text not null,
  record_id text,
  operation text not null check (operation in ('create', 'update')),
  changes jsonb not null,
  state text not null check (state in ('open', 'done', 'refused', 'unknown', 'superseded')),
  error_code text,
  closed_at timestamptz,
  primary key (at, id)
) partition by range (at);
create index writes_pair on writes (pair_id, at);
create index writes_open on writes (pair_id) where state in ('open', 'unknown');
create index writes_open_id on writes (id) where state in ('open', 'unknown');
create index writes_run on writes (run_id, at);

-- Months are partitions [25], made at every start and, should a process run for longer than that, by the insert that misses one.
-- There is no default partition: rows in it would stand in the way of the month that they belong to.
create function ensure_writes_partitions(months_ahead integer) returns integer language plpgsql as $$
declare
  month timestamp := date_trunc('month', clock_timestamp() at time zone 'UTC') - interval '1 month';
  last timestamp := date_trunc('month', clock_timestamp() at time zone 'UTC') + make_interval(months => months_ahead);
  made integer := 0;
begin
  perform pg_advisory_xact_lock(7204110656);
  while month <= last loop
    if to_regclass('writes_' || to_char(month, 'YYYY_MM')) is null then
      execute format('create table %I partition of writes for values from (%L) to (%L)', 'writes_' || to_char(month, 'YYYY_MM'),
        to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
      made := made + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end $$;

create view field_changes as
select w.id as write_id, w.at, w.connection_id, w.pair_id, w.run_id, w.system, w.object, w.record_id, w.operation, w.state,
       w.mapping_version, w.error_code, f.value ->> 'field' as field, f.value -> 'before' as before, f.value -> 'after' as after,
       f.value ->> 'rule' as rule
from writes w cross join lateral jsonb_array_elements(w.changes) as f;

create sequence pending_counter;

-- At most one row per record; a hint that something is to be looked at.
create table pending (
  connection_id smallint not null references connections,
  system text not null check (system in ('hubspot', 'salesforce')),
  object text not null,
  record_id text not null,
  priority smallint not null,
  due_at timestamptz not null,
  -- A failing record is not looked at before this, whatever marks it [9].
  not_before timestamptz not null default '-infinity',
  counter bigint not null,
  hints smallint not null default 0,
  attempts integer not null default 0,
  source text not null,
  run_id bigint,
  wait_code text,
  marked_at timestamptz not null default clock_timestamp(),
  lease_token uuid,
  leased_until timestamptz,
  primary key (connection_id, system, object, record_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index pending_due on pending (connection_id, system, object, priority, due_at);
create index pending_next on pending (connection_id, system, object, due_at);
create index pending_lease on pending (lease_token) where lease_token is not null;

create table failures (
  connection_id smallint not null references connections,
  system text not null,
  object text not null,
  record_id text not null,
  pair_id bigint,
  kind text not null,
  code text not null,
  message text not null,
  advice text not null,
  fields text[] not null default '{}',
  record_ids text[] not null default '{}',
  vendor_code text,
  correlation_id text,
  attempts integer not null default 1,
  first_at timestamptz not null default clock_timestamp(),
  last_at timestamptz not null default clock_timestamp(),
  primary key (connection_id, system, object, record_id)
);
create index failures_code on failures (connection_id, code, last_at);

-- The newest decision per record: codes and sentences, no values.
create table decisions (
  connection_id smallint not null references connections,
  system text not null,
  object text not null,
  record_id text not null,
  outcome text not null,
  code text not null,
  text text not null,
  reasons jsonb not null,
  fields text[] not null default '{}',
  observed_only boolean not null,
  mapping_version integer not null,
  run_id bigint,
  at timestamptz not null default clock_timestamp(),
  primary key (connection_id, system, object, record_id)
) with (fillfactor = 70);
create index decisions_observed on decisions (connection_id) where observed_only;

create table runs (
  id bigint generated always as identity primary key,
  connection_id smallint not null references connections,
  kind text not null,
  -- Live sync is a run per day.
  day date,
  state text not null check (state in ('running', 'stopped', 'ended')),
  creates integer not null default 0,
  changes integer not null default 0,
  creates_limit integer not null,
  changes_limit integer not null,
  stopped_reason text,
  approved_by text,
  approved_at timestamptz,
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz
);
create unique index runs_live_day on runs (connection_id, day) where kind = 'live';

create table watermarks (
  connection_id smallint not null references connections,
  source text not null,
  at timestamptz not null,
  cursor text,
  updated_at timestamptz not null default clock_timestamp(),
  primary key (connection_id, source)
);

-- Pacing: the theoretical arrival time of the next call per bucket (GCRA), shared by all processes.
create table paces (
  connection_id smallint not null references connections,
  bucket text not null,
  next_at timestamptz not null,
  limit_per_window integer,
  primary key (connection_id, bucket)
) with (fillfactor = 50);

-- Calls per hour and bucket: the daily budget is a sum over the last 24 hours.
create table calls (
  connection_id smallint not null references connections,
  bucket text not null,
  hour timestamptz not null,
  calls integer not null,
  vendor_used integer,
  vendor_limit integer,
  primary key (connection_id, bucket, hour)
) with (fillfactor = 50);

-- The planner knows nothing of an empty table and takes connection, system and object for selective: it would read whole prefixes of an
-- index for every record of a batch. So it is shown what the tables will look like; statistics outlive the rows.
insert into pairs (connection_id, person_object, person_id, lease_token, leased_until)
select 1, 'Lead', n::text, case when n % 10 = 0 then gen_random_uuid() end, case when n % 10 = 0 then clock_timestamp() end
from generate_series(1, 2000) as n;
insert into links (connection_id, system, object, record_id, pair_id, status)
select 1, 'hubspot', 'contact', id::text, id, 'live' from pairs union all
select 1, 'salesforce', 'Lead', id::text, id, 'live' from pairs;
insert into pending (connection_id, system, object, record_id, priority, due_at, counter, source, lease_token, leased_until)
select 1, 'hubspot', 'contact', id::text, 2 + id % 3, clock_timestamp() + make_interval(mins => (id - 1000)::int), id, 'webhook', lease_token, leased_until
from pairs;
insert into decisions (connection_id, system, object, record_id, outcome, code, text, reasons, observed_only, mapping_version)
select 1, 'hubspot', 'contact', id::text, 'create', 'create', '', '[]', false, 1 from pairs;
insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
select 1, 'hubspot', 'contact', id::text, 'needs-human', (id % 10)::text, '', '' from pairs;
insert into bases (pair_id, hubspot, salesforce, mapping_version) select id, '{}', '{}', 1 from pairs;
analyze pairs, links, pending, decisions, failures, bases;
delete from pending;
delete from decisions;
delete from failures;
delete from bases;
delete from links;
delete from pairs;
alter table pairs alter column id restart;
