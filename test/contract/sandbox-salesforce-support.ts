import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Connection } from 'jsforce';
import { z } from 'zod';
import type { SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';

/** The real client, logged in by client credentials as `reference/salesforce.md` 3.2 has it. */
export async function connect(sandbox: SalesforceSandbox, version = '67.0'): Promise<Connection> {
  const oauth2 = { clientId: sandbox.clientId, clientSecret: sandbox.clientSecret, loginUrl: sandbox.url };
  const connection = new Connection({ instanceUrl: sandbox.url, version, oauth2 });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

/** What the product sends on every write. */
export const NO_ASSIGNMENT = { 'Sforce-Auto-Assign': 'FALSE' };

const apiError = z.object({ errorCode: z.string(), message: z.string(), data: z.unknown() });

/** The error the client throws, by its stable parts; fails where nothing was thrown. */
export async function catchError(work: PromiseLike<unknown>): Promise<z.infer<typeof apiError>> {
  try {
    await work;
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return apiError.parse({
      errorCode: 'errorCode' in thrown ? thrown.errorCode : thrown.name,
      message: thrown.message,
      data: 'data' in thrown ? thrown.data : undefined,
    });
  }
  throw new Error('the call succeeded');
}

/** The documented result of one record in a collection (jsforce's own types name `errorCode`, the API says `statusCode`). */
const savedRow = z.strictObject({
  id: z.string().length(18),
  success: z.literal(true),
  errors: z.array(z.never()),
  created: z.boolean().optional(),
});
const refusedRow = z.strictObject({
  success: z.literal(false),
  errors: z
    .array(z.strictObject({ statusCode: z.string(), message: z.string(), fields: z.array(z.string()) }))
    .nonempty(),
});
const rows = z.array(z.union([savedRow, refusedRow]));

/** Collection results, checked against the documented shape and made short: the id, or the code. */
export function readRows(answer: unknown): { id?: string; created?: boolean; code?: string; fields?: string[] }[] {
  return rows.parse(answer).map((row) => {
    if (row.success) return { id: row.id, created: row.created };
    return { code: row.errors[0]?.statusCode, fields: row.errors[0]?.fields };
  });
}

export function codesOf(answer: unknown): (string | undefined)[] {
  return readRows(answer).map((row) => row.code);
}

/** A composite answer as documented. */
export const compositeAnswer = z.strictObject({
  compositeResponse: z.array(
    z.strictObject({
      body: z.unknown(),
      httpHeaders: z.record(z.string(), z.string()),
      httpStatusCode: z.number(),
      referenceId: z.string(),
    }),
  ),
});

const require = createRequire(import.meta.url);
const declarations = readFileSync(require.resolve('jsforce/lib/types/common.d.ts'), 'utf8');

/** The members that a type of jsforce's model requires, with their primitive type where it is one. */
function requiredMembers(type: string): [name: string, primitive: string | undefined][] {
  const body = new RegExp(`type ${type} = [^{]*\\{\\n([\\s\\S]*?)\\n\\};`).exec(declarations)?.[1];
  if (body === undefined) throw new Error(`jsforce declares no ${type}`);
  return [...body.matchAll(/^ {4}(\w+): ([^\n]*)$/gm)].map(([, name = '', declared = '']) => [
    name,
    /^(string|number|boolean);$/.exec(declared)?.[1],
  ]);
}

/** What of a jsforce model is missing in a value, or has another primitive type. */
export function findModelFaults(type: string, value: unknown): string[] {
  const given = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  return requiredMembers(type).flatMap(([name, primitive]) => {
    if (!given.has(name)) return [`${type}.${name} is missing`];
    const found = given.get(name);
    return primitive === undefined || found === null || typeof found === primitive
      ? []
      : [`${type}.${name} is no ${primitive}`];
  });
}
