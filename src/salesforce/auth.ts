import { importPKCS8, SignJWT } from 'jose';
import { OAuth2 } from 'jsforce';
import type { Transport } from 'jsforce/lib/transport.js';
import { z } from 'zod';
import { SyncError } from '../errors.ts';

/** How Handoff logs in: as the app's run-as user, or as a user who pre-authorised the app's certificate. */
export type SalesforceAuth =
  | { kind: 'client-credentials'; clientSecret: string }
  | { kind: 'jwt'; username: string; privateKeyPem: string; audience: string };

export type Session = { accessToken: string; instanceUrl: string; orgId: string; userId: string };

/** Salesforce accepts a few minutes; three are commonly quoted. */
const JWT_LIFETIME_SECONDS = 180;
const JWT_GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  instance_url: z.url({ protocol: /^https?$/ }),
  id: z.string().regex(/\/id\/[a-zA-Z0-9]{15,18}\/[a-zA-Z0-9]{15,18}$/),
});

function isLoopback(url: URL): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
}

/**
 * A JWT that says who logs in. `now` is epoch milliseconds, `exp` in the token seconds.
 * @throws SyncError needs-human `salesforce_private_key` when the key cannot be read
 */
async function signAssertion(
  clientId: string,
  auth: Extract<SalesforceAuth, { kind: 'jwt' }>,
  now: number,
): Promise<string> {
  const key = await importPKCS8(auth.privateKeyPem, 'RS256').catch(() => {
    throw new SyncError(
      'needs-human',
      'salesforce_private_key',
      'SALESFORCE_PRIVATE_KEY is not an RSA key in PKCS#8 form.',
      {
        advice: 'Convert it with: openssl pkcs8 -topk8 -nocrypt -in key.pem',
      },
    );
  });
  return new SignJWT()
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(clientId)
    .setSubject(auth.username)
    .setAudience(auth.audience)
    .setExpirationTime(Math.floor(now / 1000) + JWT_LIFETIME_SECONDS)
    .sign(key);
}

/**
 * Asks for an access token; one request. The org and user are taken from the answer's identity URL, which is never fetched.
 * Network faults and refusals are thrown as they come.
 */
export async function requestSession(
  options: { loginUrl: string; clientId: string; auth: SalesforceAuth },
  transport: Transport,
  now: number,
): Promise<Session> {
  const { loginUrl, clientId, auth } = options;
  // The JWT flow names the app inside the assertion, so no client id goes beside it.
  const client = auth.kind === 'jwt' ? {} : { clientId, clientSecret: auth.clientSecret };
  const oauth2 = new OAuth2({ loginUrl, ...client });
  oauth2._transport = transport;
  const grant: { grant_type: string; [name: string]: string } =
    auth.kind === 'jwt'
      ? { grant_type: JWT_GRANT, assertion: await signAssertion(clientId, auth, now) }
      : { grant_type: 'client_credentials' };
  return toSession(await oauth2.requestToken(grant), loginUrl);
}

function toSession(answer: unknown, loginUrl: string): Session {
  const parsed = tokenAnswer.safeParse(answer);
  const instance = parsed.success ? new URL(parsed.data.instance_url) : null;
  const isSafe =
    instance !== null && (instance.protocol === 'https:' || (isLoopback(instance) && isLoopback(new URL(loginUrl))));
  if (!parsed.success || instance === null || !isSafe) {
    throw new SyncError(
      'retryable',
      'salesforce_bad_token_answer',
      'Salesforce answered the login in an unexpected form.',
      {
        advice: 'Check that SALESFORCE_LOGIN_URL is the My Domain URL of the org.',
      },
    );
  }
  const [orgId = '', userId = ''] = parsed.data.id.split('/').slice(-2);
  return { accessToken: parsed.data.access_token, instanceUrl: instance.origin, orgId, userId };
}
