import { z } from 'zod';
import { createSalesforce } from '../../src/salesforce/crm.ts';
import { createRecordedBudget, createWarnings, sendJson, startHttpServer } from './salesforce-support.ts';

const ORG = '00D000000000062EAA';
/** The integration user. */
export const USER = '005000000000001AAA';

const closers: (() => Promise<void>)[] = [];

/** Closes every org that was started. */
export async function closeOrgs(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

const compositeBody = z.object({ compositeRequest: z.array(z.object({ method: z.string(), url: z.string() })) });
export type Part = { status: number; body: unknown; headers?: Record<string, string> };
type Answers = {
  /** To each part of a composite call. */
  part: (url: string, method: string) => Part;
  /** To any other call. */
  other?: (method: string, url: string) => Part;
  /** Whether answers have a `Date`; default yes. */
  withDate?: boolean;
  /** What stands for `"@"` in an answer: a number that no double carries. */
  literal?: string;
};

/** An org whose answers a test writes, part by part. `parts`: what was asked inside of composite calls. */
export async function startOrg({ part, other, withDate = true, literal }: Answers) {
  const urls: string[] = [];
  const parts: string[] = [];
  const server = await startHttpServer((exchange, response) => {
    const { method, url, body } = exchange;
    response.sendDate = withDate;
    if (url === '/services/oauth2/token') {
      const token = { access_token: 't', instance_url: server.url, id: `${server.url}/id/${ORG}/${USER}` };
      return sendJson(response, 200, token);
    }
    if (url === '/services/data') return sendJson(response, 200, [{ version: '67.0', label: '', url: '' }]);
    urls.push(`${method} ${url}`);
    if (!url.endsWith('/composite')) {
      const unknown: Part = { status: 404, body: [{ errorCode: 'NOT_FOUND' }] };
      const { status, body: answer, headers } = other?.(method, url) ?? unknown;
      return sendJson(response, status, answer, headers);
    }
    const { compositeRequest } = compositeBody.parse(JSON.parse(body));
    const compositeResponse = compositeRequest.map((each, index) => {
      parts.push(`${each.method} ${decodeURIComponent(each.url)}`);
      const { status, body: answer } = part(decodeURIComponent(each.url), each.method);
      return { httpStatusCode: status, body: answer, referenceId: `part${index}` };
    });
    const text = JSON.stringify({ compositeResponse });
    response.writeHead(200, { 'content-type': 'application/json;charset=UTF-8' });
    return response.end(literal === undefined ? text : text.replaceAll('"@"', literal));
  });
  closers.push(server.close);
  const warnings = createWarnings();
  const salesforce = createSalesforce({
    loginUrl: server.url,
    clientId: 'id',
    auth: { kind: 'client-credentials', clientSecret: 'secret' },
    apiVersion: '67.0',
    budget: createRecordedBudget(),
    log: warnings,
  });
  return { salesforce, urls, parts, warnings };
}

/** A good answer to a query. */
export function rows(records: readonly unknown[], more: Record<string, unknown> = {}): Part {
  return { status: 200, body: { done: true, totalSize: records.length, records, ...more } };
}

/** An answer that refuses. */
export function refused(errorCode: string, message = ''): Part {
  return { status: 400, body: [{ errorCode, message }] };
}
