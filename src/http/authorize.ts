import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import type { Secret } from '../secret.ts';
import { type Role, roles } from './contract/endpoint.ts';
import { Problem } from './problems.ts';

export type { Role };
export type Token = { name: string; role: Role; token: Secret };

const rank: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/**
 * Lets a request through whose bearer token has at least the role; 401 without a token that we know, 403 below the role. All tokens are
 * compared, each in constant time. The name of the token's owner is left in `response.locals.actor`,
 * its role in `response.locals.role`.
 */
export function requireRole(tokens: readonly Token[], role: Role): RequestHandler {
  const known = tokens.map(({ name, role: held, token }) => ({ name, held, hash: digest(token.reveal()) }));
  return (request, response, next) => {
    const given = /^Bearer (\S+)$/i.exec(request.get('authorization') ?? '')?.[1];
    const hash = digest(given ?? '');
    const found = known.filter((entry) => timingSafeEqual(entry.hash, hash))[0];
    if (given === undefined || found === undefined) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      throw new Problem(401, 'unauthorized', 'Send a token of ADMIN_TOKENS as "Authorization: Bearer …".');
    }
    response.locals.actor = found.name;
    response.locals.role = found.held;
    checkRole(response, role);
    next();
  };
}

/** @throws Problem 403 when who signed in is below the role */
export function checkRole({ locals }: Response, role: Role): void {
  const held = roles.find((each) => each === locals.role);
  if (held === undefined || rank[held] < rank[role])
    throw new Problem(403, 'forbidden', `This needs the role ${role}.`);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
