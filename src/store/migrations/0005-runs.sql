-- Runs: backfills, comparisons, reverts, rebuilds; what they list and what it came to.

alter table runs drop constraint runs_state_check;
alter table runs add constraint runs_state_check
  check (state in ('running', 'paused', 'stopped', 'review', 'ended', 'cancelled', 'failed'));
alter table runs
  add column object text,
  add column options jsonb not null default '{}',
  add column dry_run boolean not null default false,
  add column requested_by text,
  -- Who paused or cancelled it.
  add column held_by text,
  add column phase text not null default 'listing' check (phase in ('listing', 'draining')),
  add column cursor jsonb,
  add column total bigint,
  add column forecast jsonb,
  add column mapping_version integer,
  add column reverts bigint references runs,
  add column moved_at timestamptz,
  add column claimed_at timestamptz,
  -- Its ids are still being told: nobody lists it yet.
  add column ids_open boolean not null default false,
  add column lease_token uuid,
  add column leased_until timestamptz;

-- One at a time per kind and object; two people who press the button at once are told apart here.
create unique index runs_alone on runs (connection_id, kind, coalesce(object, ''))
  where kind not in ('live', 'revert') and not dry_run and state in ('running', 'paused', 'stopped');
create unique index runs_revert_alone on runs (connection_id, reverts)
  where kind = 'revert' and not dry_run and state in ('running', 'paused', 'stopped');
create index runs_active on runs (connection_id, id) where kind <> 'live' and state = 'running';
create index runs_reverts on runs (reverts) where reverts is not null;
-- The newest one keeps everything from being written before its policy is chosen: asked for with every claim.
create index runs_rebuild on runs (connection_id, id) where kind = 'rebuild' and not dry_run;

-- How many records of a run came to what; ids as samples, no values.
create table run_counts (
  run_id bigint not null references runs,
  kind text not null check (kind in ('listed', 'outcome', 'drift', 'left', 'put_back')),
  code text not null,
  count bigint not null,
  samples text[] not null default '{}',
  primary key (run_id, kind, code)
) with (fillfactor = 50);

-- Ids that were given one by one.
create table run_ids (
  run_id bigint not null references runs,
  position bigint not null,
  record_id text not null,
  primary key (run_id, position),
  unique (run_id, record_id)
);

-- Which ids a run has seen in a CRM: a comparison finds by it who is missing. Emptied when the run ends. May be lost in a crash of the
-- database: then the run begins anew.
create unlogged table run_seen (
  run_id bigint not null,
  system text not null,
  object text not null,
  record_id text not null,
  primary key (run_id, system, object, record_id)
);

create index pending_run on pending (run_id) where run_id is not null;
-- What is due, and when the next one will be, is asked for by priority: live work does not read past what runs have marked.
drop index pending_next;

-- Processes that live: who has something worked off asks whether anybody is there to do it.
create table processes (
  id text primary key,
  role text not null,
  works boolean not null,
  mapping_version integer,
  beat_at timestamptz not null default clock_timestamp()
);

-- The files of a mapping, so that every process can work under the active version; a version that was proposed waits for a person.
alter table mapping_versions
  add column files jsonb,
  add column proposed_at timestamptz,
  add column proposed_by text,
  add column activated_by text;
alter table mapping_versions alter column activated_at drop not null;
alter table mapping_versions alter column activated_at drop default;

-- Which pairs a revert has still to put back: whoever looks at the pair next does it.
create table revert_pairs (
  run_id bigint not null references runs,
  pair_id bigint not null references pairs,
  state text not null default 'open' check (state in ('open', 'done', 'left')),
  primary key (run_id, pair_id)
);
create unique index revert_pairs_open on revert_pairs (pair_id) where state = 'open';

-- Fields that a revert put back: nobody repairs them until a person changes one of the sides, or another mapping is activated [23].
create table held_fields (
  pair_id bigint not null references pairs,
  hubspot text not null,
  salesforce text not null,
  run_id bigint not null references runs,
  held_at timestamptz not null default clock_timestamp(),
  primary key (pair_id, hubspot, salesforce)
);

-- What both CRMs looked like when they were checked last: fields, stages, picklists. No record of anybody.
create table schema_snapshots (
  connection_id smallint not null references connections,
  name text not null,
  taken_at timestamptz not null default clock_timestamp(),
  content jsonb not null,
  primary key (connection_id, name)
);

-- When HubSpot last told of a record of each kind: whether its webhooks come at all.
create table event_arrivals (
  connection_id smallint not null references connections,
  object text not null,
  at timestamptz not null,
  primary key (connection_id, object)
) with (fillfactor = 50);

-- The list of failures goes on where it ended without sorting all of them.
create index failures_last on failures (connection_id, last_at, system, object, record_id);

-- Which ids a rebuild found in one CRM that lead to a record in the other one. Ids alone; emptied when the run is over.
create table rebuild_ids (
  run_id bigint not null,
  object text not null check (object in ('contact', 'company', 'deal')),
  record_id text not null,
  counterpart_object text not null,
  counterpart_id text not null,
  -- Ours, in Salesforce or in HubSpot, or one of HubSpot's own connector.
  told_by text not null check (told_by in ('external_id', 'property', 'connector')),
  -- The pair that was made of it.
  pair_id bigint,
  primary key (run_id, object, record_id, counterpart_id)
);
create index rebuild_ids_counterpart on rebuild_ids (run_id, object, counterpart_id);
create index rebuild_ids_pair on rebuild_ids (pair_id, run_id, object) where pair_id is not null;
