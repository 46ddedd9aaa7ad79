import type { SandboxAnswer } from '../server.ts';
import { type ApiCall, methodNotAllowed, requireObject, splitPath } from './call.ts';
import { RequestFault } from './fault.ts';
import { isExactLiteral, plainText } from './numbers.ts';

const MAX_SUBREQUESTS = 25;
const MAX_QUERIES_AND_COLLECTIONS = 5;
const PATH = /^\/services\/data\/v(\d+\.\d+)\/(.*)$/;
/** "Composite is supported for": sObject resources, queries, sObject collections (REST API guide, composite). */
const COMPOSABLE = /^(sobjects|query|queryAll|composite\/sobjects)(\/|$)/i;
const REFERENCE = /@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}/g;

type Subrequest = {
  method: string;
  url: string;
  referenceId: string;
  body: unknown;
  headers: Map<string, string>;
};

type Subanswer = { body: unknown; httpHeaders: Record<string, string>; httpStatusCode: number; referenceId: string };

/** Runs one call below the version root; faults come back as answers. */
export type Dispatch = (call: ApiCall) => SandboxAnswer;

/**
 * `POST /composite`: up to 25 subrequests, at most 5 of them queries or collections, one API call together. The top-level answer is 200
 * whatever happens inside. Sources: REST API guide, resources_composite_composite_post, requests_composite, resources_composite_allornone.
 */
export function answerComposite(call: ApiCall, dispatch: Dispatch): SandboxAnswer {
  if (call.method !== 'POST') throw methodNotAllowed(call.method);
  const body = requireObject(call.body);
  const subrequests = readSubrequests(body.compositeRequest);
  const isAllOrNone = body.allOrNone === true;
  let answers: Subanswer[] = [];
  const run = () => {
    answers = runAll(call, subrequests, isAllOrNone, dispatch);
    return !isAllOrNone || answers.every((answer) => hasSucceeded(answer));
  };
  const isKept = isAllOrNone ? call.org.store.atomically(run) : run();
  return { status: 200, body: { compositeResponse: isKept ? answers : answers.map(haltInnocent) } };
}

function readSubrequests(value: unknown): Subrequest[] {
  if (!Array.isArray(value)) throw new RequestFault(400, 'JSON_PARSER_ERROR', 'compositeRequest is required');
  if (value.length > MAX_SUBREQUESTS) throw tooMany(`The request has more than ${MAX_SUBREQUESTS} subrequests`);
  const subrequests = value.map((item: unknown) => readSubrequest(requireObject(item)));
  const ids = new Set(subrequests.map(({ referenceId }) => referenceId));
  if (ids.size < subrequests.length) throw new RequestFault(400, 'INVALID_INPUT', 'Duplicate reference ID found');
  const counted = subrequests.filter(({ url }) =>
    /^\/services\/data\/v[\d.]+\/(query|queryAll|composite\/sobjects)/i.test(url),
  );
  if (counted.length > MAX_QUERIES_AND_COLLECTIONS) {
    throw tooMany(`The request has more than ${MAX_QUERIES_AND_COLLECTIONS} query or sObject Collections subrequests`);
  }
  return subrequests;
}

function tooMany(message: string): RequestFault {
  return new RequestFault(400, 'LIMIT_EXCEEDED', message);
}

// Sub-headers may not set these three; they are taken over from the request around it (requests_composite).
const INHERITED_HEADERS = new Set(['accept', 'authorization', 'content-type']);

function readSubrequest(item: Record<string, unknown>): Subrequest {
  const { method, url, referenceId, body, httpHeaders } = item;
  if (typeof method !== 'string' || typeof url !== 'string' || typeof referenceId !== 'string') {
    throw new RequestFault(400, 'JSON_PARSER_ERROR', 'method, url and referenceId are required in each subrequest');
  }
  if (!/^[A-Za-z0-9_]+$/.test(referenceId))
    throw new RequestFault(400, 'INVALID_INPUT', 'Provided referenceId contains illegal characters');
  const headers = new Map<string, string>();
  if (httpHeaders !== undefined && httpHeaders !== null) {
    for (const [name, value] of Object.entries(requireObject(httpHeaders)))
      headers.set(name.toLowerCase(), String(value));
  }
  const forbidden = [...headers.keys()].find((name) => INHERITED_HEADERS.has(name));
  if (forbidden !== undefined)
    throw new RequestFault(400, 'INVALID_INPUT', `Header ${forbidden} is not allowed in a subrequest`);
  return { method: method.toUpperCase(), url, referenceId, body, headers };
}

