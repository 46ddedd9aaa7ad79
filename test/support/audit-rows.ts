import type pg from 'pg';

/** Rows of the audit log as the ledger keeps them, at moments that a test chooses. Times are epoch milliseconds. */
export type AuditRows = {
  /** A pair with these ids, such as `[['hubspot', 'contact', '1'], ['salesforce', 'Lead', '00Q…', 'converted']]`. @returns its id */
  pair(
    object: string,
    links: readonly (readonly [system: string, object: string, id: string, status?: string])[],
  ): Promise<string>;
  write(pairId: string, more: Partial<WriteRow>): Promise<string>;
  stage(pairId: string | null, contactId: string, more: Partial<StageRow>): Promise<string>;
  action(actor: string, code: string, more: Partial<ActionRow>): Promise<string>;
};

type WriteRow = {
  atMs: number;
  system: string;
  object: string;
  recordId: string | null;
  runId: string | null;
  operation: string;
  state: string;
  changes: readonly Record<string, unknown>[];
};
type StageRow = { atMs: number; from: string | null; to: string; source: string; text: string; state: string };
type ActionRow = {
  atMs: number;
  target: readonly [kind: string, id: string] | null;
  details: Record<string, unknown>;
  outcome: string;
  problem: string | null;
};

/** Writes such rows into a ledger without doing any work. */
export function createAuditRows(pool: pg.Pool): AuditRows {
  const insert = async (sql: string, values: readonly unknown[]): Promise<string> =>
    (await pool.query<{ id: string }>(sql, [...values])).rows[0]?.id ?? '';
  const time = (atMs: number | undefined) => new Date(atMs ?? Date.now()).toISOString();
  return {
    async pair(object, links) {
      const id = await insert('insert into pairs (connection_id, object) values (1, $1) returning id::text', [object]);
      for (const [system, kind, recordId, status = 'live'] of links) {
        await pool.query(
          'insert into links (connection_id, system, object, record_id, pair_id, status) values (1, $1, $2, $3, $4, $5)',
          [system, kind, recordId, id, status],
        );
      }
      return id;
    },
    write: async (pairId, more) =>
      await insert(
        `insert into writes (at, connection_id, pair_id, run_id, token, mapping_version, system, object, record_id, operation, changes, state)
         values ($1, 1, $2, $3, gen_random_uuid(), 1, $4, $5, $6, $7, $8, $9) returning id::text`,
        [
          time(more.atMs),
          pairId,
          more.runId ?? null,
          more.system ?? 'salesforce',
          more.object ?? 'Lead',
          more.recordId ?? null,
          more.operation ?? 'update',
          JSON.stringify(more.changes ?? [{ field: 'Title', before: null, after: 'CTO', rule: 'newest' }]),
          more.state ?? 'done',
        ],
      ),
    stage: async (pairId, contactId, more) =>
      await insert(
        `insert into stage_moves (connection_id, pair_id, contact_id, at, from_stage, to_stage, kind, source, code, text, state)
         values (1, $1, $2, $3, $4, $5, 'forward', $6, 'stage_forward', $7, $8) returning id::text`,
        [
          pairId,
          contactId,
          time(more.atMs),
          more.from ?? 'lead',
          more.to ?? 'customer',
          more.source ?? 'salesforce',
          more.text ?? 'A won opportunity makes the person Customer.',
          more.state ?? 'verified',
        ],
      ),
    action: async (actor, code, more) =>
      await insert(
        `insert into actions (connection_id, at, actor, role, via, code, target_kind, target_id, details, outcome, problem)
         values (1, $1, $2, 'operator', 'token', $3, $4, $5, $6, $7, $8) returning id::text`,
        [
          time(more.atMs),
          actor,
          code,
          more.target?.[0] ?? null,
          more.target?.[1] ?? null,
          JSON.stringify(more.details ?? {}),
          more.outcome ?? 'done',
          more.problem ?? null,
        ],
      ),
  };
}
