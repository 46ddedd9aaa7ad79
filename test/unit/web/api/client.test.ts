import { describe, expect, it } from 'vitest';
import { addressOf } from '../../../../web/src/api/client.ts';

describe('the address of an endpoint', () => {
  it('keeps what a person typed inside its own part', () => {
    expect(addressOf('GET /contacts/{id}', { params: { id: '../a?b=c#d' } })).toBe(
      '/api/v1/contacts/..%2Fa%3Fb%3Dc%23d',
    );
    expect(addressOf('GET /contacts', { query: { query: "50% O'Neil & co" } })).toBe(
      '/api/v1/contacts?query=50%25+O%27Neil+%26+co',
    );
  });

  it('leaves out what is not given', () => {
    expect(addressOf('GET /activity.csv', { query: { kind: 'write', actor: undefined, field: '' } })).toBe(
      '/api/v1/activity.csv?kind=write',
    );
    expect(addressOf('GET /overview', {})).toBe('/api/v1/overview');
  });
});
