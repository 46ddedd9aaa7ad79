import type { Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EndpointName } from '../../../src/http/contract/index.ts';
import { createLookupLimit } from '../../../src/http/lookup-limit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Asked = Parameters<ReturnType<typeof createLookupLimit>>[0];

/** A caller who asks; answers what was thrown, null where it was let through. */
function createCaller() {
  const admit = createLookupLimit();
  const headers = new Map<string, string>();
  const response = { setHeader: (name: string, value: string) => void headers.set(name, value) };
  const ask = (name: EndpointName, { actor = 'dash', query = {} }: { actor?: string; query?: object } = {}) => {
    // Only what the guard reads is there.
    const asked = { name, actor, role: 'viewer', given: { params: {}, query, body: undefined }, response } as const;
    try {
      admit(asked as unknown as Asked & { response: Response });
      return null;
    } catch (problem) {
      return problem;
    }
  };
  return { ask, headers };
}

const tooMany = expect.objectContaining({ status: 429, code: 'too_many_lookups' });

describe('what asks a CRM', () => {
  it('is done sixty times a minute for one caller, and for each other one as often', () => {
    const { ask, headers } = createCaller();
    const answers = Array.from({ length: 60 }, () => ask('GET /contacts/{id}/explain'));
    vi.advanceTimersByTime(20_000);

    expect(answers.every((answer) => answer === null)).toBe(true);
    expect(ask('GET /contacts', { query: { query: 'jane' } })).toEqual(tooMany);
    expect(headers.get('Retry-After')).toBe('40');
    expect(ask('GET /deals/{id}', { actor: 'ann' })).toBeNull();
    vi.advanceTimersByTime(40_000);
    expect(ask('GET /contacts/{id}/explain')).toBeNull();
  });
});

describe('what the ledger answers alone', () => {
  it.each<[EndpointName, object]>([
    ['GET /contacts', {}],
    ['GET /companies', { query: '' }],
    ['GET /contacts/{id}/timeline', {}],
    ['GET /overview', {}],
    ['POST /contacts/{id}/resync', {}],
  ])('%s %o is not counted', (name, query) => {
    const { ask } = createCaller();
    const answers = Array.from({ length: 100 }, () => ask(name, { query }));

    expect(answers.filter((answer) => answer !== null)).toEqual([]);
  });
});
