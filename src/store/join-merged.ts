import type pg from 'pg';
import type { HubSpotObject } from '../domain/record.ts';
import { type LedgerContext, toJson } from './context.ts';
import type { Held } from './held.ts';
import { markWith } from './ledger-pending.ts';
import { absorbPairs, blankMoved, lockMovable } from './move-links.ts';
import { followMerges } from './relations.ts';

/** Contacts, or companies or deals, that HubSpot merged: all ids are known to be the survivor's. */
export type MergedGroup = { survivorId: string; contactIds: readonly string[] };

/** Where the ids of a group lead now. `busy`: another worker holds one of their pairs. */
export type Joined = { kind: 'busy' } | { kind: 'joined'; pairOf: ReadonlyMap<string, string>; changed: boolean };

type Known = {
  record_id: string;
  status: string;
  pair_id: string;
  has_person: boolean;
  handed_over: boolean;
  moving: boolean;
  /** The pair's live contact. */
  holders: string[];
};

// What was erased never goes on.
const knownSql = `
select l.record_id, l.status, l.pair_id, r.person_id is not null as has_person, r.handed_over_at is not null as handed_over,
       exists (select from stage_moves m where m.pair_id = r.id and m.state = 'open') as moving,
       array(select h.record_id from links h
             where h.pair_id = r.id and h.system = 'hubspot' and h.object = $3 and h.status = 'live') as holders
from unnest($2::text[]) as q(id)
cross join lateral (
  select record_id, status, pair_id from links
  where connection_id = $1 and system = 'hubspot' and object = $3 and record_id = q.id limit 1
) as l
join pairs r on r.id = l.pair_id
where r.tombstone_reason is distinct from 'erased'
order by r.id`;

// A link of another pair stays where it is. What a contact was deleted as, its return decides.
const attachSql = `
insert into links as l (connection_id, system, object, record_id, pair_id, status)
select $1, 'hubspot', $3, q.record_id, q.pair_id, q.status
from jsonb_to_recordset($2::jsonb) as q(record_id text, pair_id bigint, status text)
order by q.record_id
on conflict (connection_id, system, object, record_id) do update set status = excluded.status
where l.pair_id = excluded.pair_id and l.status in ('live', 'merged') and l.status <> excluded.status`;

// Which of two persons it is that goes on, people decide: until then both are memories.
const undecideSql = `
with freed as (
  update pairs set person_object = null, person_id = null where id = any($1)
)
update links set status = 'merged' where pair_id = any($1) and system = 'salesforce' and status = 'live'`;

/** `look`: for whose sake the merge is settled: as urgent is what follows. */
type Work = { context: LedgerContext; token: string; object: HubSpotObject; look: Held | undefined };

/**
 * Lets the survivors of merges inherit at once: the survivor's id leads to the pair of a contact that was merged into it, and pairs of
 * several such contacts become one, the one that knows the most. By survivor. Throws the driver's error.
 */
export async function joinMerged(
  client: pg.PoolClient,
  { context, token, object, look }: Work,
  groups: readonly MergedGroup[],
): Promise<ReadonlyMap<string, Joined>> {
  const { connectionId } = context;
  const merged = bySurvivor(groups);
  const pairs = [...merged].flatMap(([survivor, others]) => [...others].map((id) => ({ merged: id, survivor })));
  const marks = await followMerges(client, { connectionId, object, look }, pairs);
  const ids = [...new Set([...merged].flatMap(([survivorId, others]) => [survivorId, ...others]))];
  const read = async () =>
    (await client.query<Known>({ name: 'merged-links', text: knownSql, values: [connectionId, ids, object] })).rows;
  const first = await read();
  if (first.length === 0) {
    await markWith(client, context, marks);
    return new Map([...merged.keys()].map((id) => [id, nowhere]));
  }
  const locked = new Set(
    await lockMovable(
      client,
      token,
      first.map((link) => link.pair_id),
    ),
  );
  // Whoever was faster has committed by now.
  const known = new Map((await read()).map((link) => [link.record_id, link]));
  const choices = [...merged].map(([survivorId, others]) => choose(survivorId, others, known, locked));
  const moves = choices.flatMap(({ absorbed, pairId }) =>
    pairId === null ? [] : absorbed.map((id) => ({ absorbed: id, pairId })),
  );
  await absorbPairs(client, moves);
  await blankMoved(client, moves, token);
  const undecided = choices.flatMap(({ pairId, isUndecided }) => (isUndecided && pairId !== null ? [pairId] : []));
  if (undecided.length > 0) await client.query({ name: 'undecide', text: undecideSql, values: [undecided] });
  const links = choices.flatMap(({ links: own }) => own);
  if (links.length > 0)
    await client.query({ name: 'attach-merged', text: attachSql, values: [connectionId, toJson(links), object] });
  await land(client, choices);
  await markWith(client, context, marks);
  return new Map(choices.map(({ survivorId, joined }) => [survivorId, joined]));
}

