import type { CsvRow } from './bulk-csv.ts';
import { makeId } from './ids.ts';
import type { Org } from './org.ts';

type BulkState = 'Open' | 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted';

/** A row that was written, or refused: the columns that were sent, and what is said of it. */
type DoneRow = { row: CsvRow; id: string; created: boolean };
type RefusedRow = { row: CsvRow; id: string; error: string };

type JobBase = {
  id: string;
  object: string;
  operation: string;
  state: BulkState;
  version: string;
  userId: string;
  createdAtMs: number;
  /** When it is done, as it was closed; epoch milliseconds. */
  dueAtMs: number;
  fault: BulkFault | null;
  errorMessage: string | null;
  /** Rows worked off so far, refused ones too. */
  processed: number;
  /** Its rows were worked off, or it was given up. */
  hasRun: boolean;
};

export type QueryJob = JobBase & { kind: 'query'; soql: string; columns: readonly string[]; rows: readonly CsvRow[] };

export type IngestJob = JobBase & {
  kind: 'ingest';
  externalIdFieldName: string | null;
  assignmentRuleId: string | null;
  columns: readonly string[];
  rows: readonly CsvRow[];
  done: DoneRow[];
  refused: RefusedRow[];
};

export type BulkJob = QueryJob | IngestJob;

/**
 * What becomes of a job: `fail`: nothing of it is done; `fail-partly`: half of it (an ingest job); `stall`: half of it, and then it never
 * ends until it is aborted.
 */
type BulkFault = 'fail' | 'fail-partly' | 'stall';

export type BulkBehaviour = {
  /** How long a job takes from its closing on, in milliseconds: `delayMs`, and `rowMs` for each row. */
  delayMs: number;
  rowMs: number;
  /** Of the next jobs, one each. */
  nextFaults: BulkFault[];
  /** How many of the next results lose half of their body. */
  cutResults: number;
};

export type Bulk = BulkBehaviour & { jobs: Map<string, BulkJob>; lastNumber: number };

export function createBulk(): Bulk {
  return { jobs: new Map(), lastNumber: 0, delayMs: 0, rowMs: 0, nextFaults: [], cutResults: 0 };
}

/** The id of a new job, and what is to become of it. */
export function toNewJob(org: Org, userId: string, version: string): Omit<JobBase, 'object' | 'operation' | 'state'> {
  const { bulk } = org;
  bulk.lastNumber += 1;
  const now = org.now();
  return {
    id: makeId('750', bulk.lastNumber),
    version,
    userId,
    createdAtMs: now,
    dueAtMs: Number.POSITIVE_INFINITY,
    fault: bulk.nextFaults.shift() ?? null,
    errorMessage: null,
    processed: 0,
    hasRun: false,
  };
}
