import type { RecordKey, RecordType } from '../ports/ledger-claim.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import { hubspotObjectOf, systemOf } from './kinds.ts';
import type { Queryable } from './pool.ts';

/**
 * Locks of the records that may land, and of those that are waited for, in an order that everybody keeps. Who lands shares them; who begins to
 * wait holds them alone: so a wait is registered before its parent looks for waiters, or after it has landed, never in between.
 */
export type ParentLocks = { buckets: readonly number[]; alone: readonly boolean[] };

/** A commit of 500 results must not fill the server's table of locks: records share this many. */
const bucketCount = 1024;

/** The class of these advisory locks, apart from the single numbers that migrations use. */
const lockClass = 7204;

/** To be taken as a column of a statement of its own, or of the first one of a transaction. */
export const lockColumn = (buckets: string, alone: string) => `array(
  select case when l.alone then pg_advisory_xact_lock(${lockClass}, l.bucket)::text
              else pg_advisory_xact_lock_shared(${lockClass}, l.bucket)::text end
  from unnest(${buckets}::int[], ${alone}::boolean[]) as l(bucket, alone))`;

/** Under which names others may wait for what these results are about. */
export function landingKeys(of: RecordType, result: RecordResult): readonly RecordKey[] {
  const { contactId, bornContactId, mergedInto, person } = result;
  const inHubSpot = (recordId: string) => ({ system: 'hubspot', object: hubspotObjectOf(of), recordId }) as const;
  return [
    { ...of, recordId: contactId },
    ...(bornContactId === undefined ? [] : [inHubSpot(bornContactId)]),
    ...(mergedInto === undefined ? [] : [inHubSpot(mergedInto)]),
    ...(person === undefined ? [] : [{ system: 'salesforce' as const, object: person.object, recordId: person.id }]),
  ];
}

/** Whether the result can be what somebody waits for; whether it is, the stored pair tells. */
export function mayLand({ person, handedOver, tombstone, mergedInto }: RecordResult): boolean {
  return person !== undefined || handedOver === true || tombstone !== undefined || mergedInto !== undefined;
}

/** The locks that committing these results takes. */
export function locksOf(of: RecordType, results: readonly RecordResult[]): ParentLocks {
  const landing = results.filter(mayLand).flatMap((result) => landingKeys(of, result));
  const awaited = results.flatMap(({ waitsFor = [] }) =>
    waitsFor.map((key) => ({ ...key, system: systemOf(key.object) })),
  );
  return toLocks(landing, awaited);
}

/** Takes the locks of records that land outside a commit. Throws the driver's error. */
export async function lockLanding(db: Queryable, keys: readonly RecordKey[]): Promise<void> {
  const { buckets, alone } = toLocks(keys, []);
  await db.query({ name: 'lock-parents', text: `select ${lockColumn('$1', '$2')}`, values: [buckets, alone] });
}

function toLocks(landing: readonly RecordKey[], awaited: readonly RecordKey[]): ParentLocks {
  const modes = new Map<number, boolean>();
  for (const key of landing) modes.set(bucketOf(key), false);
  for (const key of awaited) modes.set(bucketOf(key), true);
  const locks = [...modes].sort(([one], [other]) => one - other);
  return { buckets: locks.map(([bucket]) => bucket), alone: locks.map(([, alone]) => alone) };
}

function bucketOf({ system, object, recordId }: RecordKey): number {
  let hash = 0;
  for (const char of `${system}\n${object}\n${recordId}`) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return (hash >>> 0) % bucketCount;
}
