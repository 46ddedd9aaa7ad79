-- After the handoff: why a pair has ended, moves of the lifecycle stage, fields that are frozen, and what a privacy deletion leaves behind.

-- Why a pair has ended; null: it has not. Until now only erasures ended one.
alter table pairs add column tombstone_reason text check (tombstone_reason in ('person_deleted', 'contact_deleted', 'erased'));
update pairs p set tombstone_reason = case
  when exists (select from links l where l.pair_id = p.id and l.status = 'erased') then 'erased' else 'person_deleted' end
where tombstone;
alter table pairs drop column tombstone;

alter table pairs
  -- How often sales has returned the person.
  add column recycles integer not null default 0,
  -- What both sides said of the stage when they were looked at last, and why they differ, where they do.
  add column hubspot_stage text,
  add column salesforce_stage text,
  add column stage_cause text,
  -- Keyed hashes of all emails that the contact was seen with: after an erasure nobody is created for one of them [24].
  add column email_hashes text[] not null default '{}',
  -- The pair that a merge of contacts made of this one: what happened here is part of its history.
  add column absorbed_into bigint references pairs,
  -- The pair that took the person over after this one's contact was gone: an erasure there reaches what is known here.
  add column person_went_to bigint references pairs;
-- The few whose sides disagree.
create index pairs_stages_differ on pairs (connection_id, id) where hubspot_stage is distinct from salesforce_stage;
create index pairs_absorbed on pairs (absorbed_into) where absorbed_into is not null;
create index pairs_person_went on pairs (person_went_to) where person_went_to is not null;

alter table writes drop constraint writes_operation_check;
alter table writes add constraint writes_operation_check check (operation in ('create', 'update', 'delete'));

create or replace view field_changes as
select w.id as write_id, w.at, w.connection_id, w.pair_id, w.run_id, w.system, w.object, w.record_id, w.operation, w.state,
       w.mapping_version, w.error_code, f.value ->> 'field' as field, f.value -> 'before' as before, f.value -> 'after' as after,
       f.value ->> 'rule' as rule, f.value ->> 'conflict' as conflict
from writes w cross join lateral jsonb_array_elements(w.changes) as f;

-- What the marks of a failed record told, such as its erasure: it counts until a look has done it [8].
alter table failures add column hints smallint not null default 0;

-- Which field of HubSpot was mapped to which of Salesforce: what left the map loses its base [20].
alter table mapping_versions add column fields jsonb;

-- Moves of the lifecycle stage. Ours are written before the first request of the move [19]: `open` until HubSpot holds the stage
-- (`verified`), holds a third value (`conflict`), or has accepted it and not taken it (`ignored`). `seen`: somebody else's.
create table stage_moves (
  id bigint generated always as identity primary key,
  connection_id smallint not null references connections,
  -- Null for contacts that were never handed over.
  pair_id bigint references pairs,
  contact_id text not null,
  at timestamptz not null default clock_timestamp(),
  from_stage text,
  to_stage text not null,
  -- `forward`, `recycle`, `restored`; of a stage that was seen: `reached`, `inferred`, `moved_back`.
  kind text not null,
  source text not null check (source in ('hubspot', 'salesforce')),
  code text not null,
  text text not null,
  must_clear boolean not null default false,
  step text not null default 'setting' check (step in ('clearing', 'setting')),
  state text not null check (state in ('open', 'verified', 'conflict', 'ignored', 'seen')),
  closed_at timestamptz
) with (fillfactor = 90);
create unique index stage_moves_open on stage_moves (pair_id) where state = 'open';
create index stage_moves_pair on stage_moves (pair_id, at) where pair_id is not null;
create index stage_moves_contact on stage_moves (connection_id, contact_id, at);

