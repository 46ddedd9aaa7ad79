import type { PersonObject } from '../domain/record.ts';
import type { ErasureReceipt, StageDisagreement, StageTransition } from '../ports/ledger-history.ts';
import type { LedgerContext } from './context.ts';
import { readScope } from './pair-family.ts';

// A move of ours knows where it came from; of a stage that was seen it is the one before it, under the same id.
const transitionsSql = `
select contact_id as "contactId", extract(epoch from done_at)::float8 * 1000 as "atMs",
       coalesce(from_stage, lag(to_stage) over (partition by contact_id order by done_at, id)) as "from", to_stage as "to",
       source, kind, code, text
from (
  select *, coalesce(closed_at, at) as done_at from stage_moves
  where id in (
    select id from stage_moves where connection_id = $1 and contact_id = any($2)
    union select id from stage_moves where pair_id = any($3))
) as m
where state in ('verified', 'seen')
order by done_at desc, id desc`;

/** Transitions of a contact's stage under all its ids, the newest first: ours once HubSpot held them, and all that was seen. */
export async function readTransitions(
  { pool, connectionId }: LedgerContext,
  contactId: string,
): Promise<readonly StageTransition[]> {
  const { contactIds, pairIds } = await readScope(pool, connectionId, contactId);
  const values = [connectionId, contactIds, pairIds];
  return (await pool.query<StageTransition>({ name: 'stage-transitions', text: transitionsSql, values })).rows;
}

const baseSql = (property: string, field: string) =>
  `coalesce(nullif(b.hubspot ->> '${property}', ''), nullif(b.salesforce ->> '${field}', ''))`;

// Names only of those that are shown.
const disagreementsSql = `
select d.*, coalesce(
         nullif(concat_ws(' ', ${baseSql('firstname', 'FirstName')}, ${baseSql('lastname', 'LastName')}), ''),
         ${baseSql('email', 'Email')}) as name
from (select pair_id, contact_id, person_object, person_id, hubspot_stage, salesforce_stage, cause from stage_disagreements
      where connection_id = $1 and ($3::bigint is null or pair_id < $3::bigint) order by pair_id desc limit $2) as d
left join bases b on b.pair_id = d.pair_id order by d.pair_id desc`;

type DisagreementRow = {
  pair_id: string;
  contact_id: string;
  person_object: PersonObject;
  person_id: string;
  name: string | null;
  hubspot_stage: string | null;
  salesforce_stage: string | null;
  cause: string;
};

/** Pairs whose sides disagree on the stage, each with the code of a cause. */
export async function readDisagreements(
  { pool, connectionId }: LedgerContext,
  limit: number,
  afterPairId?: string,
): Promise<readonly StageDisagreement[]> {
  const { rows } = await pool.query<DisagreementRow>(disagreementsSql, [connectionId, limit, afterPairId ?? null]);
  return rows.map((row) => ({
    pairId: row.pair_id,
    contactId: row.contact_id,
    person: { object: row.person_object, id: row.person_id },
    name: row.name,
    hubspot: row.hubspot_stage,
    salesforce: row.salesforce_stage,
    cause: row.cause,
  }));
}

/** Receipts of privacy deletions, the newest first; those of one contact where it is named. */
export async function readErasures(
  { pool, connectionId }: LedgerContext,
  limit: number,
  { contactId, afterId }: { contactId?: string; afterId?: string } = {},
): Promise<readonly ErasureReceipt[]> {
  const { rows } = await pool.query<ErasureReceipt>(
    `select id, contact_id as "contactId", pair_id as "pairId", extract(epoch from at)::float8 * 1000 as "atMs", person_ids as "personIds", erased
     from erasures where connection_id = $1
       and ($3::text is null or contact_id = $3) and ($4::bigint is null or id < $4::bigint)
     order by id desc limit $2`,
    [connectionId, limit, contactId ?? null, afterId ?? null],
  );
  return rows;
}
