import { SyncError } from '../errors.ts';
import { assertNotPaused, type LedgerContext } from './context.ts';
import { asLedger, inTransaction } from './pool.ts';

// Rows in the order of their key, then pairs in the order of theirs, as everybody locks them. A row whose id leads to no pair yet is held
// by its own token; one whose pair went to another worker is not held, whatever its token says.
const heldRows = `
rows as materialized (
  select p.connection_id, p.system, p.object, p.record_id, l.pair_id
  from pending p
  left join links l on l.connection_id = p.connection_id and l.system = p.system and l.object = p.object and l.record_id = p.record_id
  where p.lease_token = $1
  order by p.connection_id, p.system, p.object, p.record_id
  for update of p
), own as materialized (
  select id from pairs where id in (select pair_id from rows) and lease_token = $1 order by id for update
)`;

const renewSql = `
with ${heldRows}, pairs_held as (
  update pairs set leased_until = clock_timestamp() + make_interval(secs => $2) where id in (select id from own)
)
update pending p set leased_until = clock_timestamp() + make_interval(secs => $2)
from rows h
where p.connection_id = h.connection_id and p.system = h.system and p.object = h.object and p.record_id = h.record_id
  and (h.pair_id is null or h.pair_id in (select id from own))
returning p.record_id`;

const releaseSql = `
with ${heldRows}, freed as (
  update pairs set lease_token = null, leased_until = null where id in (select id from own)
)
update pending p set lease_token = null, leased_until = null
from rows h
where p.connection_id = h.connection_id and p.system = h.system and p.object = h.object and p.record_id = h.record_id`;

/**
 * Prolongs what is still held under the token: rows that carry it and whose pair does, too. @returns their record ids
 * @throws SyncError retryable `lease_lost` when none is held any more, wait `paused` during an admin's pause
 */
export async function renewLeases(
  context: LedgerContext,
  token: string,
  leaseMs: number,
): Promise<ReadonlySet<string>> {
  return await asLedger(() =>
    inTransaction(context.pool, async (client) => {
      await assertNotPaused(client, context);
      const values = [token, leaseMs / 1_000];
      const { rows } = await client.query<{ record_id: string }>({ name: 'renew', text: renewSql, values });
      if (rows.length === 0)
        throw new SyncError('retryable', 'lease_lost', 'The records of this batch went to another worker.');
      return new Set(rows.map(({ record_id: id }) => id));
    }),
  );
}

/** Gives back what is still held under the token, at once due again. */
export async function releaseLeases({ pool }: LedgerContext, token: string): Promise<void> {
  await asLedger(() =>
    inTransaction(pool, async (client) => {
      await client.query({ name: 'release', text: releaseSql, values: [token] });
    }),
  );
}
