import { createHmac, timingSafeEqual } from 'node:crypto';

/** A header as Node gives it; a list or nothing is not a signature. */
type Header = string | readonly string[] | undefined;

export type SignedRequest = {
  /** Client secrets, newest first; several during a rotation. */
  secrets: readonly string[];
  method: string;
  /** The URL HubSpot called: the configured public URL and path, never one put together from proxy headers. */
  url: string;
  /** The bytes as received, before anything parsed them. */
  rawBody: Buffer;
  /** `X-HubSpot-Signature-v3`. */
  signatureHeader: Header;
  /** `X-HubSpot-Request-Timestamp`: epoch milliseconds as text. */
  timestampHeader: Header;
  nowMs: number;
};

export type SignatureCheck =
  | { ok: true }
  | { ok: false; reason: 'no_secret' | 'no_signature' | 'no_timestamp' | 'too_old' | 'from_the_future' | 'mismatch' };

/** HubSpot refuses requests older than five minutes; ours also refuses those from the future, which nobody can have sent yet. */
const WINDOW_MS = 300_000;

/** The twelve escapes that are decoded before signing; every other one stays as it is (request validation page). */
const DECODED: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
};

function decodeUri(uri: string): string {
  return uri.replace(/%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi, (found) => DECODED[found.toUpperCase()] ?? found);
}

/** Equal texts, in a time that depends on the length alone. */
function isSame(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected, 'utf8'), Buffer.from(given, 'utf8')];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Checks HubSpot's v3 signature: base64 of HMAC-SHA256, keyed with the client secret, over method + decoded URI + raw body + timestamp.
 * Never throws; anything odd in the headers is a refusal.
 *
 * @see https://developers.hubspot.com/docs/api/webhooks/validating-requests (read 2026-11-22)
 */
export function verifySignature(request: SignedRequest): SignatureCheck {
  const { signatureHeader, timestampHeader, nowMs } = request;
  const secrets = request.secrets.filter((secret) => secret !== '');
  if (secrets.length === 0) return { ok: false, reason: 'no_secret' };
  if (typeof signatureHeader !== 'string' || signatureHeader === '') return { ok: false, reason: 'no_signature' };
  // A header sent twice arrives joined by a comma, which neither this nor the signature can be.
  if (typeof timestampHeader !== 'string' || !/^\d{1,15}$/.test(timestampHeader)) {
    return { ok: false, reason: 'no_timestamp' };
  }
  const ageMs = nowMs - Number(timestampHeader);
  if (ageMs > WINDOW_MS) return { ok: false, reason: 'too_old' };
  // Written so that an unusable clock refuses as well.
  if (!(ageMs >= -WINDOW_MS)) return { ok: false, reason: 'from_the_future' };
  const start = request.method.toUpperCase() + decodeUri(request.url);
  // Every secret is tried, so that the time does not tell which one fits.
  const matches = secrets.map((secret) => {
    const hmac = createHmac('sha256', secret).update(start, 'utf8').update(request.rawBody);
    return isSame(hmac.update(timestampHeader, 'utf8').digest('base64'), signatureHeader);
  });
  return matches.includes(true) ? { ok: true } : { ok: false, reason: 'mismatch' };
}
