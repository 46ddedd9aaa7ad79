import { type Kysely, sql } from 'kysely';
import type { HubSpotObject, SystemName } from '../domain/record.ts';
import type { ErrorKind } from '../errors.ts';
import type { FailureFilter, FailurePosition, FailureRow } from '../ports/ledger-history.ts';
import type { Tables } from './tables.ts';

type Wanted = FailureFilter & { limit: number; of?: { object: HubSpotObject; recordId: string } };

/** The failures, newest first; among those of one moment in a fixed order, so that a list can go on where it ended. */
export async function readFailures(
  queries: Kysely<Tables>,
  connectionId: number,
  { limit, of, code, recordId, after }: Wanted,
): Promise<readonly FailureRow[]> {
  const rows = await queries
    .selectFrom('failures')
    .selectAll()
    .select([
      sql<number>`extract(epoch from first_at)::float8 * 1000`.as('firstAtMs'),
      sql<number>`extract(epoch from last_at)::float8 * 1000`.as('lastAtMs'),
    ])
    .where('connection_id', '=', connectionId)
    .$if(of !== undefined, (query) =>
      query
        .where('system', '=', 'hubspot')
        .where('object', '=', of?.object ?? '')
        .where('record_id', '=', of?.recordId ?? ''),
    )
    .$if(code !== undefined, (query) => query.where('code', '=', code ?? ''))
    .$if(recordId !== undefined, (query) => query.where('record_id', '=', recordId ?? ''))
    .$if(after !== undefined, (query) => query.where(beyond(after)))
    .orderBy('last_at', 'desc')
    .orderBy('system', 'desc')
    .orderBy('object', 'desc')
    .orderBy('record_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    system: row.system as SystemName,
    object: row.object,
    recordId: row.record_id,
    kind: row.kind as ErrorKind,
    code: row.code,
    message: row.message,
    advice: row.advice,
    fields: row.fields,
    recordIds: row.record_ids,
    ...(row.vendor_code === null ? {} : { vendorCode: row.vendor_code }),
    ...(row.correlation_id === null ? {} : { correlationId: row.correlation_id }),
    attempts: row.attempts,
    firstAtMs: row.firstAtMs,
    lastAtMs: row.lastAtMs,
  }));
}

/** Microseconds are what the database keeps; a whole number of them fits a double until the year 2255. */
function beyond(after: FailurePosition | undefined) {
  const micros = Math.round((after?.lastAtMs ?? 0) * 1000);
  const at = sql`timestamptz 'epoch' + ${micros}::bigint * interval '1 microsecond'`;
  return sql<boolean>`(last_at, system, object, record_id) < (${at}, ${after?.system}, ${after?.object}, ${after?.recordId})`;
}
