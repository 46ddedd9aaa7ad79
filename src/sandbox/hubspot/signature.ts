import { createHmac } from 'node:crypto';

/** The escapes that are decoded in the URI before signing, and no others (request validation page). */
const DECODED: Record<string, string> = {
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

/**
 * `X-HubSpot-Signature-v3`: base64 of HMAC-SHA256 under the client secret over method, URI, raw body and timestamp.
 *
 * @param timestamp epoch milliseconds as the header's text
 */
export function signV3(
  clientSecret: string,
  message: { method: string; uri: string; body: string; timestamp: string },
): string {
  const uri = message.uri.replace(/%[0-9A-F]{2}/gi, (code) => DECODED[code.toUpperCase()] ?? code);
  return createHmac('sha256', clientSecret)
    .update(message.method + uri + message.body + message.timestamp, 'utf8')
    .digest('base64');
}
