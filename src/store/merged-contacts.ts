import type { LedgerContext } from './context.ts';
import { toJson } from './context.ts';
import { hintBits, toMarkSql } from './ledger-pending.ts';
import { asLedger, inTransaction, type Queryable } from './pool.ts';

const rememberSql = `
insert into merged_contacts (connection_id, survivor_id, merged_id)
select $1, q.survivor_id, q.merged_id from jsonb_to_recordset($2::jsonb) as q(survivor_id text, merged_id text)
order by 2, 3
on conflict do nothing`;

const erasedSql = 'select distinct contact_id as id from erasures where connection_id = $1 and contact_id = any($2)';

// All that led to these ids, over merges of merges, where its pair is another one and not erased yet.
const markSql = toMarkSql(`(
  with recursive chain as (
    select unnest($2::text[]) as id
    union
    select m.merged_id from chain c join merged_contacts m on m.connection_id = $1 and m.survivor_id = c.id
  )
  select 'hubspot' as system, 'contact' as object, l.record_id, 2::smallint as priority, 0::float8 as due_in,
         ${hintBits.erased}::smallint as hints, 'merge' as source, null::bigint as run_id
  from chain c
  join links l on l.connection_id = $1 and l.system = 'hubspot' and l.object = 'contact' and l.record_id = c.id
  join pairs r on r.id = l.pair_id
  where c.id <> all($2) and r.tombstone_reason is distinct from 'erased'
    and not exists (select from links o where o.pair_id = l.pair_id and o.system = 'hubspot' and o.object = 'contact' and o.record_id = any($2))
) as m`);

type Merge = { survivorId: string; mergedIds: readonly string[] };

/** Keeps which contacts were merged into which; where the survivor is erased already, what it absorbed is to be erased, too. */
export async function rememberMerges({ pool, connectionId }: LedgerContext, merges: readonly Merge[]): Promise<void> {
  const rows = merges.flatMap(({ survivorId, mergedIds }) =>
    mergedIds.flatMap((id) => (id === survivorId ? [] : [{ survivor_id: survivorId, merged_id: id }])),
  );
  if (rows.length === 0) return;
  await asLedger(() =>
    inTransaction(pool, async (client) => {
      await client.query({ name: 'remember-merges', text: rememberSql, values: [connectionId, toJson(rows)] });
      const survivors = rows.map((row) => row.survivor_id);
      const { rows: erased } = await client.query<{ id: string }>(erasedSql, [connectionId, survivors]);
      await markAbsorbed(
        client,
        connectionId,
        erased.map(({ id }) => id),
      );
    }),
  );
}

/** Marks, as erased, the contacts that were merged into these erased ones. */
export async function markErasedWith(
  { pool, connectionId }: LedgerContext,
  contactIds: readonly string[],
): Promise<void> {
  await asLedger(() => markAbsorbed(pool, connectionId, contactIds));
}

async function markAbsorbed(db: Queryable, connectionId: number, contactIds: readonly string[]): Promise<void> {
  if (contactIds.length === 0) return;
  await db.query({ name: 'mark-absorbed', text: markSql, values: [connectionId, contactIds] });
}
