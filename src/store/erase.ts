import type pg from 'pg';

// Values live in `bases` and `writes` alone [24]. Of a write its fields' names and rules stay, so that the log still says what was done.
const blankSql = `
update writes w set changes = coalesce((
  select jsonb_agg((c.value - 'sourceValue') || '{"before": null, "after": null, "erased": true}') from jsonb_array_elements(w.changes) as c
), '[]')
where w.pair_id = any($1::bigint[])`;

/**
 * Erases what is known of persons whose contacts were erased for privacy in HubSpot: every value goes, ids and codes stay, and the pair
 * keeps a tombstone, so that nobody is created for it again.
 */
export async function eraseValues(client: pg.PoolClient, pairIds: readonly string[]): Promise<void> {
  if (pairIds.length === 0) return;
  await client.query(blankSql, [pairIds]);
  await client.query('delete from bases where pair_id = any($1::bigint[])', [pairIds]);
  await client.query('update pairs set tombstone = true where id = any($1::bigint[])', [pairIds]);
}
