import type pg from 'pg';
import type { FieldChange } from '../domain/plan/types.ts';
import { idNames, personIdProperty, stageProperty } from '../domain/record.ts';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { Intent, Reservation, ReservationResult } from '../ports/ledger-work.ts';
import { assertMayWork, hashEmails, type LedgerContext } from './context.ts';
import { findHeld, type Held } from './held.ts';
import { contactType, hubspotObjectOf } from './kinds.ts';
import { asLedger, inTransaction } from './pool.ts';
import { linkPairs, type PlannedLinks, readLinks, releaseUnknown, type Wanted } from './reserve-links.ts';
import { countWithinLimits } from './run-limits.ts';
import { insertIntents, withPartitions } from './writes.ts';

/**
 * Commits, before any CRM call, whom each contact is (to be) paired with and what is about to be written: all in one transaction, in a
 * handful of statements. Each reservation is answered for itself.
 *
 * @throws SyncError wait `mapping_changed` | `paused`
 */
export async function reserve(
  context: LedgerContext,
  token: string,
  mappingVersion: number,
  reservations: readonly Reservation[],
  of: RecordType = contactType,
): Promise<readonly ReservationResult[]> {
  if (reservations.length === 0) return [];
  const hashes = await asLedger(() =>
    hashEmails(context.pool, context, [...new Set(reservations.flatMap(({ claimEmails }) => claimEmails))]),
  );
  const wanted = reservations.map((reservation) => ({
    reservation,
    emailHashes: [...new Set(reservation.claimEmails.map((email) => hashes.get(email) ?? email))].sort(),
  }));
  return await asLedger(() =>
    withPartitions(context.pool, () =>
      inTransaction(context.pool, (client) => reserveWithin(client, { context, of, token, mappingVersion }, wanted)),
    ),
  );
}

type Work = { context: LedgerContext; of: RecordType; token: string; mappingVersion: number };

async function reserveWithin(
  client: pg.PoolClient,
  work: Work,
  wanted: readonly Wanted[],
): Promise<readonly ReservationResult[]> {
  const { context, token, mappingVersion } = work;
  await assertMayWork(client, context, { mappingVersion, evenPaused: false });
  const results = new Map<string, ReservationResult>();
  const runs = await findHeld(
    client,
    work,
    wanted.map(({ reservation: { contactId, pairId } }) => ({ contactId, pairId })),
  );
  const held = wanted.filter(({ reservation: { contactId } }) => {
    if (runs.has(contactId)) return true;
    results.set(contactId, { contactId, ok: false, reason: 'stale' });
    return false;
  });

  const linking = { context, token, object: hubspotObjectOf(work.of) };
  const plannedLinks = await readLinks(client, linking, held);
  for (const refusal of plannedLinks.refused) results.set(refusal.contactId, refusal);
  await releaseUnknown(client, linking, plannedLinks);

  const passed = await keepWithinLimits(client, work, plannedLinks, runs);
  for (const { wanted: one } of plannedLinks.linkable) {
    const { contactId } = one.reservation;
    if (!passed.runs.has(contactId)) results.set(contactId, { contactId, ok: false, reason: 'limit' });
  }
  const linkable = plannedLinks.linkable.filter(({ wanted: one }) => passed.runs.has(one.reservation.contactId));
  const linked = await linkPairs(client, linking, linkable);
  for (const refusal of linked.refused) results.set(refusal.contactId, refusal);
  await passed.count(new Set(linked.pairIds.keys()));

  const intents = held.flatMap(({ reservation: { contactId, intent } }) => {
    const pairId = linked.pairIds.get(contactId);
    return intent === null || pairId === undefined
      ? []
      : [{ contactId, pairId, runId: passed.runs.get(contactId) ?? null, intent }];
  });
  const intentIds = await insertIntents(client, { context, token, mappingVersion }, intents);
  for (const [contactId, pairId] of linked.pairIds) {
    results.set(contactId, { contactId, ok: true, pairId, intentId: intentIds.get(contactId) ?? null });
  }
  return wanted.map(
    ({ reservation: { contactId } }) => results.get(contactId) ?? { contactId, ok: false, reason: 'stale' },
  );
}

async function keepWithinLimits(
  client: pg.PoolClient,
  { context }: Work,
  { linkable }: PlannedLinks,
  runs: ReadonlyMap<string, Held>,
): ReturnType<typeof countWithinLimits> {
  const begun = await pairsBegun(client, linkable);
  const writes = linkable.map(({ wanted: { reservation } }) => ({
    contactId: reservation.contactId,
    runId: reservation.runId ?? runs.get(reservation.contactId)?.runId ?? null,
    operation: countedAs(reservation.intent),
    isBegun: begun.has(`${reservation.runId} ${reservation.pairId}`),
  }));
  return await countWithinLimits(client, context, writes);
}

const begunSql = `
select distinct w.run_id::text || ' ' || w.pair_id::text as key
from unnest($1::bigint[], $2::bigint[]) as q(run_id, pair_id)
join writes w on w.pair_id = q.pair_id and w.run_id = q.run_id`;

/** Pairs that their revert has begun to put back: they have counted, however many steps follow. Nothing is asked where no look is a revert's. */
async function pairsBegun(client: pg.PoolClient, linkable: PlannedLinks['linkable']): Promise<ReadonlySet<string>> {
  const asked = linkable.flatMap(({ wanted: { reservation } }) => {
    const { runId, pairId } = reservation;
    return runId === undefined || pairId === null ? [] : [{ runId, pairId }];
  });
  if (asked.length === 0) return new Set();
  const values = [asked.map(({ runId }) => runId), asked.map(({ pairId }) => pairId)];
  const { rows } = await client.query<{ key: string }>({ name: 'pairs-begun', text: begunSql, values });
  return new Set(rows.map(({ key }) => key));
}

const idProperties: ReadonlySet<string> = new Set([personIdProperty, idNames.company.property, idNames.deal.property]);

/**
 * What a look does to its pair counts once, whichever side it writes first: the write to HubSpot that follows one to the person belongs to
 * the same count, so that no pair is stopped between its two sides. Our id in HubSpot alone is no change; nor is the end of a move of a
 * contact's stage that counted when it began, as a stop would leave the stage empty.
 */
function countedAs(intent: Intent | null): 'create' | 'update' | null {
  if (intent === null) return null;
  if (intent.operation === 'delete') return 'update';
  if (intent.system === 'salesforce') return intent.operation;
  const isStageCounted = intent.object !== 'contact' || intent.stageMove !== undefined;
  const isCounted = ({ field }: FieldChange) => !idProperties.has(field) && (field !== stageProperty || isStageCounted);
  return intent.changes.some(isCounted) ? 'update' : null;
}
