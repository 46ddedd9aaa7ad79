import { startEmbedded } from '../../src/store/embedded.ts';
import { createPool } from '../../src/store/pool.ts';

/** What the ledger says of one record. */
export type Word = {
  outcome: string;
  code: string;
  reasons: readonly { code: string; field?: string }[];
  /** Code of its failure. */
  failure: string | null;
};

/** One field of a write of ours that reached a CRM. */
export type WrittenField = {
  atMs: number;
  system: 'hubspot' | 'salesforce';
  recordId: string;
  field: string;
  before: string;
  after: string;
};

/** All that an audit needs of the ledger, read at one moment. */
export type LedgerWord = {
  /** Decisions and failures by `object/id`, of HubSpot's objects and of Salesforce's. */
  words: ReadonlyMap<string, Word>;
  fields: readonly WrittenField[];
  /** Ids on both sides of all pairs of which the audit log holds an intent to create one. */
  created: ReadonlySet<string>;
  createdTwice: readonly string[];
  /** When each Account became a company's, in epoch milliseconds. */
  linkedAtMs: ReadonlyMap<string, number>;
  /** Records that are not done with: why, and in how many milliseconds they are due. */
  waiting: readonly { key: string; code: string; inMs: number }[];
};

type Rows = Record<string, unknown>[];

const wordsSql = `
select coalesce(d.object, f.object) as object, coalesce(d.record_id, f.record_id) as id, d.outcome, d.code, d.reasons, f.code as failure
from decisions d full join failures f using (connection_id, system, object, record_id)`;

const fieldsSql = `
select extract(epoch from at)::float8 * 1000 as at, system, record_id, field, before #>> '{}' as before, after #>> '{}' as after
from field_changes where state <> 'refused' and operation = 'update'`;

const createdSql = `
select distinct l.record_id as id from writes w join links l on l.pair_id = w.pair_id
where w.operation = 'create'`;

const linkedSql = `
select record_id as id, extract(epoch from created_at)::float8 * 1000 as at from links where system = 'salesforce' and object = 'Account'`;

const twiceSql = `
select pair_id || ' ' || system as pair from writes where operation = 'create' and state = 'done'
group by pair_id, system having count(distinct record_id) > 1`;

const waitingSql = `
select object || '/' || record_id as key, coalesce(wait_code, '') as code,
       (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "inMs" from pending`;

/** Joins the database of a running service for as long as it takes to read all that it knows. */
export async function readLedger(dataDir: string): Promise<LedgerWord> {
  const embedded = await startEmbedded({ dataDir });
  const pool = createPool({ database: embedded.connection });
  const rows = async (sql: string): Promise<Rows> => (await pool.query<Record<string, unknown>>(sql)).rows;
  try {
    const words = (await rows(wordsSql)).map((row) => [`${row.object}/${row.id}`, toWord(row)] as const);
    return {
      words: new Map(words),
      fields: (await rows(fieldsSql)).map(toField),
      created: new Set((await rows(createdSql)).map(({ id }) => String(id))),
      createdTwice: (await rows(twiceSql)).map(({ pair }) => String(pair)),
      linkedAtMs: new Map((await rows(linkedSql)).map(({ id, at }) => [String(id), Number(at)])),
      waiting: (await rows(waitingSql)).map(({ key, code, inMs }) => ({
        key: String(key),
        code: String(code),
        inMs: Number(inMs),
      })),
    };
  } finally {
    await pool.end();
    await embedded.stop();
  }
}

function toWord({ outcome, code, reasons, failure }: Rows[number]): Word {
  const list: unknown[] = Array.isArray(reasons) ? reasons : [];
  const told = list.flatMap((reason) => {
    if (typeof reason !== 'object' || reason === null || !('code' in reason)) return [];
    return [{ code: String(reason.code), ...('field' in reason ? { field: String(reason.field) } : {}) }];
  });
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { outcome: text(outcome), code: text(code), reasons: told, failure: text(failure) || null };
}

function toField({ at, system, record_id, field, before, after }: Rows[number]): WrittenField {
  return {
    atMs: Number(at),
    system: system === 'hubspot' ? 'hubspot' : 'salesforce',
    recordId: String(record_id),
    field: String(field),
    before: String(before ?? ''),
    after: String(after ?? ''),
  };
}
