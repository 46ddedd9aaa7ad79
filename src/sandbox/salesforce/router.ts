import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { answerToken, describeUser, findSessionUser } from './auth.ts';
import { answerBulk } from './bulk-api.ts';
import { advanceJobs, toBulkLimits } from './bulk-jobs.ts';
import { type ApiCall, notFound, splitPath } from './call.ts';
import { answerCollections } from './collections.ts';
import { answerComposite } from './composite.ts';
import { answerFault, RequestFault } from './fault.ts';
import { answerMetadata } from './metadata.ts';
import { parseExactJson } from './numbers.ts';
import type { Org } from './org.ts';
import { answerPartnerSoap } from './partner-soap.ts';
import { answerQuery } from './query.ts';
import { answerSobjects } from './records.ts';
import { answerUiApi } from './ui-api.ts';

const API = /^\/services\/data\/v(\d+\.\d+)(?:\/(.*))?$/;
const SOAP_METADATA = /^\/services\/Soap\/m\/(\d+\.\d+)/;
const SOAP_PARTNER = /^\/services\/Soap\/u\/(\d+\.\d+)/;
const MAX_URI_BYTES = 16_384;
const OLDEST_LIVING_VERSION = 31;

/** Answers one HTTP request of the org. */
export function answerRequest(org: Org, request: SandboxRequest): SandboxAnswer {
  const { path } = request;
  if (path === '/services/oauth2/token') return answerToken(org, request);
  if (path === '/services/data' || path === '/services/data/') return { status: 200, body: listVersions(org) };
  if (SOAP_METADATA.test(path)) return answerMetadata(org, request);
  if (SOAP_PARTNER.test(path)) return answerPartnerSoap(org, request);
  try {
    if (path === '/services/oauth2/userinfo' || path.startsWith('/id/')) return answerIdentity(org, request);
    return answerApi(org, request);
  } catch (thrown) {
    return answerFault(thrown);
  }
}

/** Needs no session. The labels are the release names. */
function listVersions(org: Org): { label: string; version: string; url: string }[] {
  const seasons = ['Spring', 'Summer', 'Winter'];
  return org.versions.map((version) => {
    const number = Number.parseFloat(version);
    const season = seasons[Math.floor(number) % 3] ?? 'Spring';
    // 66.0 is Spring '26, and three come a year; a Winter release carries the next year's number.
    const year = 26 + Math.floor((number - 66 + (season === 'Winter' ? 1 : 0)) / 3);
    return { label: `${season} '${year}`, version, url: `/services/data/v${version}` };
  });
}

function sessionFault(): RequestFault {
  return new RequestFault(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
}

function answerIdentity(org: Org, request: SandboxRequest): SandboxAnswer {
  const token = request.query.get('oauth_token');
  const userId = findSessionUser(
    org,
    request.headers.authorization ?? (token === null ? undefined : `Bearer ${token}`),
  );
  const user = userId === undefined ? undefined : org.store.get('User', userId);
  if (user === undefined) throw sessionFault();
  return { status: 200, body: describeUser(org, user) };
}

function answerApi(org: Org, request: SandboxRequest): SandboxAnswer {
  const [, version, rest = ''] = API.exec(request.path) ?? [];
  if (version === undefined) throw notFound();
  requireShort(request);
  requireVersion(org, version);
  const userId = findSessionUser(org, request.headers.authorization);
  if (userId === undefined) throw sessionFault();
  const answer = countAndAnswer(org, request, version, rest, userId);
  // Source: REST API guide, "Limit Info Header"; not on the version list.
  return {
    ...answer,
    headers: { ...answer.headers, 'sforce-limit-info': `api-usage=${org.daily.used}/${org.daily.max}` },
  };
}

/** 414 for a URI over 16,384 bytes, 431 where URI and headers together are (REST API guide, "Status Codes and Error Responses"). */
function requireShort(request: SandboxRequest): void {
  const uri = uriBytes(request);
  if (uri > MAX_URI_BYTES)
    throw new RequestFault(414, 'URI_TOO_LONG', 'The length of the URI exceeds the 16,384 byte limit');
  let bytes = uri;
  for (const [name, value] of Object.entries(request.headers)) bytes += name.length + String(value).length + 4;
  if (bytes > MAX_URI_BYTES) {
    throw new RequestFault(
      431,
      'HEADERS_TOO_LARGE',
      'The combined length of the URI and headers exceeds the 16,384 byte limit',
    );
  }
}

function uriBytes(request: SandboxRequest): number {
  let bytes = request.path.length;
  for (const [name, value] of request.query) bytes += name.length + encodeURIComponent(value).length + 2;
  return bytes;
}

/** Versions up to 30.0 are retired and answer 410 (REST API guide, end-of-life policy); unknown ones 404. */
function requireVersion(org: Org, version: string): void {
  if (org.versions.includes(version)) return;
  if (Number.parseFloat(version) < OLDEST_LIVING_VERSION) {
    throw new RequestFault(410, 'UNSUPPORTED_API_VERSION', `The requested API version v${version} is retired`);
  }
  throw notFound();
}

function countAndAnswer(
  org: Org,
  request: SandboxRequest,
  version: string,
  rest: string,
  userId: string,
): SandboxAnswer {
  if (org.daily.used >= org.daily.max) {
    return { status: 403, body: [{ message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' }] };
  }
  advanceJobs(org);
  org.daily.used += 1;
  org.countedCalls += 1;
  try {
    return dispatch({
      org,
      version,
      method: request.method,
      segments: splitPath(rest),
      query: request.query,
      header: (name) => readHeader(request, name),
      body: parseBody(request),
      userId,
      forcesAllOrNone: false,
    });
  } catch (thrown) {
    return answerFault(thrown);
  }
}

function readHeader(request: SandboxRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function parseBody({ body, headers }: SandboxRequest): unknown {
  if (body.length === 0) return undefined;
  if (headers['content-type']?.startsWith('text/csv') === true) return body.toString('utf8');
  try {
    return parseExactJson(body.toString('utf8'));
  } catch {
    throw new RequestFault(400, 'JSON_PARSER_ERROR', 'Unexpected character in the HTTP entity body');
  }
}

function dispatch(call: ApiCall): SandboxAnswer {
  const [first = '', second] = call.segments;
  switch (first.toLowerCase()) {
    case '':
      return { status: 200, body: listResources(call) };
    case 'query':
    case 'queryall':
      return answerQuery(call);
    case 'sobjects':
      return answerSobjects(call);
    case 'composite':
      return second?.toLowerCase() === 'sobjects' ? answerCollections(call) : answerComposite(call, dispatch);
    case 'ui-api':
      return answerUiApi(call);
    case 'jobs':
      return answerBulk(call);
    case 'limits':
      return { status: 200, body: listLimits(call.org) };
    default:
      throw notFound();
  }
}

function listResources(call: ApiCall): Record<string, string> {
  const base = `/services/data/v${call.version}`;
  const names = ['sobjects', 'query', 'queryAll', 'limits', 'composite', 'ui-api', 'jobs'];
  const identity = `${call.org.instanceUrl}/id/${call.org.id}/${call.userId}`;
  return { identity, ...Object.fromEntries(names.map((name) => [name, `${base}/${name}`])) };
}

/** `GET /limits`: name → `{ Max, Remaining }`. */
function listLimits(org: Org): Record<string, { Max: number; Remaining: number }> {
  return {
    DailyApiRequests: { Max: org.daily.max, Remaining: Math.max(0, org.daily.max - org.daily.used) },
    ...toBulkLimits(org.bulk),
    DataStorageMB: { Max: 10_240, Remaining: 10_000 },
  };
}