-- Fields that change back and forth between us and somebody else are left alone until a person thaws them.
create table frozen_fields (
  id bigint generated always as identity primary key,
  connection_id smallint not null references connections,
  pair_id bigint not null references pairs,
  system text not null check (system in ('hubspot', 'salesforce')),
  field text not null,
  code text not null,
  text text not null,
  since timestamptz not null default clock_timestamp(),
  thawed_at timestamptz,
  thawed_by text
);
create unique index frozen_fields_active on frozen_fields (pair_id, system, field) where thawed_at is null;
create index frozen_fields_pair on frozen_fields (pair_id, system, field, thawed_at);

-- Keyed hashes of the emails of those who were erased: nobody who was born in Salesforce is created for one [24].
create table erased_emails (
  connection_id smallint not null references connections,
  hash text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (connection_id, hash)
);

-- Which contact HubSpot merged into which, as its events tell: after an erasure of the survivor nobody could ask any more [24].
create table merged_contacts (
  connection_id smallint not null references connections,
  survivor_id text not null,
  merged_id text not null,
  at timestamptz not null default clock_timestamp(),
  primary key (connection_id, survivor_id, merged_id)
);

-- A receipt per privacy deletion: ids and counts.
create table erasures (
  id bigint generated always as identity primary key,
  connection_id smallint not null references connections,
  -- Null where the ledger had no pair for the contact.
  pair_id bigint references pairs,
  contact_id text not null,
  at timestamptz not null default clock_timestamp(),
  person_ids text[] not null default '{}',
  erased jsonb not null
);
create index erasures_contact on erasures (connection_id, contact_id);

-- Pairs whose sides disagree on the stage, each with the code of a cause; `unexplained` would be a fault of ours.
create view stage_disagreements as
select p.connection_id, p.id as pair_id, c.contact_id, p.person_object, p.person_id, p.hubspot_stage, p.salesforce_stage,
       coalesce(
         nullif(p.stage_cause, ''),
         (select 'move_under_way' from stage_moves m where m.pair_id = p.id and m.state = 'open'),
         (select f.code from failures f where f.connection_id = p.connection_id and f.system = 'hubspot' and f.object = 'contact'
            and f.record_id = c.contact_id),
         (select 'look_pending' from pending q where q.connection_id = p.connection_id and q.system = 'hubspot' and q.object = 'contact'
            and q.record_id = c.contact_id),
         'unexplained') as cause
from pairs p
cross join lateral (
  select min(l.record_id) as contact_id from links l
  where l.pair_id = p.id and l.system = 'hubspot' and l.object = 'contact' and l.status = 'live'
) as c
where p.person_id is not null and p.tombstone_reason is null and c.contact_id is not null
  and p.hubspot_stage is distinct from p.salesforce_stage
  -- Facts that name no stage agree with any, unless something keeps them from naming one.
  and (p.salesforce_stage is not null or p.stage_cause is not null);

-- What the tables will look like, for the planner (see the first version). Under ids that no pair can have.
alter table stage_moves drop constraint stage_moves_pair_id_fkey;
alter table frozen_fields drop constraint frozen_fields_pair_id_fkey;
insert into stage_moves (connection_id, pair_id, contact_id, to_stage, kind, source, code, text, state)
select 1, -n, (-n)::text, 'lead', 'reached', 'hubspot', 'reached', '', case when n % 50 = 0 then 'open' else 'seen' end
from generate_series(1, 2000) as n;
insert into frozen_fields (connection_id, pair_id, system, field, code, text, thawed_at)
select 1, -n, 'hubspot', 'phone', 'field_frozen', '', case when n % 2 = 0 then clock_timestamp() end from generate_series(1, 2000) as n;
insert into erased_emails (connection_id, hash) select 1, n::text from generate_series(1, 2000) as n;
analyze stage_moves, frozen_fields, erased_emails;
delete from stage_moves;
delete from frozen_fields;
delete from erased_emails;
alter table stage_moves alter column id restart;
alter table frozen_fields alter column id restart;
alter table stage_moves add foreign key (pair_id) references pairs;
alter table frozen_fields add foreign key (pair_id) references pairs;
