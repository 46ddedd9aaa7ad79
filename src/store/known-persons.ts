import type { FieldValues } from '../domain/record.ts';
import type { KnownPerson } from '../ports/ledger.ts';
import type { LedgerContext } from './context.ts';

// An id leads to one place in each of two short prefixes of the links' key: the limit makes it a look into the index, however the planner
// takes the table to be.
const knownSql = `
select q.id, l.pair_id as "pairId", l.status, r.tombstone_reason as tombstone, r.handed_over_at is not null as "handedOver",
       b.salesforce as base,
       (select min(c.record_id) from links c
        where c.pair_id = l.pair_id and c.system = 'hubspot' and c.object = 'contact' and c.status = 'live') as "contactId"
from unnest($2::text[]) as q(id)
cross join lateral (
  select pair_id, status from links
  where connection_id = $1 and system = 'salesforce' and object in ('Lead', 'Contact') and record_id = q.id limit 1
) as l
join pairs r on r.id = l.pair_id
left join bases b on b.pair_id = l.pair_id`;

type Row = { id: string; base: FieldValues | null } & Omit<KnownPerson, 'base'>;

/** What the ledger knows of these persons, by their ids: one statement for a page of 2,000. Throws the driver's error. */
export async function findKnownPersons(
  { pool, connectionId }: LedgerContext,
  ids: readonly string[],
): Promise<ReadonlyMap<string, KnownPerson>> {
  if (ids.length === 0) return new Map();
  const values = [connectionId, [...new Set(ids)]];
  const { rows } = await pool.query<Row>({ name: 'known-persons', text: knownSql, values });
  return new Map(rows.map(({ id, ...person }) => [id, person]));
}
