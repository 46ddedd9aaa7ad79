import { z } from 'zod';
import { isLoopback } from './domain/loopback.ts';
import { createSecret, type Secret } from './secret.ts';

/** One person or machine that may use `/api/v1`. */
export type AdminToken = { name: string; role: 'viewer' | 'operator' | 'admin'; token: Secret };

export const baseUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const fault = url === null ? 'is not a URL' : faultOfUrl(url);
  if (fault === null) return text.replace(/\/+$/, '');
  context.addIssue({ code: 'custom', message: fault });
  return z.NEVER;
});

function faultOfUrl(url: URL): string | null {
  const fault = faultOfProtocol(url) ?? faultOfLogin(url);
  if (fault !== null) return fault;
  return url.search !== '' || url.hash !== '' ? 'must not hold a query or a fragment' : null;
}

function faultOfProtocol({ protocol, hostname }: URL): string | null {
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https://';
  const isPlain = protocol === 'http:' && !isLoopback(hostname);
  return isPlain ? 'must begin with https:// (http:// is for loopback hosts only)' : null;
}

function faultOfLogin({ username, password }: URL): string | null {
  return username !== '' || password !== '' ? 'must not hold a user name or password' : null;
}

/** Where messages are posted. Whoever knows the address may post there, so it is a secret; it may hold a query. */
export const webhookUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  const fault = url === null ? 'is not a URL' : (faultOfProtocol(url) ?? faultOfLogin(url));
  if (fault === null) return createSecret(text);
  context.addIssue({ code: 'custom', message: fault });
  return z.NEVER;
});

export const serverUrl = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL that begins with ${protocols[0]}//`,
    )
    .transform(createSecret);

export const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to,
      `must be a whole number from ${from} to ${to}`,
    )
    .transform(Number);

export const secret = z.string().transform(createSecret);

/** It is sent as a bearer token, which holds no blanks. */
export const metricsToken = z
  .string()
  .refine((text) => /^\S{8,500}$/.test(text), 'must be 8 to 500 characters without blanks')
  .transform(createSecret);

export const oneOf = <Word extends string>(...words: [Word, ...Word[]]) =>
  z.enum(words, `must be one of: ${words.join(', ')}`);

/** As whom the service itself acts in the audit log. */
const takenNames: readonly string[] = ['sync', 'metrics'];

const tokenEntry = z.string().regex(/^[^:\s]+:(viewer|operator|admin):\S+$/);

export const adminTokens = z.string().transform((text, context) => {
  const entries = splitList(text);
  for (const [index, entry] of entries.entries()) {
    if (!tokenEntry.safeParse(entry).success) {
      const message = `has a wrong entry at place ${index + 1}: write name:role:token with role viewer, operator or admin`;
      context.addIssue({ code: 'custom', message });
    } else if (takenNames.includes(entry.split(':')[0]?.toLowerCase() ?? '')) {
      const message = `has at place ${index + 1} a name that the service itself acts under: sync and metrics are taken`;
      context.addIssue({ code: 'custom', message });
    }
  }
  return entries.map((entry): AdminToken => {
    const [name = '', role, ...token] = entry.split(':');
    return {
      name,
      role: role === 'admin' || role === 'operator' ? role : 'viewer',
      token: createSecret(token.join(':')),
    };
  });
});

/** A share of the org's daily limit (`0.5`; `1` is all of it), or a number of calls. */
export const dailyBudget = z.string().transform((text, context): { share: number } | { calls: number } => {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= 1) return { share: value };
  if (Number.isInteger(value) && value > 1) return { calls: value };
  context.addIssue({ code: 'custom', message: 'must be a share between 0 and 1, or a whole number of calls' });
  return z.NEVER;
});

/** `23:30` in UTC; `off` is null. */
export const timeOfDay = z.string().transform((text, context): { hour: number; minute: number } | null => {
  if (text === 'off') return null;
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour !== undefined && minute !== undefined) return { hour: Number(hour), minute: Number(minute) };
  context.addIssue({ code: 'custom', message: 'must be an hour and a minute such as 03:00, or off' });
  return z.NEVER;
});

/** `a, b` as a list without blanks. */
function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export const secretList = z
  .string()
  .refine((text) => splitList(text).length > 0, 'is an empty list')
  .transform((text) => splitList(text).map(createSecret));
