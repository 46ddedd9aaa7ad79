import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parseCookie } from 'cookie';
import type { CookieOptions, Request, Response } from 'express';
import { type AccessLedger, sessionIdlesMs } from '../ports/ledger-access.ts';
import type { Token } from './authorize.ts';
import type { Role } from './contract/endpoint.ts';

/** A session ends after this time, whatever happens, and sooner where nobody uses it. */
const sessionLastsMs = 12 * 3_600_000;

const sessionCookie = 'handoff_session';
/** 32 bytes, as `begin` writes them. */
const cookieForm = /^[\w-]{43}$/;

/** Who is signed in at the page. */
type Session = { name: string; role: Role; expiresAtMs: number };

export type Sessions = {
  /** Begins a session for the owner of the token. @returns what the cookie is to hold */
  begin(token: Token): Promise<{ value: string; expiresAtMs: number }>;
  /** Null: it is unknown, over, or its token is none of ours. @param isUse a person asks, not the page by itself */
  find(value: string, isUse: boolean): Promise<Session | null>;
  end(value: string): Promise<void>;
};

/**
 * Sessions of the page. The ledger keeps the hash of the cookie's value and, keyed with that value, a hash of the token: role and validity are
 * looked up among today's tokens at each request, so that a token that is gone or was changed ends its sessions. The row stays: while tokens are
 * changed, another process may know this one.
 */
export function createSessions(
  tokens: readonly Token[],
  ledger: Pick<AccessLedger, 'startSession' | 'findSession' | 'endSession'>,
): Sessions {
  return {
    async begin({ name, token }) {
      const value = randomBytes(32).toString('base64url');
      const tokenProof = proofOf(value, token.reveal());
      const expiresAtMs = await ledger.startSession({ idHash: hash(value), name, tokenProof, lastsMs: sessionLastsMs });
      return { value, expiresAtMs };
    },
    async find(value, isUse) {
      const row = await ledger.findSession(hash(value), { idleMs: sessionIdlesMs, isUse });
      if (row === null) return null;
      const found = tokens.filter(({ token }) => isEqual(proofOf(value, token.reveal()), row.tokenProof))[0];
      return found === undefined ? null : { name: found.name, role: found.role, expiresAtMs: row.expiresAtMs };
    },
    end: async (value) => await ledger.endSession(hash(value)),
  };
}

/** What a browser holds of ours; undefined: nothing that could be ours, so that nobody asks the ledger for it. */
export function readSessionCookie(request: Request): string | undefined {
  const header = request.headers.cookie;
  const value = header === undefined ? undefined : parseCookie(header)[sessionCookie];
  return value !== undefined && cookieForm.test(value) ? value : undefined;
}

export function setSessionCookie(response: Response, value: string, secure: boolean): void {
  response.cookie(sessionCookie, value, { ...attributes(secure), maxAge: sessionLastsMs });
}

export function clearSessionCookie(response: Response, secure: boolean): void {
  response.clearCookie(sessionCookie, attributes(secure));
}

const attributes = (secure: boolean): CookieOptions => ({ httpOnly: true, sameSite: 'strict', path: '/', secure });

function hash(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}

function proofOf(value: string, token: string): Buffer {
  return createHmac('sha256', value).update(token).digest();
}

function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
