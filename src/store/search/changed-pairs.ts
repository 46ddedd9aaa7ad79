import type pg from 'pg';
import type { HubSpotObject } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import { counterpartObjects } from './known-pairs.ts';

/** How many rows one step looks at, and how many steps a page takes at most: a page may come out shorter, and the next one goes on. */
const rowsPerStep = 500;
const pairsPerStep = 5_000;
const mostSteps = 5;

/** Behind which write, or behind which of the pairs that nothing was written to. */
type Place = { in: 'writes'; micros: string; id: string } | { in: 'pairs'; id: string };

const first: Place = { in: 'writes', micros: '9223372036854775', id: '9223372036854775807' };
const firstUnwritten: Place = { in: 'pairs', id: '9223372036854775807' };

/** One page of pair ids, and where the next one begins. */
export type ChangedPage = { pairIds: readonly string[]; next: string | null };

/** Throws the driver's error. @throws SyncError permanent `bad_cursor` */
export async function listChanged(
  pool: pg.Pool,
  connectionId: number,
  object: HubSpotObject,
  { limit, after }: { limit: number; after: string | null },
): Promise<ChangedPage> {
  const found: string[] = [];
  let place: Place | null = after === null ? first : readPlace(after);
  for (let step = 0; step < mostSteps && place !== null && found.length < limit; step += 1) {
    const page: Step = await (place.in === 'writes'
      ? stepThroughWrites(pool, { connectionId, object }, place)
      : stepThroughUnwritten(pool, { connectionId, object }, place));
    const taken: readonly Row[] = page.rows.slice(0, howMany(page.rows, limit - found.length));
    found.push(...taken.filter(({ isShown }) => isShown).map(({ pairId }) => pairId));
    place = taken.length < page.rows.length ? (taken.at(-1)?.place ?? place) : page.next;
  }
  return { pairIds: found, next: place === null ? null : writePlace(place) };
}

type Row = { pairId: string; isShown: boolean; place: Place };
type Step = { rows: readonly Row[]; next: Place | null };
type Of = { connectionId: number; object: HubSpotObject };

/** The rows up to the last one that is still wanted. */
function howMany(rows: readonly Row[], wanted: number): number {
  let shown = 0;
  const last = rows.findIndex(({ isShown }) => {
    if (isShown) shown += 1;
    return shown === wanted;
  });
  return last < 0 ? rows.length : last + 1;
}

const branchSql = (object: string) => `
(select at, id, pair_id from writes where connection_id = $1 and object = '${object}' and state = 'done'
   and (at, id) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3::bigint)
 order by at desc, id desc limit ${rowsPerStep})`;

// A pair stands where its newest write is; its older ones are passed over. The id is told under another name: `order by id` would otherwise
// mean the text, of which 999 stands behind 1000.
const writesSql = (objects: readonly string[]) => `
select pair_id::text as "pairId", id::text as "writeId", (extract(epoch from at) * 1000000)::bigint::text as micros,
       not exists (select from writes n where n.pair_id = c.pair_id and n.state = 'done' and (n.at, n.id) > (c.at, c.id)
                     and n.at >= c.at) as "isShown"
from (select * from (${objects.map(branchSql).join(' union all ')}) as u order by at desc, id desc limit ${rowsPerStep}) as c
order by at desc, id desc`;

async function stepThroughWrites(
  pool: pg.Pool,
  { connectionId, object }: Of,
  { micros, id }: Extract<Place, { in: 'writes' }>,
): Promise<Step> {
  const objects = [object, ...counterpartObjects[object]];
  const { rows } = await pool.query<{ pairId: string; writeId: string; micros: string; isShown: boolean }>({
    name: `changed-${object}`,
    text: writesSql(objects),
    values: [connectionId, micros, id],
  });
  const placed = rows.map(({ pairId, isShown, micros: at, writeId }) => ({
    pairId,
    isShown,
    place: { in: 'writes', micros: at, id: writeId } as const,
  }));
  return { rows: placed, next: rows.length < rowsPerStep ? firstUnwritten : (placed.at(-1)?.place ?? null) };
}

// With `exists` the planner would hash the whole audit log.
const unwrittenSql = `
select id::text as "pairId",
       object = $2 and connection_id = $1 and absorbed_into is null
         and (select true from writes w where w.pair_id = p.id and w.state = 'done' limit 1) is null as "isShown"
from (select * from pairs where id < $3::bigint order by id desc limit ${pairsPerStep}) as p
order by id desc`;

async function stepThroughUnwritten(
  pool: pg.Pool,
  { connectionId, object }: Of,
  { id }: Extract<Place, { in: 'pairs' }>,
): Promise<Step> {
  const { rows } = await pool.query<{ pairId: string; isShown: boolean }>({
    name: 'unwritten-pairs',
    text: unwrittenSql,
    values: [connectionId, object, id],
  });
  const placed = rows.map((row) => ({ ...row, place: { in: 'pairs', id: row.pairId } as const }));
  return { rows: placed, next: rows.length < pairsPerStep ? null : (placed.at(-1)?.place ?? null) };
}

function writePlace(place: Place): string {
  return place.in === 'writes' ? `w.${place.micros}.${place.id}` : `p.${place.id}`;
}

function readPlace(cursor: string): Place {
  const [, micros, id] = /^w\.(\d{1,16})\.(\d{1,18})$/.exec(cursor) ?? [];
  if (micros !== undefined && id !== undefined) return { in: 'writes', micros, id };
  if (cursor === writePlace(firstUnwritten)) return firstUnwritten;
  const [, pairId] = /^p\.(\d{1,18})$/.exec(cursor) ?? [];
  if (pairId !== undefined) return { in: 'pairs', id: pairId };
  throw new SyncError('permanent', 'bad_cursor', 'The cursor is not one that this list gave.');
}
