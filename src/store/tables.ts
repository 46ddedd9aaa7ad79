import { type ColumnType, type Generated, Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { RunKind, RunState } from '../domain/runs/types.ts';

/** The columns that the query builder works on; hot statements are plain SQL. Times go in and out by SQL expressions only. */
type Time = ColumnType<Date, never, Date>;

export type Tables = {
  connections: {
    id: number;
    hubspot_portal_id: string | null;
    salesforce_org_id: string | null;
    demo: boolean;
    paused_at: Time | null;
    paused_by: string | null;
    paused_reason: string | null;
    mapping_version: number | null;
  };
  mapping_versions: {
    connection_id: number;
    version: number;
    hash: string;
    creates_per_run: number;
    changes_per_run: number;
    activated_at: Generated<Date>;
  };
  waits: { connection_id: number; system: string; until: Time; code: string };
  pairs: {
    id: Generated<string>;
    connection_id: number;
    person_object: string | null;
    person_id: string | null;
    handed_over_at: Time | null;
    tombstone_reason: Generated<string | null>;
    absorbed_into: Generated<string | null>;
    hubspot_written_at: Time | null;
  };
  links: { connection_id: number; system: string; object: string; record_id: string; pair_id: string; status: string };
  bases: {
    pair_id: string;
    hubspot: Record<string, string | number | boolean | null>;
    salesforce: Record<string, string | number | boolean | null>;
  };
  pending: {
    connection_id: number;
    system: string;
    object: string;
    record_id: string;
    priority: number;
    due_at: Time;
    not_before: Time;
    attempts: number;
    source: string;
    run_id: string | null;
    wait_code: string | null;
    lease_token: string | null;
    leased_until: Time | null;
  };
  failures: {
    connection_id: number;
    system: string;
    object: string;
    record_id: string;
    kind: string;
    code: string;
    message: string;
    advice: string;
    fields: string[];
    record_ids: string[];
    vendor_code: string | null;
    correlation_id: string | null;
    attempts: number;
    first_at: Generated<Date>;
    last_at: Generated<Date>;
    hints: Generated<number>;
  };
  decisions: {
    connection_id: number;
    system: string;
    object: string;
    record_id: string;
    outcome: string;
    code: string;
    text: string;
    reasons: { code: string; text: string; field?: string }[];
    fields: string[];
    observed_only: boolean;
    mapping_version: number;
    at: Generated<Date>;
  };
  runs: {
    id: Generated<string>;
    connection_id: number;
    kind: RunKind;
    object: string | null;
    day: string | null;
    state: RunState;
    creates: number;
    changes: number;
    creates_limit: number;
    changes_limit: number;
    stopped_reason: string | null;
    approved_by: string | null;
    approved_at: Time | null;
    started_at: Generated<Date>;
  };
  watermarks: { connection_id: number; source: string; at: Time; cursor: string | null };
  calls: { connection_id: number; bucket: string; hour: Time; calls: number };
  field_changes: {
    write_id: string;
    at: Time;
    connection_id: number;
    pair_id: string;
    run_id: string | null;
    system: string;
    object: string;
    record_id: string | null;
    operation: string;
    state: string;
    field: string;
    before: unknown;
    after: unknown;
    rule: string;
    conflict: string | null;
  };
};

/** The query builder over our pool; the pool stays its owner's to close. */
export function createQueries(pool: pg.Pool): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}
