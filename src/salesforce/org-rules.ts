import { z } from 'zod';
import type { SalesforceObject } from '../domain/record.ts';
import { toLongId } from '../domain/salesforce-ids.ts';
import { toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { ActiveDuplicateRule, AssignmentRule } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';

const duplicateRow = z.object({ DeveloperName: z.string(), SobjectType: z.string() });
const assignmentRow = z.object({ Id: z.string(), Active: z.boolean(), SobjectType: z.string().nullish() });
const rowsOf = <Row extends z.ZodType>(row: Row) => z.object({ records: z.array(row) });

/** What the User Interface API says of a rule; `operationsOnInsert` may hold Alert and Report. */
const configuredRule = z.object({
  name: z.string(),
  active: z.boolean().default(true),
  actionOnInsert: z.string(),
  operationsOnInsert: z.array(z.string()).default([]),
});
const configuration = z.object({ duplicateRules: z.array(configuredRule).default([]) });

/** Asks for what our user may not be allowed to see; null where Salesforce says so. */
async function ask(client: SalesforceClient, path: string, spend: Spend): Promise<unknown> {
  try {
    return await client.send({ method: 'GET', path }, spend);
  } catch (thrown) {
    const error = toSyncError(thrown);
    const { status, pausesConnection } = error.detail;
    const isTold = pausesConnection !== true && (status === 400 || status === 403 || status === 404);
    if (isTold) return null;
    throw error;
  }
}

async function query<Row extends z.ZodType>(client: SalesforceClient, soql: string, row: Row, spend: Spend) {
  const answer = await ask(client, `/query/?q=${encodeURIComponent(soql)}`, spend);
  const parsed = rowsOf(row).safeParse(answer);
  return parsed.success ? parsed.data.records : null;
}

/**
 * SOQL tells which rules are active, and not what they do (Object Reference, "DuplicateRule"); that the User Interface API tells, from the
 * version 50 on.
 * @see https://developer.salesforce.com/docs/atlas.en-us.uiapi.meta/uiapi/ui_api_resources_duplicates_get.htm
 */
async function actionsOf(client: SalesforceClient, object: SalesforceObject, spend: Spend) {
  const { apiVersion } = await client.ready(spend);
  const answer = await ask(client, `/services/data/v${apiVersion}/ui-api/duplicates/${object}`, spend);
  const parsed = configuration.safeParse(answer);
  const rules = parsed.success ? parsed.data.duplicateRules : [];
  return new Map(rules.map((rule) => [rule.name, toAction(rule)]));
}

type Configured = z.infer<typeof configuredRule>;

function toAction({ actionOnInsert, operationsOnInsert }: Configured): NonNullable<ActiveDuplicateRule['action']> {
  if (actionOnInsert === 'Block') return 'block';
  return operationsOnInsert.includes('Alert') ? 'alert' : 'report';
}

/** See `SalesforcePort.duplicateRules`. One query, and a call for each object that has a rule. @throws SyncError */
export async function readDuplicateRules(
  client: SalesforceClient,
  objects: readonly SalesforceObject[],
  spend: Spend,
): Promise<readonly ActiveDuplicateRule[] | null> {
  const soql = 'SELECT DeveloperName,SobjectType FROM DuplicateRule WHERE IsActive = true ORDER BY DeveloperName';
  const rows = await query(client, soql, duplicateRow, spend);
  if (rows === null) return null;
  const rules: ActiveDuplicateRule[] = [];
  for (const object of objects) {
    const named = rows.filter(({ SobjectType }) => SobjectType === object).map(({ DeveloperName }) => DeveloperName);
    const actions = named.length === 0 ? null : await actionsOf(client, object, spend);
    for (const name of named) rules.push({ object, name, action: actions?.get(name) ?? null });
  }
  return rules;
}

/** See `SalesforcePort.assignmentRules`. @throws SyncError */
export async function readAssignmentRules(
  client: SalesforceClient,
  spend: Spend,
): Promise<readonly AssignmentRule[] | null> {
  const soql = "SELECT Id,Active,SobjectType FROM AssignmentRule WHERE SobjectType = 'Lead'";
  const rows = await query(client, soql, assignmentRow, spend);
  return (
    rows?.map(({ Id, Active, SobjectType }) => ({
      id: toLongId(Id) ?? Id,
      object: SobjectType ?? 'Lead',
      isActive: Active,
    })) ?? null
  );
}
