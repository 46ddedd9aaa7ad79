import { describe, expect, it } from 'vitest';
import { readProblem } from '../../../../web/src/api/problem.ts';

const answer = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers });

describe('what the page makes of an answer that is not what was asked for', () => {
  it('a problem of the service keeps its words, its code, and how long to wait', async () => {
    const body = JSON.stringify({
      title: 'in progress',
      detail: 'The same press is being worked on.',
      code: 'in_progress',
    });

    const problem = await readProblem(answer(409, body, { 'Retry-After': '2' }));

    expect(problem).toMatchObject({
      status: 409,
      code: 'in_progress',
      message: 'The same press is being worked on.',
      retryAfterMs: 2_000,
    });
  });

  it.each([
    { what: 'a page of a proxy', body: '<html>Bad Gateway</html>' },
    { what: 'nothing', body: '' },
    { what: 'a list', body: '[]' },
    { what: 'null', body: 'null' },
    { what: 'a detail that is no text', body: '{"detail":{"a":1},"code":7}' },
  ])('$what becomes a problem that names the status', async ({ body }) => {
    const problem = await readProblem(answer(502, body, { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' }));

    expect(problem).toMatchObject({
      status: 502,
      code: 'http_502',
      message: 'The service answered with status 502.',
      retryAfterMs: null,
    });
  });
});
