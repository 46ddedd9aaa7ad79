import { z } from 'zod';
import { toLongId } from '../domain/salesforce-ids.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { ObjectRights, SalesforceField, SalesforceUser } from '../ports/salesforce.ts';
import type { SalesforceClient } from './client.ts';
import { collectRows } from './composite.ts';
import { toName } from './soql.ts';

const userRow = z.object({ Id: z.string(), Name: z.string().nullish(), Email: z.string(), IsActive: z.boolean() });

const fieldDescription = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number(),
  nillable: z.boolean(),
  defaultedOnCreate: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  externalId: z.boolean(),
  unique: z.boolean(),
  restrictedPicklist: z.boolean(),
  picklistValues: z
    .array(z.object({ value: z.string(), label: z.string().nullish(), active: z.boolean() }))
    .nullish()
    .transform((values) => (values ?? []).map((each) => ({ ...each, label: each.label ?? each.value }))),
  digits: z.number().optional(),
  precision: z.number().optional(),
  scale: z.number().optional(),
  caseSensitive: z.boolean().optional(),
});

const right = z.boolean().default(true);

const objectDescription = z.object({
  queryable: right,
  createable: right,
  updateable: right,
  deletable: right,
  fields: z.array(fieldDescription.transform(toField)),
  recordTypeInfos: z.array(z.object({ recordTypeId: z.string(), available: z.boolean() })).default([]),
});

export type ObjectDescription = ObjectRights & { fields: SalesforceField[]; recordTypeInfos: RecordTypeInfo[] };
type RecordTypeInfo = { recordTypeId: string; available: boolean };

/** Describe tells whole numbers by `digits` and others by `precision` (all digits) and `scale` (decimals); 0 is none. */
function toField({
  digits = 0,
  precision = 0,
  scale = 0,
  ...field
}: z.infer<typeof fieldDescription>): SalesforceField {
  if (precision > 0) return { ...field, precision, scale };
  return digits > 0 ? { ...field, precision: digits, scale: 0 } : field;
}

function badAnswer(what: string, cause: unknown): SyncError {
  return new SyncError('retryable', 'salesforce_bad_answer', `Salesforce answered ${what} in an unexpected form.`, {
    cause,
  });
}

/** All users that have an email, 2,000 to a page, inactive ones too. */
export async function listUsers(client: SalesforceClient, spend: Spend): Promise<SalesforceUser[]> {
  const soql = 'SELECT Id,Name,Email,IsActive FROM User WHERE Email != null ORDER BY Id';
  const body = await client.send({ method: 'GET', path: `/query/?q=${encodeURIComponent(soql)}` }, spend);
  const rows = await collectRows(client, { status: 200, body }, spend);
  return rows.map((row) => {
    const parsed = userRow.safeParse(row);
    if (!parsed.success) throw badAnswer('a user', parsed.error);
    const { Id, Name, Email, IsActive } = parsed.data;
    return { id: toLongId(Id) ?? Id, name: Name ?? '', email: Email, isActive: IsActive };
  });
}

export type Describer = (object: string, spend: Spend, refresh?: boolean) => Promise<readonly SalesforceField[]>;

/** Describes objects, each once per process. Only good answers are kept, and callers at the same time share one call. */
export function createDescriber(client: SalesforceClient): Describer {
  const cache = new Map<string, Promise<readonly SalesforceField[]>>();
  return (object, spend, refresh = false) => {
    const known = refresh ? undefined : cache.get(object);
    if (known !== undefined) return known;
    const asked = describeObject(client, object, spend).then(({ fields }) => fields);
    cache.set(object, asked);
    asked.catch(() => {
      if (cache.get(object) === asked) cache.delete(object);
    });
    return asked;
  };
}

/** One object as this user sees it, asked for now. @throws SyncError retryable `salesforce_object_hidden` */
export async function describeObject(
  client: SalesforceClient,
  object: string,
  spend: Spend,
): Promise<ObjectDescription> {
  const path = `/sobjects/${toName(object)}/describe`;
  const answer = await client.send({ method: 'GET', path }, spend).catch((thrown) => throwHidden(object, thrown));
  const parsed = objectDescription.safeParse(answer);
  if (!parsed.success) throw badAnswer('a description', parsed.error);
  return parsed.data;
}

/** What our user may do with the object as a whole. @throws SyncError retryable `salesforce_object_hidden` */
export async function readObjectRights(client: SalesforceClient, object: string, spend: Spend): Promise<ObjectRights> {
  const { queryable, createable, updateable, deletable } = await describeObject(client, object, spend);
  return { queryable, createable, updateable, deletable };
}

/** An object that is hidden from a user is described as if there were none (REST API guide, "sObject Describe": 404). */
function throwHidden(object: string, thrown: unknown): never {
  const error = toSyncError(thrown);
  if (error.code !== 'salesforce_person_gone') throw error;
  throw new SyncError('retryable', 'salesforce_object_hidden', `Our user in Salesforce may not see ${object} at all.`, {
    advice: `Give the integration user read and edit rights on ${object}, or set "sync: false" in the mapping file that needs it.`,
    cause: error,
  });
}
