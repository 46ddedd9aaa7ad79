import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import type { HumanHands } from './human.ts';
import type { Org } from './org.ts';
import type { FieldValue } from './types.ts';

const DEFAULT_LIMIT = 200;

/**
 * What a person does by curl: `GET /__sandbox/{Type}` (`?limit=`, `?email=`), `GET|PATCH|DELETE /__sandbox/{Type}/{id}`, `POST /__sandbox/{Type}`,
 * `POST /__sandbox/{Type}/{id}/convert`, `GET /__sandbox/requests`. Neither counted nor delayed.
 */
export function answerControl(
  org: Org,
  human: HumanHands,
  request: SandboxRequest,
  countByPattern: () => Record<string, number>,
): SandboxAnswer {
  const [name = '', id, action] = request.path
    .replace(/^\/__sandbox\//, '')
    .split('/')
    .map(decodeURIComponent);
  if (name === 'requests') {
    return { status: 200, body: { countedCalls: org.countedCalls, daily: org.daily, requests: countByPattern() } };
  }
  const type = org.schema.object(name)?.name;
  if (type === undefined) return { status: 404, body: { error: `no object ${name}` } };
  try {
    return id === undefined || id === ''
      ? answerType(org, human, type, request)
      : answerRecord(org, human, type, id, action, request);
  } catch (thrown) {
    return { status: 400, body: { error: thrown instanceof Error ? thrown.message : String(thrown) } };
  }
}

function answerType(org: Org, human: HumanHands, type: string, request: SandboxRequest): SandboxAnswer {
  if (request.method === 'POST') return { status: 201, body: human.create(type, readValues(request)) };
  const limit = Number(request.query.get('limit') ?? DEFAULT_LIMIT);
  const email = request.query.get('email')?.toLowerCase();
  const items = [];
  for (const record of org.store.all(type)) {
    if (items.length >= limit) break;
    if (email === undefined || (typeof record.Email === 'string' && record.Email.toLowerCase() === email))
      items.push(record);
  }
  return { status: 200, body: { total: org.store.count(type), items } };
}

function answerRecord(
  org: Org,
  human: HumanHands,
  type: string,
  id: string,
  action: string | undefined,
  request: SandboxRequest,
): SandboxAnswer {
  if (request.method === 'PATCH') return { status: 200, body: human.edit(type, id, readValues(request)) };
  if (request.method === 'POST' && action === 'convert') return { status: 200, body: human.convertLead(id) };
  if (request.method === 'POST' && action === 'undelete') return { status: 200, body: human.undelete(type, id) };
  if (request.method === 'DELETE') {
    human.remove(type, id);
    return { status: 204 };
  }
  const record = org.store.get(type, id);
  return record === undefined ? { status: 404, body: { error: `no ${type} ${id}` } } : { status: 200, body: record };
}

function readValues(request: SandboxRequest): Record<string, FieldValue> {
  const parsed: unknown = JSON.parse(request.body.toString('utf8'));
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Error('a JSON object is needed');
  const values: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (value !== null && typeof value === 'object') throw new Error(`${name}: a plain value is needed`);
    values[name] = value;
  }
  return values;
}