/** Whoever waits for a survivor waits for the pair that it has now. */
async function land(client: pg.PoolClient, choices: readonly Choice[]): Promise<void> {
  const pairIds = choices.flatMap(({ pairId, joined }) =>
    joined.kind === 'joined' && joined.changed && pairId !== null ? [pairId] : [],
  );
  if (pairIds.length === 0) return;
  const text = 'update pairs set landed_at = clock_timestamp(), landed_in = pg_current_xact_id() where id = any($1)';
  await client.query({ name: 'land-merged', text, values: [pairIds] });
}

const nowhere: Joined = { kind: 'joined', pairOf: new Map(), changed: false };

function bySurvivor(groups: readonly MergedGroup[]): ReadonlyMap<string, ReadonlySet<string>> {
  const merged = new Map<string, Set<string>>();
  for (const { survivorId, contactIds } of groups) {
    const others = merged.get(survivorId) ?? new Set();
    for (const id of contactIds) if (id !== survivorId) others.add(id);
    merged.set(survivorId, others);
  }
  return merged;
}

type LinkRow = { record_id: string; pair_id: string; status: 'live' | 'merged' };
type Choice = {
  survivorId: string;
  pairId: string | null;
  absorbed: readonly string[];
  /** Several of the pairs that became one have a person. */
  isUndecided: boolean;
  links: readonly LinkRow[];
  joined: Joined;
};

function choose(
  survivorId: string,
  others: ReadonlySet<string>,
  known: ReadonlyMap<string, Known>,
  locked: ReadonlySet<string>,
): Choice {
  const ids = [survivorId, ...others];
  const links = ids.flatMap((id) => known.get(id) ?? []);
  const own = known.get(survivorId)?.pair_id ?? null;
  const untouched = { survivorId, pairId: null, absorbed: [], isUndecided: false, links: [] };
  if (links.length === 0) return { ...untouched, joined: nowhere };
  if (links.some((link) => !locked.has(link.pair_id))) return { ...untouched, joined: { kind: 'busy' } };
  const [best] = [...links].sort((one, other) => rank(other, own) - rank(one, own));
  const pairId = best?.pair_id ?? '';
  // A pair that still has a living contact of its own stays.
  const ends = links.filter((link) => link.pair_id !== pairId && link.holders.every((id) => ids.includes(id)));
  const absorbed = [...new Set(ends.map((link) => link.pair_id))];
  const moved = new Set(ends.map((link) => link.record_id));
  const staysApart = (id: string) => {
    const link = known.get(id);
    return link !== undefined && link.pair_id !== pairId && !moved.has(id);
  };
  const attached = ids.filter((id) => !staysApart(id));
  const rows = attached.map(
    (id): LinkRow => ({
      record_id: id,
      pair_id: pairId,
      status: id === survivorId ? 'live' : 'merged',
    }),
  );
  const pairOf = new Map([
    ...links.map((link) => [link.record_id, link.pair_id] as const),
    ...attached.map((id) => [id, pairId] as const),
  ]);
  return {
    survivorId,
    pairId,
    absorbed,
    isUndecided: best?.has_person === true && ends.some((link) => link.has_person),
    links: rows,
    joined: { kind: 'joined', pairOf, changed: absorbed.length > 0 || own !== pairId },
  };
}

/** Whose knowledge goes on: who has a person, was handed over, is the survivor's own, is in the middle of a move. */
function rank(link: Known, own: string | null): number {
  return (
    (link.has_person ? 8 : 0) + (link.handed_over ? 4 : 0) + (link.pair_id === own ? 2 : 0) + (link.moving ? 1 : 0)
  );
}
