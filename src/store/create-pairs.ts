import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';

const createSql = `
insert into pairs (connection_id, object, lease_token, leased_until)
select $1, $4, $2, (select max(leased_until) from pending where lease_token = $2) from generate_series(1, $3::int)
returning id`;

/** Makes so many pairs of records of this kind, leased with the records of the token. Throws the driver's error. @returns their ids */
export async function createPairs(
  client: pg.PoolClient,
  connectionId: number,
  { token, object }: { token: string; object: HubSpotObject },
  count: number,
): Promise<readonly string[]> {
  if (count === 0) return [];
  const values = [connectionId, token, count, object];
  const { rows } = await client.query<{ id: string }>({ name: 'create-pairs', text: createSql, values });
  return rows.map(({ id }) => id);
}
