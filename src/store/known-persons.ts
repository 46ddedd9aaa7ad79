import type { FieldValues } from '../domain/record.ts';
import type { KnownPerson } from '../ports/ledger-sweep.ts';
import type { LedgerContext } from './context.ts';

// The limits make each step one look into an index, however small the planner takes the tables to be: measured, a join without them runs
// for minutes where the statistics are old.
const knownSql = `
select q.id, l.pair_id as "pairId", l.status, r.tombstone_reason as tombstone, r.handed_over_at is not null as "handedOver",
       r.busy as "isBusy", b.salesforce as base,
       (select min(c.record_id) from links c
        where c.pair_id = l.pair_id and c.system = 'hubspot' and c.object = 'contact' and c.status = 'live') as "contactId"
from unnest($2::text[]) as q(id)
cross join lateral (
  select pair_id, status from links
  where connection_id = $1 and system = 'salesforce' and object in ('Lead', 'Contact') and record_id = q.id limit 1
) as l
cross join lateral (select tombstone_reason, handed_over_at, coalesce(leased_until > statement_timestamp(), false) as busy from pairs where id = l.pair_id limit 1) as r
left join lateral (select salesforce from bases where pair_id = l.pair_id limit 1) as b on true`;

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
