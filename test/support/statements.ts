import pg from 'pg';

export type Statement = { text: string; values: readonly unknown[] };

/** What a plan reads of a table. `rows`: read and kept or thrown away, over all loops. */
export type TableRead = { table: string; how: string; index: string | null; rows: number };

/** Writes down every statement that this process sends to any database while `work` lasts. */
export async function recordStatements(work: () => Promise<unknown>): Promise<readonly Statement[]> {
  const found: Statement[] = [];
  const original = pg.Client.prototype.query;
  pg.Client.prototype.query = function query(this: pg.Client, ...given: unknown[]) {
    const [first, second] = given;
    const { text, values } =
      typeof first === 'object' && first !== null ? (first as pg.QueryConfig) : { text: first, values: undefined };
    if (typeof text === 'string') found.push({ text, values: values ?? (Array.isArray(second) ? second : []) });
    return Reflect.apply(original, this, given);
  } as typeof original;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = original;
  }
  return found;
}

type PlanNode = {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  Plans?: PlanNode[];
};

/** What a statement reads, as PostgreSQL runs it with these values; what it writes is undone. */
export async function readPlan(pool: pg.Pool, { text, values }: Statement): Promise<readonly TableRead[]> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const { rows } = await client.query(`explain (analyze, format json) ${text}`, [...values]);
    return readsOf(rows[0]['QUERY PLAN'][0].Plan);
  } finally {
    await client.query('rollback');
    client.release();
  }
}

/** The same of a plan that is made for any values, as of a statement that was prepared and run often; nothing is run. */
export async function readGenericPlan(pool: pg.Pool, { text }: Statement): Promise<readonly TableRead[]> {
  // Its parameters have no values: the simple protocol takes the statement as it stands.
  const { rows } = await pool.query(`explain (generic_plan, format json) ${text}`);
  return readsOf(rows[0]['QUERY PLAN'][0].Plan);
}

function readsOf(node: PlanNode): readonly TableRead[] {
  const below = (node.Plans ?? []).flatMap(readsOf);
  const table = node['Relation Name'];
  // The index part of a bitmap scan is told with the table above it.
  if (table === undefined || node['Node Type'] === 'ModifyTable') return below;
  const each =
    (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  const rows = Math.round(each * (node['Actual Loops'] ?? 0));
  return [{ table, how: node['Node Type'], index: node['Index Name'] ?? null, rows }, ...below];
}
