import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parse } from '../../../src/http/parse.ts';

describe('input', () => {
  it.each<[string, z.ZodType, unknown]>([
    ['a text', z.string(), 'a\u0000b'],
    ['a text in an object', z.object({ reason: z.string() }), { reason: '\u0000' }],
    ['a text in a list', z.object({ ids: z.array(z.string()) }), { ids: ['1', '2\u0000'] }],
    ['a key', z.record(z.string(), z.string()), { 'a\u0000': 'b' }],
  ])('with U+0000 in %s is 400: the ledger could not store it', (_where, schema, given) => {
    expect(() => parse(schema, given, 'The body')).toThrow(
      expect.objectContaining({ status: 400, code: 'bad_request', message: expect.stringContaining('U+0000') }),
    );
  });

  it('with any other character is taken, however deep it lies', () => {
    let deep: unknown = 'é\t\u0001😀';
    for (let n = 0; n < 50_000; n++) deep = [deep];

    expect(parse(z.unknown(), deep, 'The body')).toBe(deep);
  });
});
