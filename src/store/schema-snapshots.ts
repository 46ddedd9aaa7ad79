import type pg from 'pg';
import { z } from 'zod';
import type { HubSpotObject } from '../domain/record.ts';
import type { CheckResult, SchemaLedger } from '../ports/ledger-schemas.ts';
import type { LedgerContext } from './context.ts';
import { asLedger } from './pool.ts';

/** The name of the one row: both CRMs are checked together. */
const name = 'check';

const field = z.object({
  type: z.string(),
  label: z.string(),
  length: z.number(),
  isRequired: z.boolean(),
  isRestricted: z.boolean(),
  options: z.array(z.object({ value: z.string(), label: z.string(), isActive: z.boolean() })),
});
const snapshot = z.object({
  objects: z.record(z.string(), z.object({ fields: z.record(z.string(), field), required: z.array(z.string()) })),
  pipelines: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      stages: z.array(z.object({ id: z.string(), label: z.string() })),
    }),
  ),
  stageNames: z.array(z.object({ name: z.string(), isActive: z.boolean() })),
  recordTypes: z.array(z.string()),
});
const change = z.object({
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  file: z.string(),
  line: z.number(),
  column: z.number(),
  what: z.string(),
  why: z.string(),
  fix: z.string(),
  atMs: z.number(),
});
const content = z.object({ snapshot, changes: z.array(change), errors: z.number(), warnings: z.number() });

/** What was seen of both CRMs at the last check, and when HubSpot last told of anything. */
export function createSchemaLedger({ pool, connectionId }: LedgerContext): SchemaLedger {
  return {
    lastCheck: () => asLedger(() => readCheck(pool, connectionId)),
    storeCheck: (result) => asLedger(() => storeCheck(pool, connectionId, result)),
    eventsArrived: (objects) =>
      asLedger(async () => {
        await pool.query(
          `insert into event_arrivals as e (connection_id, object, at)
           select $1, o, clock_timestamp() from unnest($2::text[]) as o order by o
           on conflict (connection_id, object) do update set at = excluded.at
           where e.at < clock_timestamp() - interval '1 minute'`,
          [connectionId, [...new Set(objects)]],
        );
      }),
    eventArrivals: () =>
      asLedger(async () => {
        const { rows } = await pool.query<{ object: HubSpotObject; at_ms: number }>(
          'select object, extract(epoch from at)::float8 * 1000 as at_ms from event_arrivals where connection_id = $1',
          [connectionId],
        );
        return new Map(rows.map(({ object, at_ms }) => [object, at_ms]));
      }),
  };
}

/** A row of another shape is one of another version of ours: as if nothing had been checked. */
async function readCheck(pool: pg.Pool, connectionId: number): ReturnType<SchemaLedger['lastCheck']> {
  const { rows } = await pool.query<{ content: unknown; at_ms: number }>(
    `select content, extract(epoch from taken_at)::float8 * 1000 as at_ms
     from schema_snapshots where connection_id = $1 and name = $2`,
    [connectionId, name],
  );
  const [row] = rows;
  const parsed = content.safeParse(row?.content);
  return row === undefined || !parsed.success ? null : { ...parsed.data, checkedAtMs: row.at_ms };
}

async function storeCheck(pool: pg.Pool, connectionId: number, result: CheckResult): Promise<void> {
  await pool.query(
    `insert into schema_snapshots (connection_id, name, content) values ($1, $2, $3)
     on conflict (connection_id, name) do update set content = excluded.content, taken_at = clock_timestamp()`,
    [connectionId, name, JSON.stringify(result)],
  );
}
