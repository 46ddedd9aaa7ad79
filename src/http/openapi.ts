import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { Endpoint } from './contract/endpoint.ts';
import { endpoints } from './contract/index.ts';
import { problemView } from './contract/reference.ts';

const description = `What the page does can be done here too.

- Sign in with a token of ADMIN_TOKENS as \`Authorization: Bearer …\`, or with the cookie of \`POST /session\`.
- Times are ISO 8601 in UTC. A body is JSON; a key that an address does not know is refused.
- Lists answer \`items\` and \`nextCursor\`; give that back as \`cursor\` for the next page. Null: there is no more.
- What is not 2xx is a problem (RFC 9457) whose \`code\` says which one it is.
- Every POST may carry an \`Idempotency-Key\`: sent again with the same key within 24 hours it is done once and answered the same.
- Answers may gain keys within this version; none is removed or changes its meaning.`;

/** `/api/v1` as OpenAPI 3.1, made from the contract alone: it is the same for every service of this build. */
export function createApiDocument() {
  const document = createDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Handoff', version: '1', description },
      servers: [{ url: '/api/v1' }],
      tags: [...new Set(known.map(([, { tag }]) => tag))].map((name) => ({ name })),
      security: signedIn,
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A token of ADMIN_TOKENS' },
          session: { type: 'apiKey', in: 'cookie', name: 'handoff_session', description: 'Of `POST /session`' },
        },
      },
      paths: toPaths(),
    },
    // Who reads an answer must not break when it gains a key.
    { override: ({ jsonSchema, io }) => void (io === 'output' && delete jsonSchema.additionalProperties) },
  );
  return { ...document, paths: document.paths ?? {} };
}

const known: readonly [string, Endpoint][] = Object.entries(endpoints);
const signedIn: Record<string, string[]>[] = [{ token: [] }, { session: [] }];

function toPaths(): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, endpoint] of known) {
    const [method = '', path = ''] = name.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: toOperation(method, path, endpoint) };
  }
  return paths;
}

function toOperation(method: string, path: string, endpoint: Endpoint): ZodOpenApiOperationObject {
  const { role, tag, summary, params, query, body } = endpoint;
  const isPost = method === 'POST';
  return {
    operationId: operationIdOf(method, path),
    tags: [tag],
    summary,
    description: [endpoint.description, role === 'nobody' ? 'Needs no sign-in.' : `Needs the role ${role}.`]
      .filter((text) => text !== undefined)
      .join('\n\n'),
    ...(role === 'nobody' ? { security: [] } : {}),
    requestParams: {
      ...(params === undefined ? {} : { path: params }),
      ...(query === undefined ? {} : { query }),
      ...(isPost ? { header: idempotency } : {}),
    },
    ...(body === undefined
      ? {}
      : { requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: body } } } }),
    responses: { ...success(endpoint), ...problemsOf(method, endpoint) },
  };
}

const idempotency = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'The same request with the same key is done once' }),
});

/** `getContactsIdExplain` of `GET /contacts/{id}/explain`. */
function operationIdOf(method: string, path: string): string {
  const words = path.split(/\W+/).filter((word) => word !== '');
  return [method.toLowerCase(), ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('');
}

function success({ status = 200, answer, media }: Endpoint): ZodOpenApiOperationObject['responses'] {
  const content =
    answer !== undefined
      ? { 'application/json': { schema: answer } }
      : media !== undefined
        ? { [media]: { schema: z.string() } }
        : undefined;
  const texts = { 200: 'Done', 201: 'Begun', 202: 'Taken on: it will be done', 204: 'Done; nothing to tell' };
  return { [`${status}`]: { description: texts[status], ...(content === undefined ? {} : { content }) } };
}

/** What may go wrong; each is the same problem in form. */
function problemsOf(method: string, { role, params, query, body }: Endpoint): ZodOpenApiOperationObject['responses'] {
  const takes = params !== undefined || query !== undefined || body !== undefined;
  const texts: Record<string, string | false> = {
    400: takes && 'The address, query or body is not what this takes',
    401: 'Not signed in, or the session has ended',
    403:
      (role === 'operator' || role === 'admin' || method !== 'GET') &&
      'The role is too low, or the request came from another site',
    404: params !== undefined && 'There is no such thing',
    409:
      method === 'POST' && 'Its state does not allow it, somebody must mend something first, or the same request is on',
    415: body !== undefined && 'The body is not JSON',
    422: method === 'POST' && 'The idempotency key belongs to another request',
    429: 'Too many refused requests',
    503: 'The service or a CRM cannot do it now; `Retry-After` says when to ask again',
  };
  const told = Object.entries(texts).filter(([, text]) => text !== false);
  return Object.fromEntries(
    told.map(([status, text]) => [
      status,
      { description: String(text), content: { 'application/problem+json': { schema: problemView } } },
    ]),
  );
}
