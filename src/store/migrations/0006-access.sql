-- Access: who is signed in at the page, what people asked for, and which requests are one and the same.

-- A row per sign-in. The cookie's value is not here, only its hash; `token_proof` is a keyed hash of the token that was given, with the
-- cookie's value as the key: a dump of the ledger serves neither to sign in nor to guess a token.
create table sessions (
  id_hash bytea primary key,
  connection_id smallint not null references connections,
  name text not null,
  token_proof bytea not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null
);
create index sessions_expired on sessions (expires_at);

-- Whatever somebody asked for that changes state, written before it is done: a row that stays `asked` tells of a process that died.
-- Ids, names, codes and counts; no value of a record.
create table actions (
  id bigint generated always as identity primary key,
  connection_id smallint not null references connections,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  -- Null at the command line: whoever can start it holds the credentials themselves.
  role text check (role in ('viewer', 'operator', 'admin')),
  via text not null check (via in ('page', 'token', 'cli')),
  code text not null,
  target_kind text,
  target_id text,
  details jsonb not null default '{}',
  outcome text not null default 'asked' check (outcome in ('asked', 'done', 'refused', 'failed')),
  status smallint,
  problem text,
  finished_at timestamptz
);
create index actions_at on actions (connection_id, at, id);
create index actions_actor on actions (connection_id, actor, at, id);
create index actions_target on actions (connection_id, target_id, at, id) where target_id is not null;

-- A POST that came with a key: what it was, and once it is done what was answered. Whoever is at work on it says so again and again.
create table idempotency_keys (
  connection_id smallint not null references connections,
  actor text not null,
  key text not null,
  request_hash bytea not null,
  worker uuid not null,
  asked_at timestamptz not null default clock_timestamp(),
  beat_at timestamptz not null default clock_timestamp(),
  status smallint,
  location text,
  answer json,
  primary key (connection_id, actor, key)
);
create index idempotency_keys_asked on idempotency_keys (asked_at);
