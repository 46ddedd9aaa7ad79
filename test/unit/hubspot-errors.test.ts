import { describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { type FaultContext, hubSpotErrorCodes, toHubSpotError, toItemError } from '../../src/hubspot/errors.ts';

const nowMs = Date.parse('2026-11-22T04:00:00Z');
const context: FaultContext = { isWrite: true, isSearch: false, nowMs };

/** As the client throws it: its message holds the whole body. */
function answer(code: number, body: unknown = {}, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error(`HTTP-Code: ${code}\nBody: ${JSON.stringify(body)}`), { code, body, headers });
}

function network(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(`connect ${code}`), { code }) });
}

describe('HubSpot errors: status and stable codes decide what happens next', () => {
  it.each([
    {
      name: '400 of a value',
      thrown: answer(400, { category: 'VALIDATION_ERROR' }),
      kind: 'needs-human',
      code: 'hubspot_invalid_value',
    },
    { name: '400 without a category', thrown: answer(400), kind: 'retryable', code: 'hubspot_request_refused' },
    {
      name: '401',
      thrown: answer(401, { category: 'INVALID_AUTHENTICATION' }),
      kind: 'needs-human',
      code: 'hubspot_unauthorised',
    },
    {
      name: '401 of an expired token',
      thrown: answer(401, { category: 'EXPIRED_AUTHENTICATION' }),
      kind: 'needs-human',
      code: 'hubspot_unauthorised',
    },
    {
      name: '403 of a scope',
      thrown: answer(403, { category: 'MISSING_SCOPES' }),
      kind: 'needs-human',
      code: 'hubspot_missing_scopes',
    },
    {
      name: '403 of another kind',
      thrown: answer(403, { category: 'FORBIDDEN' }),
      kind: 'needs-human',
      code: 'hubspot_forbidden',
    },
    {
      name: '403 page of a firewall',
      thrown: answer(403, '<html>'),
      kind: 'retryable',
      code: 'hubspot_request_refused',
    },
    {
      name: '404 of a record',
      thrown: answer(404, { status: 'error', message: 'resource not found' }),
      kind: 'permanent',
      code: 'hubspot_not_found',
    },
    {
      name: '404 page of a wrong address',
      thrown: answer(404, '<html>'),
      kind: 'retryable',
      code: 'hubspot_request_refused',
    },
    {
      name: '409',
      thrown: answer(409, { category: 'CONFLICT' }),
      kind: 'needs-human',
      code: 'hubspot_duplicate_value',
    },
    { name: '414', thrown: answer(414), kind: 'needs-human', code: 'hubspot_request_too_long' },
    { name: '418, which nobody knows', thrown: answer(418), kind: 'retryable', code: 'hubspot_request_refused' },
    { name: '423', thrown: answer(423), kind: 'wait', code: 'hubspot_record_locked' },
    {
      name: '429 of ten seconds',
      thrown: answer(429, { policyName: 'TEN_SECONDLY_ROLLING' }),
      kind: 'wait',
      code: 'hubspot_rate_limit',
    },
    { name: '429 of the day', thrown: answer(429, { policyName: 'DAILY' }), kind: 'wait', code: 'hubspot_daily_limit' },
    {
      name: '429 of searches',
      thrown: answer(429, { policyName: 'SECONDLY' }),
      kind: 'wait',
      code: 'hubspot_search_limit',
    },
    { name: '429 without a policy', thrown: answer(429, ''), kind: 'wait', code: 'hubspot_rate_limit' },
    { name: '477', thrown: answer(477), kind: 'wait', code: 'hubspot_account_moving' },
    { name: '500', thrown: answer(500, {}), kind: 'retryable', code: 'hubspot_unavailable' },
    {
      name: '502 with a page',
      thrown: answer(502, '<html>bad gateway</html>'),
      kind: 'retryable',
      code: 'hubspot_unavailable',
    },
    { name: '523', thrown: answer(523), kind: 'retryable', code: 'hubspot_unavailable' },
    { name: 'a reset connection', thrown: network('ECONNRESET'), kind: 'retryable', code: 'hubspot_unreachable' },
    {
      name: 'a name that does not resolve',
      thrown: network('ENOTFOUND'),
      kind: 'retryable',
      code: 'hubspot_unreachable',
    },
    {
      name: 'a timeout',
      thrown: new DOMException('timed out', 'TimeoutError'),
      kind: 'retryable',
      code: 'hubspot_timeout',
    },
    { name: 'a plain error before any answer', thrown: new Error('?'), kind: 'retryable', code: 'hubspot_unreachable' },
    { name: 'something that is no error', thrown: 'boom', kind: 'retryable', code: 'hubspot_unreachable' },
    {
      name: 'one of ours',
      thrown: new SyncError('wait', 'daily_budget_spent', 'x'),
      kind: 'wait',
      code: 'daily_budget_spent',
    },
  ])('$name: $kind, $code', ({ thrown, kind, code }) => {
    expect(toHubSpotError(thrown, context)).toMatchObject({ kind, code });
  });

  it.each([
    {
      name: '502 without content type',
      seen: { status: 502, headers: {} },
      thrown: new Error('Cannot parse content.'),
      code: 'hubspot_unavailable',
    },
    {
      name: '500 with broken JSON',
      seen: { status: 500, headers: {} },
      thrown: new SyntaxError('Unexpected token'),
      code: 'hubspot_unavailable',
    },
    {
      name: '429 with an empty body',
      seen: { status: 429, headers: {} },
      thrown: new Error('Cannot parse content.'),
      code: 'hubspot_rate_limit',
    },
    {
      name: '200 with broken JSON',
      seen: { status: 200, headers: {} },
      thrown: new SyntaxError('Unexpected token'),
      code: 'hubspot_unreadable_answer',
    },
    {
      name: '200 that was cut',
      seen: { status: 200, headers: {} },
      thrown: network('UND_ERR_SOCKET'),
      code: 'hubspot_unreachable',
    },
  ])('$name, where the client loses the status: $code', ({ seen, thrown, code }) => {
    expect(toHubSpotError(thrown, context, seen).code).toBe(code);
  });
});

