import type pg from 'pg';
import type { RecordType } from '../ports/ledger-claim.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import type { LedgerContext } from './context.ts';
import { findHeld, type Held } from './held.ts';
import { joinMerged } from './join-merged.ts';
import { contactType, hubspotObjectOf } from './kinds.ts';
import { markWith } from './ledger-pending.ts';
import { lockLanding } from './parent-locks.ts';
import { releaseWaits } from './parent-waits.ts';
import { asLedger, inTransaction } from './pool.ts';
import { lockLookRuns, mostUrgent, withoutClosed } from './runs/look-runs.ts';
import { freePairsSql } from './settle.ts';

/** A pair in another worker's hands is free again after that time, as a rule. */
const busyDelayMs = 2_000;

type Work = { context: LedgerContext; of: RecordType; token: string };

/**
 * Contacts that turned out to be merged: their survivors inherit, in the commit that retires them. One whose pairs another worker holds
 * goes later. Throws the driver's error.
 * @returns all results, as they are to be applied
 */
export async function settleMerged(
  client: pg.PoolClient,
  { context, of, token }: Work,
  results: readonly RecordResult[],
  looks: ReadonlyMap<string, Held>,
): Promise<readonly RecordResult[]> {
  const groups = results.flatMap(({ contactId, mergedInto }) =>
    mergedInto === undefined ? [] : [{ survivorId: mergedInto, contactIds: [contactId] }],
  );
  if (groups.length === 0) return results;
  const look = mostUrgent(groups.flatMap(({ contactIds }) => contactIds.map((id) => looks.get(id))));
  const joined = await joinMerged(client, { context, token, object: hubspotObjectOf(of), look }, groups);
  return results.map((result) => {
    const { contactId, counter, pairId, mergedInto = '' } = result;
    const answer = joined.get(mergedInto);
    if (answer?.kind === 'busy') {
      const settle = { kind: 'later', delayMs: busyDelayMs, counts: false, code: 'contact_busy' } as const;
      return { contactId, counter, ...(pairId && { pairId }), settle };
    }
    const now = answer?.pairOf.get(contactId);
    return pairId === undefined || now === undefined ? result : { ...result, pairId: now };
  });
}

type Claimed = { contactId: string; pairId: string | null; contactIds: readonly string[] };

const backSql = `
update pending set lease_token = null, leased_until = null,
  due_at = case when due_at = 'infinity' then due_at else clock_timestamp() + make_interval(secs => $5) end
where connection_id = $1 and system = $2 and object = $3 and record_id = any($4) and lease_token = $6`;

/** Lets claimed survivors inherit before they are planned; see the port. */
export async function inheritMerged(
  context: LedgerContext,
  token: string,
  contacts: readonly Claimed[],
  of: RecordType = contactType,
): Promise<ReadonlySet<string>> {
  if (contacts.length === 0) return new Set();
  const work = { context, of, token };
  return await asLedger(() => inTransaction(context.pool, (client) => inheritWithin(client, work, contacts)));
}

async function inheritWithin(
  client: pg.PoolClient,
  work: Work,
  contacts: readonly Claimed[],
): Promise<ReadonlySet<string>> {
  const { context, of, token } = work;
  const object = hubspotObjectOf(of);
  const keysOf = ({ contactIds }: Claimed) =>
    contactIds.map((recordId) => ({ system: 'hubspot', object, recordId }) as const);
  await lockLanding(client, contacts.flatMap(keysOf));
  const held = await findHeld(client, work, contacts);
  const looks = withoutClosed(held, await lockLookRuns(client, held.values(), { alone: false }));
  const look = mostUrgent(looks.values());
  const ours = contacts.filter(({ contactId }) => held.has(contactId));
  const groups = ours.map(({ contactId, contactIds }) => ({ survivorId: contactId, contactIds }));
  const joined = await joinMerged(client, { context, token, object, look }, groups);
  const [busy, changed]: [Claimed[], Claimed[]] = [[], []];
  for (const one of ours) {
    const answer = joined.get(one.contactId);
    if (answer?.kind === 'busy') busy.push(one);
    else if (answer?.changed === true) changed.push(one);
    else if ((answer?.pairOf.get(one.contactId) ?? one.pairId) !== one.pairId) changed.push(one);
  }
  const parents = changed.flatMap((one) => keysOf(one).map((key) => ({ key, look })));
  await markWith(client, context, await releaseWaits(client, context.connectionId, parents));
  // Its lease went with the pair that it had.
  const lost = contacts.filter((one) => !ours.includes(one));
  await giveBack(client, work, [...changed, ...lost], 0);
  await giveBack(client, work, busy, busyDelayMs);
  return new Set([...busy, ...changed, ...lost].map(({ contactId }) => contactId));
}

async function giveBack(
  client: pg.PoolClient,
  { context: { connectionId }, of, token }: Work,
  contacts: readonly Claimed[],
  delayMs: number,
): Promise<void> {
  if (contacts.length === 0) return;
  const ids = contacts.map(({ contactId }) => contactId);
  const values = [connectionId, of.system, of.object, ids, delayMs / 1_000, token];
  await client.query({ name: 'give-back', text: backSql, values });
  const pairIds = contacts.flatMap(({ pairId }) => pairId ?? []);
  if (pairIds.length > 0) await client.query({ name: 'free-pairs', text: freePairsSql, values: [token, pairIds] });
}
