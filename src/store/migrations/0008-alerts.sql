-- Incidents: what was or is wrong, who was told of it, and whose turn it is to look.

-- What is locked below, at once and in the order in which others take it.
lock table connections in share row exclusive mode;
lock table runs, pairs in share mode;

create table incidents (
  id bigint generated always as identity primary key,
  connection_id smallint not null references connections,
  code text not null,
  -- Which system, run or field; empty where there is only one.
  subject text not null,
  -- `suspected`: it has not lasted long enough to tell anybody.
  state text not null check (state in ('suspected', 'open', 'ended')),
  severity text not null check (severity in ('error', 'warning')),
  -- Ids, names of fields, codes and counts; no values.
  facts jsonb not null,
  -- Since when it is wrong; since when it has been seen so without a break; when it was judged last; since when it is over, while it is open.
  since timestamptz not null,
  suspected_at timestamptz not null,
  judged_at timestamptz not null,
  clear_at timestamptz,
  opened_at timestamptz,
  ended_at timestamptz,
  -- When a message about it was taken by the webhook.
  opening_told_at timestamptz,
  ending_told_at timestamptz,
  -- It ended while there was no webhook: nobody will be told any more.
  unheard boolean not null default false
);
-- At most one of a kind at a time, whatever two processes do.
create unique index incidents_one on incidents (connection_id, code, subject) where state <> 'ended';
create index incidents_told on incidents (connection_id, opened_at desc, id desc) where state <> 'suspected';
create index incidents_untold on incidents (connection_id, id)
  where state <> 'suspected' and not unheard and (opening_told_at is null or (state = 'ended' and ending_told_at is null));

-- One row: who looks now, what the watch remembers from one round to the next, and how the webhook is.
create table alert_watch (
  connection_id smallint primary key references connections,
  lease_token uuid,
  leased_until timestamptz,
  looked_at timestamptz,
  -- Since when nothing can be handed over, and from when on a silence counts.
  held_since timestamptz,
  silence_from timestamptz,
  -- `retrying`: it did not take the last message; `gone`: a person must give another address.
  webhook_state text not null default 'ok' check (webhook_state in ('ok', 'retrying', 'gone')),
  webhook_code text,
  webhook_since timestamptz,
  attempts integer not null default 0,
  try_at timestamptz not null default '-infinity'
);
insert into alert_watch (connection_id) select id from connections;

-- Handoffs by time, for the silence that is looked for every minute.
create index pairs_handed_over on pairs (connection_id, handed_over_at) where object = 'contact' and handed_over_at is not null;
-- Records that began to fail of late are among those that failed of late: `failures_last` finds them. Runs that failed are told for some days.
create index runs_failed on runs (connection_id, ended_at) where state = 'failed';
