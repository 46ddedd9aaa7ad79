import { readFileSync } from 'node:fs';
import type { Reader } from './config.ts';
import { isLoopback } from './domain/loopback.ts';
import { createSecret, type Secret } from './secret.ts';

export type SalesforceAuth =
  | { flow: 'client_credentials'; clientSecret: Secret }
  | { flow: 'jwt_bearer'; username: string; privateKey: Secret; audience: string };

/** How the service signs in to Salesforce: one of both flows, whole. What is wrong is told to the reader. */
export function readSalesforceAuth(reader: Reader): SalesforceAuth {
  const clientSecret = reader.read('SALESFORCE_CLIENT_SECRET');
  const [username, key] = [reader.read('SALESFORCE_USERNAME'), reader.read('SALESFORCE_PRIVATE_KEY')];
  const wantsJwt = username !== undefined || key !== undefined;
  if (clientSecret !== undefined) {
    if (wantsJwt)
      reader.fault(
        'SALESFORCE_CLIENT_SECRET',
        'and SALESFORCE_USERNAME or SALESFORCE_PRIVATE_KEY exclude each other: choose one flow',
      );
    return { flow: 'client_credentials', clientSecret };
  }
  if (!wantsJwt)
    reader.fault(
      'SALESFORCE_CLIENT_SECRET',
      'is missing (or set SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY for the JWT flow)',
    );
  else if (username === undefined) reader.fault('SALESFORCE_USERNAME', 'is missing: SALESFORCE_PRIVATE_KEY needs it');
  else if (key === undefined) reader.fault('SALESFORCE_PRIVATE_KEY', 'is missing: SALESFORCE_USERNAME needs it');
  return {
    flow: 'jwt_bearer',
    username: username ?? '',
    privateKey: readPrivateKey(reader, key),
    audience: reader.read('SALESFORCE_JWT_AUDIENCE') ?? defaultAudience(reader.read('SALESFORCE_LOGIN_URL')),
  };
}

function readPrivateKey(reader: Reader, key: Secret | undefined): Secret {
  const text = key?.reveal() ?? '';
  if (text === '') return createSecret('');
  try {
    const pem = (text.startsWith('@') ? readFileSync(text.slice(1), 'utf8') : text).replaceAll('\\n', '\n');
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----\n/.test(pem)) return createSecret(pem);
    reader.fault('SALESFORCE_PRIVATE_KEY', 'is not a private key in PEM form');
  } catch {
    reader.fault('SALESFORCE_PRIVATE_KEY', 'names a file that cannot be read');
  }
  return createSecret('');
}

/** Salesforce's rule for the `aud` claim; My Domain names of sandboxes hold `--` or `.sandbox.`. A loopback org stands for itself. */
function defaultAudience(loginUrl: string | undefined): string {
  if (loginUrl === undefined) return '';
  const host = new URL(loginUrl).hostname;
  if (isLoopback(host)) return loginUrl;
  const sandbox = host === 'test.salesforce.com' || host.includes('.sandbox.') || host.includes('--');
  return sandbox ? 'https://test.salesforce.com' : 'https://login.salesforce.com';
}
