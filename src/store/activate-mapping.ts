import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import type { ConnectionLedger } from '../ports/ledger.ts';
import { type LedgerContext, toJson } from './context.ts';
import { inTransaction } from './pool.ts';

type Limits = Parameters<ConnectionLedger['activateMapping']>[1];
type MappedField = NonNullable<Parameters<ConnectionLedger['activateMapping']>[2]>[number];

/**
 * Makes a mapping the active version, under a number that its hash keeps. What the version before it had mapped to each other, and this one
 * has not, loses its base [20]: nobody knows any more what the two sides agreed on. Throws the driver's error.
 */
export async function activateMapping(
  { pool, connectionId }: LedgerContext,
  hash: string,
  limits: Limits,
  fields?: readonly MappedField[],
): Promise<number> {
  return await inTransaction(pool, async (client) => {
    // The connection's row is the lock: two processes that start together agree on one number.
    await client.query('select 1 from connections where id = $1 for update', [connectionId]);
    const before = await readActiveFields(client, connectionId);
    const { rows } = await client.query<{ version: number }>(
      `insert into mapping_versions as v (connection_id, version, hash, creates_per_run, changes_per_run, fields)
       select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5::jsonb from mapping_versions where connection_id = $1
       on conflict (connection_id, hash) do update set
         creates_per_run = excluded.creates_per_run, changes_per_run = excluded.changes_per_run,
         fields = coalesce(excluded.fields, v.fields), activated_at = clock_timestamp()
       returning version`,
      [connectionId, hash, limits.createsPerRun, limits.changesPerRun, fields === undefined ? null : toJson(fields)],
    );
    const version = rows[0]?.version ?? 0;
    if (before !== null && fields !== undefined) await dropBases(client, connectionId, before, fields);
    await client.query(
      'update connections set mapping_version = $2 where id = $1 and mapping_version is distinct from $2',
      [connectionId, version],
    );
    await client.query(
      `update runs set creates_limit = $2, changes_limit = $3
       where connection_id = $1 and kind = 'live' and day = (clock_timestamp() at time zone 'UTC')::date`,
      [connectionId, limits.createsPerRun, limits.changesPerRun],
    );
    return version;
  });
}

/** Null where no version is active yet, or one of a time when nobody kept its fields. */
async function readActiveFields(client: pg.PoolClient, connectionId: number): Promise<readonly MappedField[] | null> {
  const { rows } = await client.query<{ fields: MappedField[] | null }>(
    `select v.fields from connections c join mapping_versions v on v.connection_id = c.id and v.version = c.mapping_version where c.id = $1`,
    [connectionId],
  );
  return rows[0]?.fields ?? null;
}

// When both sides agreed stays as it is: for all other fields nothing has happened.
const dropSql = `
update bases b set hubspot = b.hubspot - $2::text[], salesforce = b.salesforce - $3::text[]
from pairs r
where r.id = b.pair_id and r.connection_id = $1 and r.object = $4 and (b.hubspot ?| $2::text[] or b.salesforce ?| $3::text[])`;

async function dropBases(
  client: pg.PoolClient,
  connectionId: number,
  before: readonly MappedField[],
  now: readonly MappedField[],
): Promise<void> {
  const kept = new Set(now.map(keyOf));
  const gone = before.filter((field) => !kept.has(keyOf(field)));
  if (gone.length === 0) return;
  // Once in a while, over all pairs: it may take its time.
  await client.query('set local statement_timeout = 0');
  for (const object of new Set(gone.map(objectOf))) {
    const own = gone.filter((field) => objectOf(field) === object);
    await client.query(dropSql, [
      connectionId,
      own.map(({ hubspot }) => hubspot),
      own.map(({ salesforce }) => salesforce),
      object,
    ]);
  }
}

/** Mappings of a time when there were only contacts do not say it. */
function objectOf({ object = 'contact' }: MappedField): HubSpotObject {
  return object;
}

function keyOf(field: MappedField): string {
  return `${objectOf(field)}\n${field.hubspot}\n${field.salesforce}`;
}
