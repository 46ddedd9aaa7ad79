import { z } from 'zod';
import type { SandboxRequest } from '../server.ts';
import { badRequest } from './refusal.ts';

// HubSpot takes numbers and booleans as text; `null` neither clears nor sets.
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]).optional();
const properties = z.record(z.string(), value).transform((record) => {
  const texts: Record<string, string> = {};
  for (const name of Object.keys(record)) {
    const given = record[name];
    if (given !== null && given !== undefined) texts[name] = String(given);
  }
  return texts;
});
const id = z.union([z.string(), z.number()]).transform(String);
const names = z.array(z.string()).default([]);
const traced = { objectWriteTraceId: z.string().optional() };

export const associationSpec = z.object({ associationCategory: z.string(), associationTypeId: z.number() });
const associations = z
  .array(z.object({ to: z.object({ id }), types: z.array(associationSpec) }))
  .nullish()
  .transform((list) => list ?? []);

export const createInput = z.object({ properties, associations, ...traced });
export const updateInput = z.object({ properties, ...traced });
export const batchReadInput = z.object({
  inputs: z.array(z.object({ id })),
  properties: names,
  propertiesWithHistory: names,
  idProperty: z.string().optional(),
});
export const batchCreateInput = z.object({ inputs: z.array(createInput) });
const keyedInput = z.object({ id, idProperty: z.string().optional(), properties, ...traced });
export type KeyedInput = z.infer<typeof keyedInput>;
export const batchKeyedInput = z.object({ inputs: z.array(keyedInput) });
export const batchIdsInput = z.object({ inputs: z.array(z.object({ id })) });
export const mergeInput = z.object({ primaryObjectId: id, objectIdToMerge: id });
export const eraseInput = z.object({ objectId: id, idProperty: z.string().optional() });

const OPERATORS = [
  'EQ',
  'NEQ',
  'LT',
  'LTE',
  'GT',
  'GTE',
  'BETWEEN',
  'IN',
  'NOT_IN',
  'HAS_PROPERTY',
  'NOT_HAS_PROPERTY',
  'CONTAINS_TOKEN',
  'NOT_CONTAINS_TOKEN',
] as const;
const text = z.union([z.string(), z.number()]).transform(String).optional();
const filter = z.object({
  propertyName: z.string(),
  operator: z.enum(OPERATORS),
  value: text,
  highValue: text,
  values: z.array(z.union([z.string(), z.number()]).transform(String)).optional(),
});
export type Filter = z.infer<typeof filter>;
const sort = z.union([z.string(), z.object({ propertyName: z.string(), direction: z.string().optional() })]);
export const searchInput = z.object({
  filterGroups: z.array(z.object({ filters: z.array(filter) })).default([]),
  sorts: z.array(sort).default([]),
  properties: names,
  limit: z.number().int().default(10),
  after: z.union([z.string(), z.number()]).optional(),
  query: z.string().optional(),
});
export type SearchInput = z.infer<typeof searchInput>;

const option = z.object({
  label: z.string(),
  value: z.string(),
  displayOrder: z.number().optional(),
  hidden: z.boolean().default(false),
  description: z.string().optional(),
});
export const propertyInput = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  label: z.string(),
  type: z.enum(['bool', 'enumeration', 'date', 'datetime', 'string', 'number', 'phone_number']),
  fieldType: z.string(),
  groupName: z.string(),
  description: z.string().optional(),
  options: z.array(option).optional(),
  hasUniqueValue: z.boolean().optional(),
  hidden: z.boolean().optional(),
  formField: z.boolean().optional(),
  displayOrder: z.number().optional(),
  externalOptions: z.boolean().optional(),
  referencedObjectType: z.string().optional(),
});
export const propertyChangeInput = z.object({ label: z.string().optional(), options: z.array(option).optional() });
export const propertyNamesInput = z.object({ inputs: z.array(z.object({ name: z.string() })) });
export const propertyBatchInput = z.object({ inputs: z.array(propertyInput) });
export const groupInput = z.object({ name: z.string(), label: z.string(), displayOrder: z.number().default(0) });

/** The body as this schema wants it; throws 400 for what is no JSON or of another shape. */
export function parseBody<S extends z.ZodType>(request: SandboxRequest, schema: S): z.output<S> {
  let json: unknown;
  try {
    json = JSON.parse(request.body.toString('utf8'));
  } catch {
    throw badRequest('Invalid input JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badRequest(`Invalid input JSON: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

/** Comma lists and repeated parameters are both in use for `properties` and `propertiesWithHistory`. */
export function parseNames(request: SandboxRequest, name: string): string[] {
  return request.query.getAll(name).flatMap((list) => list.split(',').filter((part) => part !== ''));
}

/** `limit` of a list: at least 1, at most `max`; beyond it HubSpot answers 400. */
export function parseLimit(request: SandboxRequest, max: number, fallback: number): number {
  const given = request.query.get('limit');
  const limit = given === null ? fallback : Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > max) throw badRequest(`limit must be between 1 and ${max}`);
  return limit;
}
