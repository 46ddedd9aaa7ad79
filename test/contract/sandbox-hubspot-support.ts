import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Client } from '@hubspot/api-client';
import {
  type AssociationSpec,
  AssociationSpecAssociationCategoryEnum,
} from '@hubspot/api-client/lib/codegen/crm/associations/v4/models/AssociationSpec.js';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import type { HubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';

const require = createRequire(import.meta.url);
const CODEGEN = '@hubspot/api-client/lib/codegen/crm';

/** The part of the client whose models an answer is held against. */
export type Area =
  | 'contacts'
  | 'companies'
  | 'deals'
  | 'owners'
  | 'lists'
  | 'properties'
  | 'pipelines'
  | 'associations/v4'
  | 'associations/v4/schema';

const attributes = z.array(z.object({ name: z.string(), baseName: z.string(), type: z.string() }));
const modelModule = z.record(z.string(), z.unknown());
const typedClass = z.custom<{ getAttributeTypeMap(): unknown }>(
  (value) => typeof value === 'function' && 'getAttributeTypeMap' in value,
);

type Attribute = z.infer<typeof attributes>[number] & { required: boolean };

/** The attributes of a model; which ones are required stands only in its type declaration. */
function readModel(area: Area, model: string): Attribute[] | undefined {
  const path = `${CODEGEN}/${area}/models/${model}`;
  let declaration: string;
  try {
    declaration = readFileSync(require.resolve(`${path}.js`).replace(/\.js$/, '.d.ts'), 'utf8');
  } catch {
    return undefined;
  }
  const loaded = modelModule.parse(require(path));
  const typed = typedClass.parse(loaded[model]);
  const required = new Set([...declaration.matchAll(/^ {4}'(\w+)': /gm)].map((match) => match[1]));
  return attributes.parse(typed.getAttributeTypeMap()).map((one) => ({ ...one, required: required.has(one.name) }));
}

const anObject = z.record(z.string(), z.unknown());

/** Where the JSON is not what the client's model knows: members it would drop, required ones that are absent, wrong types. */
export function findModelFaults(area: Area, type: string, json: unknown, at = type): string[] {
  if (json === null || json === undefined || type === 'any' || type.endsWith('Enum')) return [];
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) {
    if (!Array.isArray(json)) return [`${at} is no list`];
    return json.flatMap((item, index) => findModelFaults(area, list, item, `${at}[${index}]`));
  }
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (map !== undefined) {
    const entries = Object.entries(anObject.parse(json));
    return entries.flatMap(([key, value]) => findModelFaults(area, map.replace(' | null', ''), value, `${at}.${key}`));
  }
  if (type === 'Date') return Number.isNaN(Date.parse(String(json))) ? [`${at} is no date`] : [];
  const model = readModel(area, type);
  if (model === undefined) return typeof json === type ? [] : [`${at} is ${typeof json} and not ${type}`];
  const members = anObject.parse(json);
  const known = new Set(model.map((one) => one.baseName));
  const unknown = Object.keys(members).filter((name) => !known.has(name));
  return [
    ...unknown.map((name) => `${at}.${name} is unknown to the model`),
    ...model
      .filter((one) => one.required && members[one.baseName] === undefined)
      .map((one) => `${at}.${one.baseName} is missing`),
    ...model.flatMap((one) => findModelFaults(area, one.type, members[one.baseName], `${at}.${one.baseName}`)),
  ];
}

/** The real client as the product must use it: no retries and no limiter of its own. */
export function createSdk(sandbox: HubSpotSandbox, accessToken: string = sandbox.accessToken): Client {
  return new Client({ accessToken, basePath: sandbox.url, numberOfApiCallRetries: 0 });
}

const WITHOUT_BODY = 204;

/**
 * Makes one call of the real client, holds the raw answer against the model the client reads it with, and gives back the client's
 * own instance together with the raw status.
 */
export async function callChecked<T>(
  area: Area,
  model: string,
  call: () => Promise<T>,
): Promise<{ answer: T; status: number }> {
  const seen: { status: number; json: unknown }[] = [];
  const fetchBefore = globalThis.fetch;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const response = await fetchBefore(input, init);
    const json: unknown = response.status === WITHOUT_BODY ? undefined : await response.clone().json();
    seen.push({ status: response.status, json });
    return response;
  });
  const answer = await call().finally(() => spy.mockRestore());
  const [raw] = seen;
  if (raw === undefined || seen.length !== 1) throw new Error(`expected one request, saw ${seen.length}`);
  expect(findModelFaults(area, model, raw.json)).toEqual([]);
  expect(Object.getPrototypeOf(answer)?.constructor?.name).toBe(model);
  return { answer, status: raw.status };
}

const apiError = z.object({
  code: z.number(),
  body: z.looseObject({ message: z.string(), category: z.string().optional(), policyName: z.string().optional() }),
  headers: z.record(z.string(), z.string()),
});

/** What the client throws for a refused call: `code` is the status, `body` the raw JSON, header names in lower case. */
export async function catchApiError(call: Promise<unknown>): Promise<z.infer<typeof apiError>> {
  const thrown: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return apiError.parse(thrown);
}

/** One JSON request without the client, for what the client cannot ask. */
export async function request(
  sandbox: HubSpotSandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: unknown }> {
  const headers = { authorization: `Bearer ${sandbox.accessToken}`, 'content-type': 'application/json' };
  const response = await fetch(`${sandbox.url}${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
}

/** Types of an association as the client wants them: numbers of HubSpot's own, `own` for labels people made. */
export function toSpecs(typeIds: readonly number[], own: readonly number[] = []): AssociationSpec[] {
  return [
    ...typeIds.map((associationTypeId) => ({
      associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined,
      associationTypeId,
    })),
    ...own.map((associationTypeId) => ({
      associationCategory: AssociationSpecAssociationCategoryEnum.UserDefined,
      associationTypeId,
    })),
  ];
}
