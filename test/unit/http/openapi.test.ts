import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { endpoints } from '../../../src/http/contract/index.ts';
import { createApiDocument } from '../../../src/http/openapi.ts';

const reference = z.strictObject({ $ref: z.string().regex(/^#\/components\/schemas\/\w+$/) });

const typeName = z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** The part of JSON Schema 2020-12 that zod writes. What OpenAPI 3.0 had instead, such as `nullable`, is no key of it. */
const schemaObject: z.ZodType = z.lazy(() =>
  z.union([
    reference,
    z.strictObject({
      type: z.union([typeName, z.array(typeName).min(2)]).optional(),
      $ref: z.string().optional(),
      description: z.string().optional(),
      examples: z.array(z.unknown()).optional(),
      default: z.unknown().optional(),
      const: z.unknown().optional(),
      enum: z.array(z.unknown()).min(1).optional(),
      format: z.string().optional(),
      pattern: z.string().optional(),
      minLength: z.number().optional(),
      maxLength: z.number().optional(),
      minimum: z.number().optional(),
      maximum: z.number().optional(),
      exclusiveMinimum: z.number().optional(),
      exclusiveMaximum: z.number().optional(),
      items: schemaObject.optional(),
      minItems: z.number().optional(),
      maxItems: z.number().optional(),
      anyOf: z.array(schemaObject).min(1).optional(),
      oneOf: z.array(schemaObject).min(1).optional(),
      allOf: z.array(schemaObject).min(1).optional(),
      properties: z.record(z.string(), schemaObject).optional(),
      propertyNames: schemaObject.optional(),
      required: z.array(z.string()).optional(),
      additionalProperties: z.union([z.boolean(), schemaObject]).optional(),
    }),
  ]),
);

const content = z.record(z.string().regex(/^\w+\/[\w.+-]+$/), z.strictObject({ schema: schemaObject }));
const parameter = z.strictObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: schemaObject,
});
const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z]\w+$/),
  tags: z.array(z.string()).length(1),
  summary: z.string().min(1),
  description: z.string().min(10),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z.array(parameter).optional(),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({ description: z.string().min(1), content: content.optional() }),
  ),
});
const documentSchema = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  servers: z.array(z.strictObject({ url: z.literal('/api/v1') })),
  tags: z.array(z.strictObject({ name: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(
    z.string().startsWith('/'),
    z.strictObject({ get: operation.optional(), post: operation.optional(), delete: operation.optional() }),
  ),
  components: z.strictObject({
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.enum(['http', 'apiKey']) })),
    schemas: z.record(z.string().regex(/^\w+$/), schemaObject),
  }),
});

const document = documentSchema.parse(JSON.parse(JSON.stringify(createApiDocument())));
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, each]) => ({ name: `${method.toUpperCase()} ${path}`, path, method, ...each })),
);

describe('the document of the API', () => {
  it('has one operation per address of the contract, each under an id of its own', () => {
    expect(operations.map(({ name }) => name).toSorted()).toStrictEqual(Object.keys(endpoints).toSorted());
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('refers to nothing that it does not hold', () => {
    const refs = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);

    expect(refs.length).toBeGreaterThan(100);
    expect([...new Set(refs)].filter((name) => !(String(name) in document.components.schemas))).toStrictEqual([]);
  });

  it('declares the parts of each path, and each of them is required', () => {
    const parts = operations.map(({ name, path, parameters = [] }) => ({
      name,
      named: [...path.matchAll(/\{(\w+)\}/g)].map(([, part]) => part),
      declared: parameters.filter((each) => each.in === 'path' && each.required === true).map((each) => each.name),
    }));

    expect(parts.filter(({ named, declared }) => named.join() !== declared.join())).toStrictEqual([]);
  });

  it('knows its tags and its ways to sign in', () => {
    const tags = document.tags.map(({ name }) => name);
    const ways = [document, ...operations].flatMap(({ security = [] }) => security.flatMap(Object.keys));

    expect(operations.flatMap((each) => each.tags).filter((tag) => !tags.includes(tag))).toStrictEqual([]);
    expect(new Set(ways)).toEqual(new Set(Object.keys(document.components.securitySchemes)));
  });

  it('lets nobody but who signs in go without sign-in', () => {
    expect(operations.filter(({ security }) => security !== undefined).map(({ name }) => name)).toEqual([
      'POST /session',
    ]);
  });

  it('takes an idempotency key with each POST and with nothing else', () => {
    const taking = operations.filter(({ parameters = [] }) =>
      parameters.some(({ name }) => name === 'Idempotency-Key'),
    );

    expect(taking.map(({ name }) => name)).toEqual(
      operations.filter(({ method }) => method === 'post').map(({ name }) => name),
    );
  });

  it('answers every problem in the one form of problems', () => {
    const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    const others = operations.flatMap(({ name, responses }) =>
      Object.entries(responses)
        .filter(
          ([status, { content: told }]) => Number(status) >= 400 && JSON.stringify(told) !== JSON.stringify(problem),
        )
        .map(([status]) => `${name} ${status}`),
    );

    expect(others).toStrictEqual([]);
    expect(operations.every(({ responses }) => '401' in responses)).toBe(true);
  });

  it('pages every list by the same two parameters', () => {
    const lists = operations.filter(({ responses }) => JSON.stringify(responses['200'] ?? {}).includes('"nextCursor"'));
    const unpaged = lists.filter(({ parameters = [] }) => {
      const names = parameters.map(({ name }) => name);
      return !names.includes('limit') || !names.includes('cursor');
    });

    expect(lists.length).toBeGreaterThan(8);
    expect(unpaged.map(({ name }) => name)).toEqual(['GET /failures/groups']);
  });

  it('leaves answers room to grow, and refuses what a body must not hold', () => {
    const thaw = document.paths['/contacts/{id}/thaw']?.post;

    expect(JSON.stringify(document.components.schemas.Contact)).not.toContain('"additionalProperties":false');
    expect(JSON.stringify(thaw?.requestBody)).toContain('"additionalProperties":false');
    expect(thaw?.requestBody?.required).toBe(false);
  });
});
