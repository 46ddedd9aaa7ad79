import { z } from 'zod';

/** What a browser tab with the page in it sends: the cookie, and where the request comes from. */
export type PageClient = {
  /** `handoff_session=…`, as the browser sends it back; empty: none. */
  cookie: string;
  signIn(token: string): Promise<Response>;
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
};

type CallOptions = { body?: unknown; headers?: Readonly<Record<string, string>> };

/** A tab on the service at this address. */
export function openPage(url: string): PageClient {
  const page: PageClient = {
    cookie: '',
    async signIn(token) {
      const answer = await page.call('POST', '/session', { body: { token } });
      for (const line of answer.headers.getSetCookie()) page.cookie = line.split(';')[0] ?? '';
      return answer;
    },
    async call(method, path, { body, headers = {} } = {}) {
      const origin = method === 'GET' ? {} : { origin: url };
      return await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          'sec-fetch-site': 'same-origin',
          ...origin,
          ...(page.cookie === '' ? {} : { cookie: page.cookie }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
  };
  return page;
}

const problem = z.object({ status: z.number(), code: z.string() });

/** What an answer that is not 2xx says of itself. */
export async function problemOf(answer: Response): Promise<{ status: number; code: string }> {
  const { status, code } = problem.parse(await answer.json());
  if (status !== answer.status) throw new Error(`the problem says ${status}, the answer ${answer.status}`);
  return { status, code };
}
