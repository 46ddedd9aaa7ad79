import { type CsvRow, toInput } from './bulk-csv.ts';
import type { IngestJob } from './bulk-state.ts';
import { RequestFault, recordError } from './fault.ts';
import type { Org } from './org.ts';
import type { RecordError, SaveResult, WriteContext } from './types.ts';
import { ambiguousError, requireKeyField, upsertRecord } from './upsert.ts';
import { deleteRecord, insertRecord, updateRecord } from './write.ts';

function write(org: Org, job: IngestJob, row: CsvRow, context: WriteContext): SaveResult {
  const { object } = job;
  const input = toInput(row, (column) => org.schema.field(object, column));
  const id = row.Id ?? '';
  switch (job.operation) {
    case 'insert':
      return insertRecord(org, object, input, context);
    case 'update':
      return updateRecord(org, object, id, input, context);
    case 'delete':
      return deleteRecord(org, object, id, context);
    default: {
      const field = requireKeyField(org, object, job.externalIdFieldName ?? '');
      const key = row[field.name] ?? '';
      if (key === '') return { ok: false, errors: [recordError('MISSING_ARGUMENT', `${field.name} not specified`)] };
      const result = upsertRecord(org, object, field, key, input, context);
      return result.ok === 'ambiguous' ? ambiguousError(field, key) : result;
    }
  }
}

/** `CODE:message:fields --`, as `sf__Error` says it (Bulk API 2.0 guide, "Get Job Failed Record Results"). */
function toErrorText([error]: readonly RecordError[]): string {
  if (error === undefined) return 'UNKNOWN_EXCEPTION::--';
  return `${error.statusCode}:${error.message}:${error.fields.join(', ')} --`;
}

function writeOrRefuse(org: Org, job: IngestJob, row: CsvRow, context: WriteContext): SaveResult {
  try {
    return write(org, job, row, context);
  } catch (thrown) {
    if (!(thrown instanceof RequestFault)) throw thrown;
    return { ok: false, errors: [recordError('INVALID_TYPE_ON_FIELD_IN_RECORD', thrown.message)] };
  }
}

/** What a column must be for the job to begin at all; the text as public reports of failed jobs have it. */
export function findUnknownColumn(org: Org, job: IngestJob): string | null {
  const unknown = job.columns.find((column) => {
    const field = org.schema.field(job.object, column);
    return field === undefined || !org.schema.canRead(job.object, field);
  });
  return unknown === undefined ? null : `InvalidBatch : Field name not found : ${unknown}`;
}

/** Writes rows of the job. Duplicate rules hold, and no header can pass them over; leads are assigned only by the job's own rule. */
export function writeRows(org: Org, job: IngestJob, rows: readonly CsvRow[]): void {
  const context: WriteContext = {
    userId: job.userId,
    assigns: job.assignmentRuleId !== null,
    savesDuplicates: false,
    showsDuplicateRecords: false,
    isHuman: false,
  };
  for (const row of rows) {
    const result = writeOrRefuse(org, job, row, context);
    if (result.ok) job.done.push({ row, id: result.id, created: result.created });
    else job.refused.push({ row, id: row.Id ?? '', error: toErrorText(result.errors) });
    job.processed += 1;
  }
}
