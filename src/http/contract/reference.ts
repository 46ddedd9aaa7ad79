import { z } from 'zod';
import { defineEndpoint } from './endpoint.ts';

/** Every answer that is not 2xx (RFC 9457). `code` says which problem it is; docs/api.md and docs/errors.md list them. */
export const problemView = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().meta({ description: 'What is wrong, in one or two sentences. Holds no values of records.' }),
    code: z.string().meta({ examples: ['bad_request'] }),
  })
  .meta({ id: 'Problem' });

export const referenceEndpoints = {
  'GET /openapi.json': defineEndpoint({
    role: 'viewer',
    tag: 'Reference',
    summary: 'This document: all addresses of the API as OpenAPI 3.1',
    answer: z.looseObject({
      openapi: z.string().regex(/^3\.1\.\d$/),
      info: z.object({ title: z.string(), version: z.string(), description: z.string().optional() }),
      paths: z.record(z.string(), z.unknown()),
    }),
  }),
};
