import type { SweepLedger } from '../ports/ledger-sweep.ts';
import { type LedgerContext, toJson } from './context.ts';
import { asLedger } from './pool.ts';

// HubSpot repeats a webhook for a day; what is older than an hour is looked at again rather than searched for. So is a write whose answer was
// lost: the look finds that it was carried out.
const echoesSql = `
select q.place
from jsonb_to_recordset($2::jsonb) as q(place int, object text, record_id text, property text, value text)
join links l on l.connection_id = $1 and l.system = 'hubspot' and l.object = q.object and l.record_id = q.record_id
where exists (
  select from writes w cross join lateral jsonb_array_elements(w.changes) as c
  where w.pair_id = l.pair_id and w.at > clock_timestamp() - interval '1 hour'
    and w.system = 'hubspot' and w.record_id = q.record_id and w.state in ('open', 'done')
    and (c.value ->> 'field' = q.property and coalesce(c.value ->> 'after', '') = q.value
         or q.property = '' and w.operation = 'create'))`;

/** See `SweepLedger.echoes`. */
export async function findEchoes(
  { pool, connectionId }: LedgerContext,
  values: Parameters<SweepLedger['echoes']>[0],
): Promise<ReadonlySet<number>> {
  if (values.length === 0) return new Set();
  const asked = values.map(({ object = 'contact', recordId, property, value }, place) => ({
    place,
    object,
    record_id: recordId,
    property,
    value,
  }));
  return await asLedger(async () => {
    const { rows } = await pool.query<{ place: number }>({
      name: 'echoes',
      text: echoesSql,
      values: [connectionId, toJson(asked)],
    });
    return new Set(rows.map(({ place }) => place));
  });
}
