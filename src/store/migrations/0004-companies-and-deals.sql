-- Companies and deals: what is related to what in HubSpot, who waits for whom, and what a deal has come to.

alter table pairs add constraint pairs_object_check check (object in ('contact', 'company', 'deal'));
alter table pairs
  -- Of a deal: what it has come to.
  add column deal_state text check (deal_state in ('open', 'won', 'lost')),
  -- When the pair last got a Salesforce side, was handed over, converted or ended, and in which transaction: whoever claimed a record before
  -- that could be seen does not know of it [16]. The number means nothing in another cluster, after a restore: then the time stands alone.
  add column landed_at timestamptz,
  add column landed_in xid8;

-- What the claim could see.
alter table pending add column claimed_in pg_snapshot;

-- What is related to what in HubSpot, as each record's own look found it: a contact's primary company, a deal's contacts and companies. Of
-- this table and the next one no two indexes share a column: a plan that was made while it was empty then has no wrong one to take.
create table relations (
  key text primary key generated always as (
    connection_id::text || ' ' || object || ' ' || record_id || ' ' || to_object || ' ' || to_id) stored,
  connection_id smallint not null references connections,
  object text not null check (object in ('contact', 'company', 'deal')),
  record_id text not null,
  to_object text not null check (to_object in ('contact', 'company', 'deal')),
  to_id text not null,
  -- The contact, or one of the deal's contacts, has passed the gate.
  passed_gate boolean not null
);
create index relations_of on relations (record_id, object);
create index relations_to on relations (to_id, to_object);

-- Records that wait for another one to land [16]. A parent's own commit takes its waiters out and marks them.
create table parent_waits (
  key text primary key generated always as (
    connection_id::text || ' ' || object || ' ' || record_id || ' ' || parent_object || ' ' || parent_id) stored,
  connection_id smallint not null references connections,
  system text not null check (system in ('hubspot', 'salesforce')),
  object text not null,
  record_id text not null,
  parent_system text not null check (parent_system in ('hubspot', 'salesforce')),
  parent_object text not null,
  parent_id text not null,
  -- Of the claim under which the record was found to wait last.
  token uuid not null,
  since timestamptz not null default clock_timestamp(),
  -- When the record was last looked at again only because it had waited for long.
  remarked_at timestamptz
);
create index parent_waits_of on parent_waits (record_id, object);
create index parent_waits_parent on parent_waits (parent_id, parent_object);

-- What the tables will look like, for the planner (see the first version), companies and deals included. Under ids that nobody has.
insert into pairs (id, connection_id, object, person_object, person_id) overriding system value
select -n, 1, case when n % 3 = 0 then 'company' when n % 3 = 1 then 'deal' else 'contact' end,
       case when n % 3 = 0 then 'Account' when n % 3 = 1 then 'Opportunity' else 'Contact' end, (-n)::text
from generate_series(1, 3000) as n;
insert into links (connection_id, system, object, record_id, pair_id, status)
select 1, 'hubspot', object, id::text, id, 'live' from pairs where id < 0 union all
select 1, 'salesforce', person_object, id::text, id, 'live' from pairs where id < 0;
insert into pending (connection_id, system, object, record_id, priority, due_at, counter, source)
select 1, 'hubspot', object, id::text, 2 + (-id) % 3, clock_timestamp() + make_interval(mins => (-id - 1000)::int), -id, 'webhook'
from pairs where id < 0;
insert into decisions (connection_id, system, object, record_id, outcome, code, text, reasons, observed_only, mapping_version)
select 1, 'hubspot', object, id::text, 'create', 'create', '', '[]', false, 1 from pairs where id < 0;
insert into failures (connection_id, system, object, record_id, kind, code, message, advice)
select 1, 'hubspot', object, id::text, 'needs-human', (id % 10)::text, '', '' from pairs where id < 0;
insert into bases (pair_id, hubspot, salesforce, mapping_version) select id, '{}', '{}', 1 from pairs where id < 0;
insert into relations (connection_id, object, record_id, to_object, to_id, passed_gate)
select 1, case when n % 3 = 0 then 'contact' else 'deal' end, (-n)::text, case when n % 3 = 1 then 'contact' else 'company' end, (-n / 2)::text,
       n % 2 = 0
from generate_series(1, 3000) as n;
insert into parent_waits (connection_id, system, object, record_id, parent_system, parent_object, parent_id, token)
select 1, 'hubspot', 'deal', (-n)::text, 'hubspot', case when n % 2 = 0 then 'contact' else 'company' end, (-n / 2)::text, gen_random_uuid()
from generate_series(1, 2000) as n;
analyze pairs, links, pending, decisions, failures, bases, relations, parent_waits;
delete from pending where record_id like '-%';
delete from decisions where record_id like '-%';
delete from failures where record_id like '-%';
delete from bases where pair_id < 0;
delete from links where pair_id < 0;
delete from pairs where id < 0;
delete from relations;
delete from parent_waits;
