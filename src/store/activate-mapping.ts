import type pg from 'pg';
import { lostBases } from '../domain/mapping/lost-bases.ts';
import { SyncError } from '../errors.ts';
import type { ConnectionLedger } from '../ports/ledger.ts';
import type { Activation, AppliedVersion, NewMapping } from '../ports/ledger-mappings.ts';
import { type LedgerContext, toJson } from './context.ts';
import { inTransaction } from './pool.ts';
import { pauseRuns } from './runs/hold-run.ts';

type Limits = Parameters<ConnectionLedger['activateMapping']>[1];
type MappedField = NewMapping['fields'][number];

/** What is known of a mapping that is to be registered. */
type Given = { hash: string; limits: Limits; fields: readonly MappedField[] | null; files: NewMapping['files'] | null };

/**
 * Registers a mapping under a number that its hash keeps, and makes it the active version. Throws the driver's error.
 * @returns the number
 */
export async function activateMapping(
  context: LedgerContext,
  hash: string,
  limits: Limits,
  fields?: readonly MappedField[],
): Promise<number> {
  return (await registerAndActivate(context, { hash, limits, fields: fields ?? null, files: null }, null)).version;
}

/** The same with its files, as a start does it; tells what that came to. Throws the driver's error. */
export async function startWithMapping(context: LedgerContext, mapping: NewMapping, by: string): Promise<Activation> {
  return await registerAndActivate(context, mapping, by);
}

async function registerAndActivate(context: LedgerContext, mapping: Given, by: string | null): Promise<Activation> {
  return await inTransaction(context.pool, async (client) => {
    await lockConnection(client, context);
    const before = await readActive(client, context);
    const version = await registerMapping(client, context, mapping);
    return await activate(client, context, { version, before, by, isApplied: false });
  });
}

/**
 * Makes a registered version the active one. Throws the driver's error.
 * @throws SyncError needs-human `mapping_version_unknown`
 */
export async function activateVersion(
  context: LedgerContext,
  { version, by, applied }: { version: number; by: string; applied: AppliedVersion | undefined },
): Promise<Activation> {
  return await inTransaction(context.pool, async (client) => {
    await lockConnection(client, context);
    for (const known of applied?.known ?? []) await keepFields(client, context, known);
    const before = await readActive(client, context);
    const text = 'select from mapping_versions where connection_id = $1 and version = $2';
    if ((await client.query(text, [context.connectionId, version])).rowCount === 0) throw unknownVersion();
    return await activate(client, context, { version, before, by, isApplied: applied !== undefined });
  });
}

/** Who compiles both versions alike knows better than what an older build may have stored. */
async function keepFields(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  { version, fields }: AppliedVersion['known'][number],
): Promise<void> {
  const text = 'update mapping_versions set fields = $3::jsonb where connection_id = $1 and version = $2';
  await client.query(text, [connectionId, version, toJson(fields)]);
}

function unknownVersion(): SyncError {
  const advice = 'GET /api/v1/mappings lists the versions; SIGHUP makes a running service propose what its files say.';
  return new SyncError('needs-human', 'mapping_version_unknown', 'The ledger has no mapping of this version.', {
    advice,
  });
}

/** The connection's row is the lock: two that register or activate at the same time do so one after the other. */
export async function lockConnection(client: pg.PoolClient, { connectionId }: LedgerContext): Promise<void> {
  await client.query('select 1 from connections where id = $1 for update', [connectionId]);
}

const registerSql = `
insert into mapping_versions as v (connection_id, version, hash, creates_per_run, changes_per_run, fields, files)
select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5::jsonb, $6::jsonb from mapping_versions where connection_id = $1
on conflict (connection_id, hash) do update set
  creates_per_run = excluded.creates_per_run, changes_per_run = excluded.changes_per_run,
  fields = coalesce(excluded.fields, v.fields), files = coalesce(excluded.files, v.files)
returning version`;