describe('HubSpot errors: how long to wait and what to stop', () => {
  it.each([
    { name: 'ten seconds', thrown: answer(429, { policyName: 'TEN_SECONDLY_ROLLING' }), waitMs: 10_000, pauses: true },
    { name: 'the day: an hour at most', thrown: answer(429, { policyName: 'DAILY' }), waitMs: 3_600_000, pauses: true },
    {
      name: 'a search: a second, and nothing else stops',
      thrown: answer(429, { policyName: 'SECONDLY' }),
      waitMs: 1000,
      pauses: undefined,
    },
    { name: 'a lock', thrown: answer(423), waitMs: 2000, pauses: undefined },
    {
      name: 'a move, as told',
      thrown: answer(477, {}),
      headers: { 'retry-after': '7200' },
      waitMs: 7_200_000,
      pauses: true,
    },
    { name: 'a move, not told', thrown: answer(477, {}), waitMs: 60_000, pauses: true },
    {
      name: 'a move, told nonsense',
      thrown: answer(477, {}),
      headers: { 'retry-after': 'soon' },
      waitMs: 60_000,
      pauses: true,
    },
    { name: 'a lost authorisation', thrown: answer(401, {}), waitMs: 300_000, pauses: true },
  ])('$name', ({ thrown, headers, waitMs, pauses }) => {
    const { detail } = toHubSpotError(thrown, context, { status: 0, headers: headers ?? {} });

    expect(detail.untilMs).toBe(nowMs + waitMs);
    expect(detail.pausesConnection).toBe(pauses);
  });

  it('the day ends at midnight of the account when that is near', () => {
    const nearMs = Date.parse('2026-11-22T04:50:00Z');
    const error = toHubSpotError(answer(429, { policyName: 'DAILY' }), {
      ...context,
      nowMs: nearMs,
      timeZone: 'America/New_York',
    });

    expect(error.detail.untilMs).toBe(Date.parse('2026-11-22T05:00:00Z'));
  });

  it('a 429 without a policy stops searches alone when a search met it', () => {
    expect(toHubSpotError(answer(429), { ...context, isSearch: true }).detail.pausesConnection).toBeUndefined();
  });

  it.each([
    { name: 'timeout', thrown: new DOMException('x', 'TimeoutError'), isWrite: true, mayHaveHappened: true },
    {
      name: 'timeout of a read',
      thrown: new DOMException('x', 'TimeoutError'),
      isWrite: false,
      mayHaveHappened: undefined,
    },
    { name: 'reset', thrown: network('ECONNRESET'), isWrite: true, mayHaveHappened: true },
    { name: 'refused connection', thrown: network('ECONNREFUSED'), isWrite: true, mayHaveHappened: undefined },
    { name: '500', thrown: answer(500), isWrite: true, mayHaveHappened: true },
    { name: '429', thrown: answer(429), isWrite: true, mayHaveHappened: undefined },
    { name: '400', thrown: answer(400, { category: 'VALIDATION_ERROR' }), isWrite: true, mayHaveHappened: undefined },
  ])('$name: the write may have happened: $mayHaveHappened', ({ thrown, isWrite, mayHaveHappened }) => {
    expect(toHubSpotError(thrown, { ...context, isWrite }).detail.mayHaveHappened).toBe(mayHaveHappened);
  });
});

