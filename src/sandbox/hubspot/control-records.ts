import { z } from 'zod';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import type { Hands } from './hands.ts';
import { parseBody } from './inputs.ts';
import { OBJECT_TYPES } from './model.ts';

const properties = z.record(z.string(), z.string());
const end = z.object({ type: z.enum(OBJECT_TYPES), id: z.string() });
const associationBody = z.object({
  from: end,
  to: end,
  labels: z.array(z.string()).optional(),
  primary: z.boolean().optional(),
});
const aList = z.object({ name: z.string().default('List'), type: z.enum(OBJECT_TYPES).default('contacts') });
const listBody = z.union([aList.extend({ ids: z.array(z.string()) }), aList.extend({ where: properties })]);
const mergeBody = z.object({ primaryId: z.string(), otherId: z.string() });

/** `…/companies` and `…/deals`: list and create; with an id read, PATCH, DELETE, and POST to `restore`; POST to `merge`. */
export function controlRecords(
  hands: Hands,
  type: 'companies' | 'deals',
  path: readonly string[],
  request: SandboxRequest,
): SandboxAnswer {
  const [id = '', action] = path;
  const shown = () => ({ status: 200, body: hands.getRecord(type, id) });
  const line = [request.method, ...(id === '' ? [] : id === 'merge' ? ['merge'] : ['{id}']), action].join(' ').trim();
  switch (line) {
    case 'GET':
      return { status: 200, body: { total: hands.records(type).length, [type]: hands.records(type) } };
    case 'POST':
      return { status: 201, body: { id: hands.createRecord(type, parseBody(request, properties)) } };
    case 'POST merge': {
      const { primaryId, otherId } = parseBody(request, mergeBody);
      return { status: 200, body: { id: hands.mergeRecords(type, primaryId, otherId) } };
    }
    case 'GET {id}':
      return hands.getRecord(type, id) === undefined ? { status: 404 } : shown();
    case 'PATCH {id}':
      hands.editRecord(type, id, parseBody(request, properties));
      return shown();
    case 'DELETE {id}':
      hands.deleteRecord(type, id);
      return { status: 204 };
    case 'POST {id} restore':
      hands.restoreRecord(type, id);
      return shown();
    default:
      return { status: 404, body: { message: `no ${line} here` } };
  }
}

/** `POST …/associations` and `DELETE …/associations` with `{ from, to, labels?, primary? }`. */
export function controlAssociations(hands: Hands, request: SandboxRequest): SandboxAnswer {
  const { from, to, labels, primary } = parseBody(request, associationBody);
  if (request.method === 'DELETE') hands.dissociate(from, to, labels === undefined ? {} : { labels });
  else hands.associate(from, to, { ...(labels && { labels }), ...(primary && { primary }) });
  return { status: 200, body: hands.getAssociations(from, to.type) };
}

/** `POST …/lists` with `{ name?, type?, ids }` (static) or `{ name?, type?, where: { property: value } }` (active), and `DELETE …/lists/{id}`. */
export function controlLists(hands: Hands, id: string | undefined, request: SandboxRequest): SandboxAnswer {
  if (request.method === 'POST' && id === undefined) {
    return { status: 201, body: { id: hands.createList(parseBody(request, listBody)) } };
  }
  if (request.method !== 'DELETE' || id === undefined) return { status: 404, body: { message: 'no such thing here' } };
  hands.deleteList(id);
  return { status: 204 };
}
