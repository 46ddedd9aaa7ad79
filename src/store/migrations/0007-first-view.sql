-- What the first view counts, kept as sums, so that nobody counts 100,000 pairs or a day of the audit log to show five numbers.

-- All that is locked below, at once and in the order in which outcomes are committed: workers of the older version go on meanwhile.
lock table writes in share row exclusive mode;
lock table runs in share mode;
lock table pairs in share row exclusive mode;
lock table frozen_fields in share mode;
lock table failures in share row exclusive mode;

-- Each change of a counted table adds a row here, in its own transaction: the sums are right whatever crashes, nobody waits for anybody, and
-- who listens for changes sees by `made_in` what was committed since the last look. Rows older than a minute are folded into one per name, key
-- and hour. Names: `pairs` (key: object; those with a Salesforce side), `handoffs`, `writes` (key: system; done), `changes` (key: system; fields
-- of done writes), `failures` (key: code; hour of the first time).
create table tallies (
  id bigint generated always as identity primary key,
  connection_id smallint not null,
  name text not null,
  key text not null,
  -- Of what is not counted by hour: `-infinity`.
  hour timestamptz not null,
  amount bigint not null,
  -- Null once it is folded.
  made_in xid8 default pg_current_xact_id(),
  made_at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create index tallies_named on tallies (connection_id, name, hour);

-- Several functions and not one: which transition table there is depends on the event.
create function tally_new_pairs() returns trigger language plpgsql set search_path from current as $$
begin
  insert into tallies (connection_id, name, key, hour, amount)
  select connection_id, 'pairs', object, '-infinity', count(*) from added where person_id is not null group by connection_id, object union all
  select connection_id, 'handoffs', '', date_trunc('hour', handed_over_at, 'UTC'), count(*) from added
  where object = 'contact' and handed_over_at is not null group by 1, 4;
  return null;
end $$;

create function tally_gone_pairs() returns trigger language plpgsql set search_path from current as $$
begin
  insert into tallies (connection_id, name, key, hour, amount)
  select connection_id, 'pairs', object, '-infinity', -count(*) from gone where person_id is not null group by connection_id, object union all
  select connection_id, 'handoffs', '', date_trunc('hour', handed_over_at, 'UTC'), -count(*) from gone
  where object = 'contact' and handed_over_at is not null group by 1, 4;
  return null;
end $$;

-- Row by row: leases move all the time, and only what its condition lets through calls it.
create function tally_changed_pair() returns trigger language plpgsql set search_path from current as $$
begin
  if (old.person_id is null) <> (new.person_id is null) then
    insert into tallies (connection_id, name, key, hour, amount)
    values (new.connection_id, 'pairs', new.object, '-infinity', case when new.person_id is null then -1 else 1 end);
  end if;
  if new.object = 'contact' and old.handed_over_at is distinct from new.handed_over_at then
    insert into tallies (connection_id, name, key, hour, amount)
    select new.connection_id, 'handoffs', '', date_trunc('hour', h.at, 'UTC'), h.amount
    from (values (old.handed_over_at, -1), (new.handed_over_at, 1)) as h(at, amount) where h.at is not null;
  end if;
  return null;
end $$;

create trigger tally_added after insert on pairs referencing new table as added for each statement execute function tally_new_pairs();
create trigger tally_deleted after delete on pairs referencing old table as gone for each statement execute function tally_gone_pairs();
create trigger tally_changed after update on pairs for each row
  when ((old.person_id is null) <> (new.person_id is null) or old.handed_over_at is distinct from new.handed_over_at)
  execute function tally_changed_pair();

create function tally_new_writes() returns trigger language plpgsql set search_path from current as $$
begin
  insert into tallies (connection_id, name, key, hour, amount)
  select d.connection_id, n.name, d.system, d.hour, n.amount
  from (select connection_id, system, date_trunc('hour', at, 'UTC') as hour, count(*) as writes, sum(jsonb_array_length(changes)) as changes
        from added where state = 'done' group by 1, 2, 3) as d
  cross join lateral (values ('writes', d.writes), ('changes', d.changes)) as n(name, amount);
  return null;
end $$;

create function tally_changed_writes() returns trigger language plpgsql set search_path from current as $$
begin
  insert into tallies (connection_id, name, key, hour, amount)
  select d.connection_id, n.name, d.system, d.hour, n.amount
  from (
    select connection_id, system, date_trunc('hour', at, 'UTC') as hour, sum(sign) as writes, sum(sign * jsonb_array_length(changes)) as changes
    from (select connection_id, system, at, changes, 1 as sign from added where state = 'done' union all
          select connection_id, system, at, changes, -1 from gone where state = 'done') as both_sides
    group by 1, 2, 3) as d
  cross join lateral (values ('writes', d.writes), ('changes', d.changes)) as n(name, amount)
  where n.amount <> 0;
  return null;
end $$;

create function tally_gone_writes() returns trigger language plpgsql set search_path from current as $$
begin
  insert into tallies (connection_id, name, key, hour, amount)
  select d.connection_id, n.name, d.system, d.hour, -n.amount
  from (select connection_id, system, date_trunc('hour', at, 'UTC') as hour, count(*) as writes, sum(jsonb_array_length(changes)) as changes
        from gone where state = 'done' group by 1, 2, 3) as d
  cross join lateral (values ('writes', d.writes), ('changes', d.changes)) as n(name, amount);
  return null;
end $$;

create trigger tally_added after insert on writes referencing new table as added for each statement execute function tally_new_writes();
create trigger tally_changed after update on writes referencing old table as gone new table as added
  for each statement execute function tally_changed_writes();
create trigger tally_deleted after delete on writes referencing old table as gone for each statement execute function tally_gone_writes();

create function tally_new_failures() returns trigger language plpgsql set search_path from current as $$
begin
  insert into tallies (connection_id, name, key, hour, amount)
  select connection_id, 'failures', code, date_trunc('hour', first_at, 'UTC'), count(*) from added group by 1, 3, 4;
  return null;
end $$;

-- A failure that is seen once more counts no more, but whoever shows it looks again.
create function tally_changed_failures() returns trigger language plpgsql set search_path from current as $$
begin
  insert into tallies (connection_id, name, key, hour, amount)
  select connection_id, 'failures', code, date_trunc('hour', first_at, 'UTC'), sum(sign)
  from (select connection_id, code, first_at, 1 as sign from added union all select connection_id, code, first_at, -1 from gone) as both_sides
  group by 1, 3, 4;
  return null;
end $$;

create function tally_gone_failures() returns trigger language plpgsql set search_path from current as $$
begin
  insert into tallies (connection_id, name, key, hour, amount)
  select connection_id, 'failures', code, date_trunc('hour', first_at, 'UTC'), -count(*) from gone group by 1, 3, 4;
  return null;
end $$;

create trigger tally_added after insert on failures referencing new table as added for each statement execute function tally_new_failures();
create trigger tally_changed after update on failures referencing old table as gone new table as added
  for each statement execute function tally_changed_failures();
create trigger tally_deleted after delete on failures referencing old table as gone for each statement execute function tally_gone_failures();

-- Nothing of ours empties a table whole; a person at the database might.
create function tally_emptied() returns trigger language plpgsql set search_path from current as $$
begin
  delete from tallies where name = any(tg_argv);
  return null;
end $$;
create trigger tally_emptied after truncate on pairs for each statement execute function tally_emptied('pairs', 'handoffs');
create trigger tally_emptied after truncate on writes for each statement execute function tally_emptied('writes', 'changes');
create trigger tally_emptied after truncate on failures for each statement execute function tally_emptied('failures');

-- What is there already; nobody changes the tables meanwhile. What is counted by hour alone is shown for a day.
insert into tallies (connection_id, name, key, hour, amount, made_in)
select connection_id, 'pairs', object, '-infinity', count(*), null::xid8 from pairs where person_id is not null group by 1, 3 union all
select connection_id, 'handoffs', '', date_trunc('hour', handed_over_at, 'UTC'), count(*), null from pairs
where object = 'contact' and handed_over_at > clock_timestamp() - interval '3 days' group by 1, 4 union all
select connection_id, 'failures', code, date_trunc('hour', first_at, 'UTC'), count(*), null from failures group by 1, 3, 4;
insert into tallies (connection_id, name, key, hour, amount, made_in)
select d.connection_id, n.name, d.system, d.hour, n.amount, null
from (select connection_id, system, date_trunc('hour', at, 'UTC') as hour, count(*) as writes, sum(jsonb_array_length(changes)) as changes
      from writes where state = 'done' and at > clock_timestamp() - interval '3 days' group by 1, 2, 3) as d
cross join lateral (values ('writes', d.writes), ('changes', d.changes)) as n(name, amount);

-- The few pairs that the view of disagreements shows: facts that name no stage are none, and there may be one for every pair.
create index pairs_disagree on pairs (connection_id, id)
  where person_id is not null and tombstone_reason is null and hubspot_stage is distinct from salesforce_stage
    and (salesforce_stage is not null or stage_cause is not null);
create index frozen_fields_waiting on frozen_fields (connection_id) where thawed_at is null;
create index runs_compared on runs (connection_id, id) where kind = 'comparison' and not dry_run;
-- Runs that are not over, those that a person must decide about among them.
create index runs_open on runs (connection_id, id) where state in ('running', 'paused', 'stopped', 'review');