describe('HubSpot errors: names and ids that help, and nothing personal', () => {
  it('names the property and the code of a refused value, in the newer form', () => {
    const errors = [{ message: 'x was not one of', code: 'INVALID_OPTION', context: { propertyName: ['jobtitle'] } }];
    const error = toHubSpotError(
      answer(400, { category: 'VALIDATION_ERROR', correlationId: 'ab-12', errors }),
      context,
    );

    expect(error.detail).toMatchObject({
      fields: ['jobtitle'],
      vendorCode: 'INVALID_OPTION',
      correlationId: 'ab-12',
      status: 400,
    });
  });

  it('names them in the older form, where JSON stands inside the message', () => {
    const message =
      'Property values were not valid: [{"isValid":false,"error":"INVALID_EMAIL","name":"email","message":"ada@x is bad"}]';
    const error = toHubSpotError(answer(400, { category: 'VALIDATION_ERROR', message }), context);

    expect(error.detail).toMatchObject({ fields: ['email'], vendorCode: 'INVALID_EMAIL' });
  });

  it('tells an unknown property from a wrong value', () => {
    const message = 'Property values were not valid: [{"error":"PROPERTY_DOESNT_EXIST","name":"shoe_size"}]';
    const error = toHubSpotError(answer(400, { category: 'VALIDATION_ERROR', message }), context);

    expect(error).toMatchObject({ code: 'hubspot_unknown_property', detail: { fields: ['shoe_size'] } });
  });

  it('keeps the id of the other record of a duplicate', () => {
    const error = toHubSpotError(
      answer(409, { category: 'CONFLICT', message: 'Contact already exists. Existing ID: 151234567890' }),
      context,
    );

    expect(error.detail.recordIds).toEqual(['151234567890']);
  });

  it('knows a duplicate of a unique property that comes as 400', () => {
    const errors = [{ code: 'CONFLICTING_UNIQUE_VALUE', context: { propertyName: ['salesforce_person_id'] } }];
    const error = toHubSpotError(answer(400, { category: 'VALIDATION_ERROR', errors }), context);

    expect(error).toMatchObject({ code: 'hubspot_duplicate_value', detail: { fields: ['salesforce_person_id'] } });
  });

  it('names the scopes that are missing', () => {
    const errors = [{ context: { requiredGranularScopes: ['crm.objects.contacts.write'] } }];
    const error = toHubSpotError(answer(403, { category: 'MISSING_SCOPES', errors }), context);

    expect(error.detail.advice).toContain('crm.objects.contacts.write');
  });

  it('reads the correlation id from the headers where there is no body', () => {
    const seen = { status: 502, headers: { 'x-hubspot-correlation-id': 'c0ffee-1' } };

    expect(toHubSpotError(new Error('Cannot parse'), context, seen).detail.correlationId).toBe('c0ffee-1');
  });

  it('never passes on a message, a value or the thrown error itself', () => {
    const secret = 'ada.lovelace@example.com';
    const body = {
      category: `X ${secret}`,
      policyName: secret,
      correlationId: secret,
      message: `${secret} already exists [{"name":"${secret}","error":"${secret}"}]`,
      errors: [
        { message: secret, code: secret, context: { propertyName: [secret], requiredGranularScopes: [secret] } },
      ],
    };
    for (const status of [400, 401, 403, 404, 409, 418, 429, 500]) {
      const error = toHubSpotError(answer(status, body), context);

      expect(JSON.stringify({ ...error, message: error.message, stack: error.stack })).not.toContain(secret);
      expect(error.cause).toBeUndefined();
    }
  });

  it('judges an item of a 207 by its category', () => {
    expect(toItemError({ category: 'VALIDATION_ERROR' }, context).code).toBe('hubspot_invalid_value');
    expect(toItemError({ category: 'CONFLICT' }, context).code).toBe('hubspot_duplicate_value');
    expect(toItemError({ category: 'SOMETHING_NEW' }, context)).toMatchObject({
      kind: 'retryable',
      code: 'hubspot_request_refused',
    });
    expect(toItemError({}, context).kind).toBe('retryable');
  });

  it('every code stands once in the table, with a sentence and an advice', () => {
    const codes = hubSpotErrorCodes.map(({ code }) => code);

    expect(new Set(codes).size).toBe(codes.length);
    for (const { code, message, advice } of hubSpotErrorCodes) {
      expect(code).toMatch(/^hubspot_[a-z_]+$/);
      expect(message.endsWith('.') && advice.endsWith('.')).toBe(true);
    }
  });
});