function runAll(call: ApiCall, subrequests: Subrequest[], isAllOrNone: boolean, dispatch: Dispatch): Subanswer[] {
  const bodies = new Map<string, unknown>();
  const answers: Subanswer[] = [];
  for (const subrequest of subrequests) {
    const answer = runOne(call, subrequest, bodies, isAllOrNone, dispatch);
    answers.push(answer);
    if (answer.httpStatusCode < 300) bodies.set(subrequest.referenceId, answer.body);
  }
  return answers;
}

function runOne(
  call: ApiCall,
  subrequest: Subrequest,
  bodies: ReadonlyMap<string, unknown>,
  forcesAllOrNone: boolean,
  dispatch: Dispatch,
): Subanswer {
  const { referenceId } = subrequest;
  try {
    const inner = toCall(call, resolveReferences(subrequest, bodies), forcesAllOrNone);
    const answer = dispatch(inner);
    return { body: answer.body ?? null, httpHeaders: toHeaders(answer), httpStatusCode: answer.status, referenceId };
  } catch (thrown) {
    if (!(thrown instanceof RequestFault)) throw thrown;
    return { body: thrown.body, httpHeaders: {}, httpStatusCode: thrown.status, referenceId };
  }
}

function toHeaders(answer: SandboxAnswer): Record<string, string> {
  const location = answer.headers?.location;
  return location === undefined ? {} : { Location: location };
}

function toCall(call: ApiCall, subrequest: Subrequest, forcesAllOrNone: boolean): ApiCall {
  const cut = subrequest.url.indexOf('?');
  const path = cut < 0 ? subrequest.url : subrequest.url.slice(0, cut);
  const match = PATH.exec(path);
  const [, version, rest] = match ?? [];
  if (version === undefined || rest === undefined)
    throw new RequestFault(404, 'NOT_FOUND', 'The requested resource does not exist');
  if (!COMPOSABLE.test(rest))
    throw new RequestFault(400, 'INVALID_INPUT', `The resource /${rest} is not supported here`);
  return {
    ...call,
    version,
    method: subrequest.method,
    segments: splitPath(rest),
    query: new URLSearchParams(cut < 0 ? '' : subrequest.url.slice(cut + 1)),
    header: (name) => subrequest.headers.get(name),
    body: subrequest.body,
    forcesAllOrNone,
  };
}

function resolveReferences(subrequest: Subrequest, bodies: ReadonlyMap<string, unknown>): Subrequest {
  const url = resolveText(subrequest.url, bodies);
  const text = JSON.stringify(subrequest.body);
  if (text === undefined || !text.includes('@{')) return { ...subrequest, url };
  return { ...subrequest, url, body: resolveValue(subrequest.body, bodies) };
}

function resolveValue(value: unknown, bodies: ReadonlyMap<string, unknown>): unknown {
  if (typeof value === 'string') return resolveText(value, bodies);
  if (Array.isArray(value)) return value.map((item: unknown) => resolveValue(item, bodies));
  if (typeof value !== 'object' || value === null || isExactLiteral(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveValue(item, bodies)]));
}

function resolveText(text: string, bodies: ReadonlyMap<string, unknown>): string {
  return text.replace(REFERENCE, (_whole, referenceId: string, path: string) => {
    let value: unknown = bodies.get(referenceId);
    for (const step of path.match(/[A-Za-z0-9_]+/g) ?? []) value = readStep(value, step);
    const found = plainText(value);
    if (found !== undefined) return found;
    const message = `Invalid reference specified. No value for ${referenceId}${path} found in ${referenceId}`;
    throw new RequestFault(400, 'PROCESSING_HALTED', message);
  });
}

function readStep(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === step)?.[1]
    : undefined;
}

/** With `allOrNone` a failed row of a collection fails the whole, as the outer flag overrides the inner one. */
function hasSucceeded(answer: Subanswer): boolean {
  if (answer.httpStatusCode >= 300) return false;
  return !(Array.isArray(answer.body) && answer.body.some((row: unknown) => isFailedRow(row)));
}

function isFailedRow(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'success' in row && row.success === false;
}

function haltInnocent(answer: Subanswer): Subanswer {
  if (!hasSucceeded(answer)) return answer;
  const message = 'The transaction was rolled back since another operation in the same transaction failed.';
  return { ...answer, body: [{ errorCode: 'PROCESSING_HALTED', message }], httpHeaders: {}, httpStatusCode: 400 };
}