/** Keeps a mapping under a number; the same hash keeps its number. Under the connection's lock. */
export async function registerMapping(
  client: pg.PoolClient,
  { connectionId }: LedgerContext,
  { hash, limits, fields, files }: Given,
): Promise<number> {
  const json = (value: unknown) => (value === null ? null : toJson(value));
  const values = [connectionId, hash, limits.createsPerRun, limits.changesPerRun, json(fields), json(files)];
  const { rows } = await client.query<{ version: number }>(registerSql, values);
  return rows[0]?.version ?? 0;
}

/** `fields` null: a version of a time when nobody kept them. */
type Active = { version: number | null; fields: readonly MappedField[] | null };

async function readActive(client: pg.PoolClient, { connectionId }: LedgerContext): Promise<Active> {
  const { rows } = await client.query<Active>(
    `select c.mapping_version as version, v.fields from connections c
     left join mapping_versions v on v.connection_id = c.id and v.version = c.mapping_version where c.id = $1`,
    [connectionId],
  );
  return rows[0] ?? { version: null, fields: null };
}

type Step = { version: number; before: Active; by: string | null; isApplied: boolean };

/** The step to another version, with the end of some bases. */
async function activate(
  client: pg.PoolClient,
  context: LedgerContext,
  { version, before, by, isApplied }: Step,
): Promise<Activation> {
  const { connectionId } = context;
  const { rows } = await client.query<{ fields: readonly MappedField[] | null; creates: number; changes: number }>(
    `update mapping_versions set
       activated_at = case when $4 and activated_at is not null then activated_at else clock_timestamp() end,
       activated_by = case when $4 then coalesce(activated_by, $3) else $3 end
     where connection_id = $1 and version = $2
     returning fields, creates_per_run as creates, changes_per_run as changes`,
    [connectionId, version, by, before.version === version],
  );
  const { fields = null, creates = 0, changes = 0 } = rows[0] ?? {};
  if (before.fields !== null && fields !== null)
    await dropBases(client, connectionId, lostBases(before.fields, fields, isApplied));
  const isOther = before.version !== null && before.version !== version;
  const pausedRuns = isOther ? await pauseRuns(client, context, by ?? 'mapping', 'mapping_changed') : [];
  const releasedFields = isOther ? await releaseHeld(client, connectionId) : 0;
  await client.query(
    'update connections set mapping_version = $2 where id = $1 and mapping_version is distinct from $2',
    [connectionId, version],
  );
  await client.query(
    `update runs set creates_limit = $2, changes_limit = $3
     where connection_id = $1 and kind = 'live' and day = (clock_timestamp() at time zone 'UTC')::date`,
    [connectionId, creates, changes],
  );
  return { version, before: before.version, pausedRuns, releasedFields };
}

const releaseSql = `
with held as (
  delete from held_fields h using pairs p where p.id = h.pair_id and p.connection_id = $1
  returning h.pair_id, h.hubspot, h.salesforce
), per_pair as (
  select pair_id, array_agg(hubspot) as properties, array_agg(salesforce) as fields from held group by pair_id
), dropped as (
  update bases b set hubspot = b.hubspot - p.properties, salesforce = b.salesforce - p.fields
  from per_pair p where b.pair_id = p.pair_id
)
select count(*)::int as released from held`;

/** What a revert put back is synced again, by the rules of the new version alone: without its base nobody's value is an old one. */
async function releaseHeld(client: pg.PoolClient, connectionId: number): Promise<number> {
  const { rows } = await client.query<{ released: number }>(releaseSql, [connectionId]);
  return rows[0]?.released ?? 0;
}

// When both sides agreed stays as it is: for all other fields nothing has happened.
const dropSql = `
update bases b set hubspot = b.hubspot - $2::text[], salesforce = b.salesforce - $3::text[]
from pairs r
where r.id = b.pair_id and r.connection_id = $1 and r.object = $4 and (b.hubspot ?| $2::text[] or b.salesforce ?| $3::text[])`;

async function dropBases(
  client: pg.PoolClient,
  connectionId: number,
  lost: ReturnType<typeof lostBases>,
): Promise<void> {
  if (lost.size === 0) return;
  // Once in a while, over all pairs: it may take its time.
  await client.query('set local statement_timeout = 0');
  for (const [object, { hubspot, salesforce }] of lost) {
    await client.query(dropSql, [connectionId, hubspot, salesforce, object]);
  }
}
