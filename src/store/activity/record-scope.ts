import { toLongId } from '../../domain/salesforce-ids.ts';
import type { LedgerContext } from '../context.ts';
import { readFamilies } from '../pair-family.ts';

/** Under what all that happened to a record is found. */
export type RecordScope = {
  pairIds: readonly string[];
  /** HubSpot ids of contacts. */
  contactIds: readonly string[];
  /** Kinds and ids under which people act on it. */
  targets: readonly { kind: string; id: string }[];
};

// Whoever knows an id seldom knows of which kind it is.
const pairsSql = `
select distinct l.pair_id::text as id
from (values ('hubspot', 'contact'), ('hubspot', 'company'), ('hubspot', 'deal'), ('salesforce', 'Lead'), ('salesforce', 'Contact'),
             ('salesforce', 'Account'), ('salesforce', 'Opportunity')) as k(system, object)
join links l on l.connection_id = $1 and l.system = k.system and l.object = k.object and l.record_id = any($2)`;

const idsSql = `
select object as kind, record_id as id from links
where pair_id = any($1::bigint[]) and system = 'hubspot' and object in ('contact', 'company', 'deal')`;

/** Every id that the pair of a record ever had, and the pairs that ended in it. A record that no pair knows is found under its own id. */
export async function readRecordScope({ pool, connectionId }: LedgerContext, recordId: string): Promise<RecordScope> {
  const wanted = [...new Set([recordId, toLongId(recordId) ?? recordId])];
  const found = await pool.query<{ id: string }>({
    name: 'activity-pairs',
    text: pairsSql,
    values: [connectionId, wanted],
  });
  const family = await readFamilies(
    pool,
    found.rows.map(({ id }) => id),
  );
  const pairIds = [...new Set(family.map(({ id }) => id))];
  const { rows } = await pool.query<{ kind: string; id: string }>({
    name: 'activity-ids',
    text: idsSql,
    values: [pairIds],
  });
  const own = ['contact', 'company', 'deal'].map((kind) => ({ kind, id: recordId }));
  const targets = rows.length === 0 ? own : rows;
  const contactIds = targets.filter(({ kind }) => kind === 'contact').map(({ id }) => id);
  return { pairIds, contactIds, targets };
}
