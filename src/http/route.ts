import type { Request, RequestHandler, Response, Router } from 'express';
import { z } from 'zod';
import { checkRole, type Role, requireRole, type Token } from './authorize.ts';
import { readJsonBody } from './bodies.ts';
import type { Endpoint, Frozen } from './contract/endpoint.ts';
import { type Answer, type EndpointName, endpoints, type Read } from './contract/index.ts';
import { parse } from './parse.ts';

/** What every endpoint stands behind. Each guard is called in one place of this file. */
export type RouteAccess = { tokens: readonly Token[]; guards?: RouteGuards };

export type RouteGuards = {
  /** Called before the work of each endpoint, once it is known who asks for what. @throws Problem 429 */
  admit?(asked: AskedAction): void;
  /**
   * Called before the work of each POST and DELETE, also of one that will be refused for its role or its input. What it answers is called
   * with how that ended, before the caller is answered.
   */
  noteAction?(asked: AskedAction): Promise<(end: ActionEnd) => Promise<void>>;
  /** Does the work of a POST that came with an `Idempotency-Key`, or tells again what it told before. @throws Problem 409, 422 */
  once?(asked: AskedAction & { key: string }, work: () => Promise<Told>): Promise<Told>;
};

/** Who asks for what. `given` is parsed; null: it is not what the endpoint takes. */
type AskedAction = {
  name: EndpointName;
  /** Null: an endpoint that answers without sign-in. */
  actor: string | null;
  role: Role | null;
  given: Given | null;
  request: Request;
  response: Response;
};

type Given = { params: unknown; query: unknown; body: unknown };

/** An answer before it is sent. `replayed`: it is the answer to an earlier request. */
export type Told = { status: number; body: unknown; location: string | null; replayed?: boolean };

/** How an action ended: with an answer, or with what was thrown. */
export type ActionEnd = { told: Told } | { error: unknown };

/** A request as its handler sees it. */
export type Call<Name extends EndpointName> = {
  params: Read<Name, 'params'>;
  query: Read<Name, 'query'>;
  body: Read<Name, 'body'>;
  /** The name of the token's owner; empty where nobody is signed in. */
  actor: string;
  /** For input that asks for more than the endpoint's own role. @throws Problem 403 */
  demand(role: Role): void;
  request: Request;
  /** For headers of the answer; written to by an endpoint with a `media` of its own alone. */
  response: Response;
};

const verb = z.enum(['get', 'post', 'delete']);

/** Answers what the contract says; nothing where it names no JSON. A conditional type, so that the name alone says which endpoint it is. */
type Handler<Name extends EndpointName> = [Name] extends [EndpointName]
  ? (call: Call<Name>) => Awaitable<[Answer<Name>] extends [undefined] ? void : Frozen<Answer<Name>>>
  : never;

type Awaitable<Value> = Value | Promise<Value>;

/**
 * Registers an endpoint of the contract on a router that is mounted at `/api/v1`: sign-in, input, role, audit, idempotency key, answer.
 * `{id}` of a path becomes Express's `:id`. A handler of an endpoint with a `media` writes to `call.response` itself.
 */
export function route<Name extends EndpointName>(
  router: Router,
  name: Name,
  access: RouteAccess,
  handler: Handler<Name>,
): void {
  const [method = '', path = ''] = name.split(' ');
  // Nobody's body is read before the token is known.
  const signIn = endpoints[name].role === 'nobody' ? [] : [requireRole(access.tokens, 'viewer')];
  const body = method === 'POST' ? readJsonBody() : [];
  router[verb.parse(method.toLowerCase())](
    path.replaceAll(/\{(\w+)\}/g, ':$1'),
    tellName(name),
    ...signIn,
    ...body,
    serve(name, access, handler),
  );
}

/** For who measures: an address as the caller wrote it is the caller's own text. */
function tellName(name: EndpointName): RequestHandler {
  return (_request, { locals }, next) => {
    locals.endpoint = name;
    next();
  };
}

function serve<Name extends EndpointName>(
  name: Name,
  { guards = {} }: RouteAccess,
  handler: Handler<Name>,
): RequestHandler {
  const endpoint: Endpoint = endpoints[name];
  const isAction = !name.startsWith('GET ');
  const isPost = name.startsWith('POST ');
  return async (request, response) => {
    const read = readGiven(endpoint, request);
    const { actor = null, role = null } = response.locals;
    const asked = { name, actor, role, given: read.given ?? null, request, response };
    const work = async (given: Given): Promise<Told> => {
      const body = await handler(toCall<Name>(given, request, response));
      return { status: endpoint.status ?? 200, body, location: response.get('Location') ?? null };
    };
    const key = isPost ? request.get('idempotency-key') : undefined;
    const end = isAction ? await guards.noteAction?.(asked) : undefined;
    try {
      if (endpoint.role !== 'nobody') checkRole(response, endpoint.role);
      const { given } = read;
      if (given === undefined) throw read.problem;
      guards.admit?.(asked);
      const told =
        key === undefined || !guards.once ? await work(given) : await guards.once({ ...asked, key }, () => work(given));
      await end?.({ told });
      if (endpoint.media === undefined) send(response, told);
    } catch (error) {
      await end?.({ error });
      throw error;
    }
  };
}

/** The three parts of a request, or the problem with the first that is not what the endpoint takes. */
function readGiven(
  { params, query, body }: Endpoint,
  request: Request,
): { given: Given } | { given?: never; problem: unknown } {
  try {
    const given = {
      params: params && parse(params, request.params, 'The address'),
      query: query && parse(query, request.query, 'The query'),
      body: body && parse(body, request.body ?? {}, 'The body'),
    };
    return { given };
  } catch (problem) {
    return { problem };
  }
}

function toCall<Name extends EndpointName>(given: Given, request: Request, response: Response): Call<Name> {
  const rest = {
    actor: String(response.locals.actor ?? ''),
    demand: (role: Role) => checkRole(response, role),
    request,
    response,
  };
  // Parsed by this endpoint's own schemas, whose types a generic name does not resolve to.
  return { ...(given as Pick<Call<Name>, 'params' | 'query' | 'body'>), ...rest };
}

function send(response: Response, { status, body, location, replayed = false }: Told): void {
  if (location !== null) response.location(location);
  if (replayed) response.setHeader('Idempotency-Replayed', 'true');
  response.status(status);
  if (body === undefined) response.end();
  else response.json(body);
}
