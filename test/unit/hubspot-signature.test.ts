import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SignedRequest, verifySignature } from '../../src/hubspot/signature.ts';
import { signWebhook } from '../support/sign-webhook.ts';

const url = 'https://handoff.example.com/webhooks/hubspot';
const nowMs = 1_795_000_000_000;

function signed(change: Partial<SignedRequest> = {}): SignedRequest {
  const rawBody = Buffer.from('[{"eventId":1}]');
  const headers = signWebhook({ secret: 'known-secret-1', url, rawBody, timestampMs: nowMs });
  return {
    secrets: ['known-secret-1'],
    method: 'POST',
    url,
    rawBody,
    signatureHeader: headers['x-hubspot-signature-v3'],
    timestampHeader: headers['x-hubspot-request-timestamp'],
    nowMs,
    ...change,
  };
}

describe('webhook signature: known answers, computed with another language', () => {
  it.each([
    { name: 'a plain body', url, body: '[{"eventId":1}]', signature: 'LOAx9oAw/ofwB+1YsKerA79+/pKhsRWmCVKzxcO7t7w=' },
    {
      name: 'all twelve decoded escapes, and two that stay',
      url: `${url}?a=%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B%20%2B`,
      body: '[]',
      signature: '5vq02l2khGNT/iTbvCIMi0MlmZkWBuJdhxYVO15bfVs=',
    },
    {
      name: 'a body outside ASCII',
      url,
      body: '[{"propertyValue":"Zoë – 東京"}]',
      signature: '3VntG/9YWnP+U98W7xrnT3qfJKuufjkv0MAqT1/EacE=',
    },
  ])('accepts $name', ({ url, body, signature }) => {
    expect(verifySignature(signed({ url, rawBody: Buffer.from(body), signatureHeader: signature }))).toEqual({
      ok: true,
    });
  });

  it('does not decode an escaped percent sign a second time', () => {
    const escaped = `${url}?a=%253A`;
    const headers = signWebhook({ secret: 'known-secret-1', url: escaped, rawBody: '[]', timestampMs: nowMs });

    const check = verifySignature(
      signed({ url: escaped, rawBody: Buffer.from('[]'), signatureHeader: headers['x-hubspot-signature-v3'] }),
    );

    expect(check).toEqual({ ok: true });
  });
});

describe('webhook signature: time window and rotation', () => {
  it.each([
    { offsetMs: 0, outcome: { ok: true } },
    { offsetMs: 300_000, outcome: { ok: true } },
    { offsetMs: 300_001, outcome: { ok: false, reason: 'too_old' } },
    { offsetMs: -300_000, outcome: { ok: true } },
    { offsetMs: -300_001, outcome: { ok: false, reason: 'from_the_future' } },
    { offsetMs: Number.NaN, outcome: { ok: false, reason: 'from_the_future' } },
  ])('a request read $offsetMs ms after it was signed: $outcome', ({ offsetMs, outcome }) => {
    expect(verifySignature(signed({ nowMs: nowMs + offsetMs }))).toEqual(outcome);
  });

  it.each([
    { secrets: ['new-secret', 'known-secret-1'], ok: true },
    { secrets: ['known-secret-1', 'old-secret'], ok: true },
    { secrets: ['', 'known-secret-1'], ok: true },
    { secrets: ['new-secret', 'old-secret'], ok: false },
  ])('with the secrets $secrets of a rotation: $ok', ({ secrets, ok }) => {
    expect(verifySignature(signed({ secrets })).ok).toBe(ok);
  });

  it.each([{ secrets: [] }, { secrets: [''] }])('refuses everything when no secret is set: $secrets', ({ secrets }) => {
    const headers = signWebhook({ secret: '', url, rawBody: '[{"eventId":1}]', timestampMs: nowMs });
    const check = verifySignature(signed({ secrets, signatureHeader: headers['x-hubspot-signature-v3'] }));

    expect(check).toEqual({ ok: false, reason: 'no_secret' });
  });
});

describe('webhook signature: odd headers are refused and never throw', () => {
  const good = signed().signatureHeader;

  it.each([
    { name: 'missing', signatureHeader: undefined },
    { name: 'empty', signatureHeader: '' },
    { name: 'a list', signatureHeader: ['a', 'b'] },
    { name: 'sent twice', signatureHeader: `${good}, ${good}` },
    { name: 'longer', signatureHeader: `${good}=` },
    { name: 'shorter', signatureHeader: String(good).slice(0, -1) },
    { name: 'in lower case', signatureHeader: String(good).toLowerCase() },
    { name: 'garbage', signatureHeader: '\u0000\uffff💥' },
  ])('signature $name', ({ signatureHeader }) => {
    expect(verifySignature(signed({ signatureHeader })).ok).toBe(false);
  });

  it.each([
    undefined,
    '',
    ' ',
    'NaN',
    '-1',
    '1e12',
    '1795000000000.5',
    `${nowMs}, ${nowMs}`,
    [String(nowMs)],
    '9'.repeat(40),
  ])('timestamp %j', (timestampHeader) => {
    expect(verifySignature(signed({ timestampHeader }))).toEqual({ ok: false, reason: 'no_timestamp' });
  });

  it('any text in both headers is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (signatureHeader, timestampHeader) => {
        expect(verifySignature(signed({ signatureHeader, timestampHeader })).ok).toBe(false);
      }),
    );
  });
});

describe('webhook signature: anything changed after signing is noticed', () => {
  it('one flipped bit anywhere in the body', () => {
    const body = fc.uint8Array({ minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(body, fc.nat(), fc.integer({ min: 0, max: 7 }), (bytes, at, bit) => {
        const rawBody = Buffer.from(bytes);
        const headers = signWebhook({ secret: 'known-secret-1', url, rawBody, timestampMs: nowMs });
        const flipped = Buffer.from(rawBody);
        flipped[at % flipped.length] = (flipped[at % flipped.length] ?? 0) ^ (1 << bit);
        const signatureHeader = headers['x-hubspot-signature-v3'];

        expect(verifySignature(signed({ rawBody, signatureHeader })).ok).toBe(true);
        expect(verifySignature(signed({ rawBody: flipped, signatureHeader })).ok).toBe(false);
      }),
    );
  });

  it('one other character anywhere in the signature', () => {
    const signature = String(signed().signatureHeader);
    for (let at = 0; at < signature.length; at += 1) {
      const other = signature[at] === 'A' ? 'B' : 'A';
      const signatureHeader = signature.slice(0, at) + other + signature.slice(at + 1);
      expect(verifySignature(signed({ signatureHeader })), `at ${at}`).toEqual({ ok: false, reason: 'mismatch' });
    }
  });

  it.each([
    { name: 'the method', change: { method: 'PUT' } },
    { name: 'http for https', change: { url: url.replace('https', 'http') } },
    { name: 'a trailing slash', change: { url: `${url}/` } },
    { name: 'another host', change: { url: url.replace('example.com', 'example.org') } },
    { name: 'the timestamp', change: { timestampHeader: String(nowMs + 1) } },
  ])('$name', ({ change }) => {
    expect(verifySignature(signed(change))).toEqual({ ok: false, reason: 'mismatch' });
  });
});
