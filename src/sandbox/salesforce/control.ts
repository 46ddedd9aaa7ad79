import { z } from 'zod';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import type { HumanHands } from './human.ts';
import { isExactLiteral, parseExactJson, plainText } from './numbers.ts';
import type { Org } from './org.ts';
import type { FieldValue } from './types.ts';

const DEFAULT_LIMIT = 200;

/**
 * What a person does by curl: `GET /__sandbox/{Type}` (`?limit=`, `?email=`), `GET|PATCH|DELETE /__sandbox/{Type}/{id}`, `POST /__sandbox/{Type}`,
 * `POST /__sandbox/Lead/{id}/convert` (body: the options of a conversion), `POST /__sandbox/{Type}/{winner}/merge` (`{ "losers": [..] }`),
 * `POST /__sandbox/Opportunity/{id}/roles` (`{ "contactId": "003..", "role"?, "isPrimary"? }`), `POST /__sandbox/{Type}/{id}/undelete|purge|touch`, `GET|POST /__sandbox/clock` (`{ "jumpMs": 60000 }`), `POST /__sandbox/bulk` (how bulk jobs
 * go from now on: `{ "delayMs"?, "rowMs"?, "nextFaults"?: ["fail" | "fail-partly" | "stall"], "cutResults"? }`), `GET /__sandbox/requests`. Neither
 * counted nor delayed.
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
  if (name === 'bulk' && request.method === 'POST') {
    Object.assign(org.bulk, bulkBody.parse(readJson(request)));
    return { status: 204 };
  }
  const type = org.schema.object(name)?.name;
  if (type === undefined && name !== 'clock') return { status: 404, body: { error: `no object ${name}` } };
  try {
    if (type === undefined) return answerClock(org, request);
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
  if (request.method === 'POST') return act(human, type, id, action, request);
  if (request.method === 'DELETE') {
    human.remove(type, id);
    return { status: 204 };
  }
  const record = org.store.get(type, id);
  return record === undefined ? { status: 404, body: { error: `no ${type} ${id}` } } : { status: 200, body: record };
}

const mergeType = z.enum(['Lead', 'Contact', 'Account']);
const mergeBody = z.object({ losers: z.array(z.string()) });
const convertBody = z.object({
  accountId: z.string().optional(),
  contactId: z.string().optional(),
  opportunityId: z.string().optional(),
  opportunityName: z.string().optional(),
  convertedStatus: z.string().optional(),
  opportunityValues: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
const roleBody = z.object({ contactId: z.string(), role: z.string().optional(), isPrimary: z.boolean().optional() });
const bulkBody = z.strictObject({
  delayMs: z.number().optional(),
  rowMs: z.number().optional(),
  nextFaults: z.array(z.enum(['fail', 'fail-partly', 'stall'])).optional(),
  cutResults: z.number().optional(),
});
const clockBody = z.object({ jumpMs: z.number() });

function act(
  human: HumanHands,
  type: string,
  id: string,
  action: string | undefined,
  request: SandboxRequest,
): SandboxAnswer {
  switch (action) {
    case 'convert':
      return { status: 200, body: human.convertLead(id, convertBody.parse(readJson(request))) };
    case 'merge': {
      const { losers } = mergeBody.parse(readJson(request));
      return { status: 200, body: human.merge(mergeType.parse(type), id, losers) };
    }
    case 'roles': {
      const { contactId, ...role } = roleBody.parse(readJson(request));
      return { status: 201, body: human.addRole(id, contactId, role) };
    }
    case 'undelete':
      return { status: 200, body: human.undelete(type, id) };
    case 'purge':
      human.purge(type, id);
      return { status: 204 };
    case 'touch':
      human.touch(type, [id]);
      return { status: 204 };
    default:
      return { status: 404, body: { error: `no action ${action ?? ''}` } };
  }
}

function answerClock(org: Org, request: SandboxRequest): SandboxAnswer {
  if (request.method === 'POST') org.clockOffsetMs += clockBody.parse(readJson(request)).jumpMs;
  return { status: 200, body: { now: new Date(org.now()).toISOString(), offsetMs: org.clockOffsetMs } };
}

/** An empty body is an empty object. */
function readJson(request: SandboxRequest): unknown {
  return request.body.length === 0 ? {} : parseExactJson(request.body.toString('utf8'));
}

function readValues(request: SandboxRequest): Record<string, FieldValue> {
  const parsed = readJson(request);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Error('a JSON object is needed');
  const values: Record<string, FieldValue> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (isExactLiteral(value)) {
      values[name] = plainText(value) ?? null;
      continue;
    }
    if (value !== null && typeof value === 'object') throw new Error(`${name}: a plain value is needed`);
    values[name] = value;
  }
  return values;
}
