import type { SalesforceObject } from '../domain/record.ts';
import { toLongId } from '../domain/salesforce-ids.ts';
import { SyncError } from '../errors.ts';
import type { RowFilter } from '../ports/salesforce.ts';
import type { Row } from './composite.ts';
import { externalIdFields } from './setup-advice.ts';
import { toDateTimeLiteral, toLiteral, toName, toSelectList } from './soql.ts';

/** What a walk asks for. `conditions` are whole, must all hold, and are taken as they stand. */
export type WalkPlan = { object: SalesforceObject; fields: readonly string[]; conditions: readonly string[] };

function toStageField(object: SalesforceObject): string {
  if (object === 'Lead') return 'Status';
  if (object === 'Opportunity') return 'StageName';
  throw new SyncError('permanent', 'unexpected', 'Only Leads and Opportunities have a stage to filter by.');
}

/** Salesforce compares whole seconds, so the window is widened to them on both sides. */
export function toFilterConditions(object: SalesforceObject, filter: RowFilter): string[] {
  const { modifiedFromMs, modifiedUntilMs, stage, hubspotId } = filter;
  const conditions: string[] = [];
  if (modifiedFromMs !== undefined) conditions.push(`SystemModstamp >= ${toDateTimeLiteral(modifiedFromMs)}`);
  if (modifiedUntilMs !== undefined) {
    conditions.push(`SystemModstamp < ${toDateTimeLiteral(Math.ceil(modifiedUntilMs / 1_000) * 1_000)}`);
  }
  if (stage !== undefined) conditions.push(`${toStageField(object)} = ${toLiteral(stage)}`);
  if (hubspotId !== undefined) conditions.push(`${externalIdFields[object]} ${hubspotId === 'set' ? '!=' : '='} null`);
  return conditions;
}

function toWhere(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

export function toCountStatement({ object, conditions }: Omit<WalkPlan, 'fields'>): string {
  return `SELECT COUNT() FROM ${toName(object)}${toWhere(conditions)}`;
}

/** All rows behind an id, rising by id, the primary key: each page is found by its index, however far the walk has come. */
export function toWalkStatement({ object, fields, conditions }: WalkPlan, afterId: string | null): string {
  const where = toWhere(afterId === null ? conditions : [...conditions, `Id > ${toLiteral(afterId)}`]);
  return `SELECT ${toSelectList({ fields })} FROM ${toName(object)}${where} ORDER BY Id`;
}

/**
 * The id of the last row, or `afterId` where there are none. Ids order by the codes of their characters (0-9, A-Z, a-z), as they count
 * upward; in any other order `Id >` may have passed rows over, so such an answer is not believed.
 * @throws SyncError retryable `salesforce_bad_answer`
 * @see https://developer.salesforce.com/blogs/developer-relations/2015/11/pk-chunking-techniques-massive-orgs.html
 */
export function toLastId(rows: readonly Row[], afterId: string | null): string | null {
  let last = afterId;
  for (const { Id } of rows) {
    const id = typeof Id === 'string' ? toLongId(Id) : null;
    if (id === null || (last !== null && id <= last)) {
      throw new SyncError(
        'retryable',
        'salesforce_bad_answer',
        'Salesforce answered rows out of the order of their ids.',
      );
    }
    last = id;
  }
  return last;
}
