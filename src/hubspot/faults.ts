import { z } from 'zod';
import { type ErrorBody, errorBodySchema } from './schemas.ts';

/** What is known of the answer to a call, also where the client threw it away. Filled in while the call runs. */
export type Seen = { status?: number; headers: Readonly<Record<string, string>> };

/** A failed call or a failed item of a batch, before it is judged. */
export type Fault = {
  /** `answer`: HubSpot refused; `timeout` and `network`: no whole answer came; `unreadable`: a 2xx that does not parse. */
  nature: 'answer' | 'timeout' | 'network' | 'unreadable';
  status: number | undefined;
  /** Absent where the answer was no JSON of HubSpot's. */
  body: ErrorBody | undefined;
  headers: Readonly<Record<string, string>>;
  /** Code of the socket or name resolution error, such as `ECONNRESET`. */
  networkCode: string | undefined;
};

/** The client's exceptions are one class per module, so they are known by their shape. */
const apiExceptionSchema = z.object({ code: z.number().int(), body: z.unknown() });
const codeSchema = z.object({ code: z.string() });

function parseErrorBody(body: unknown): ErrorBody | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const parsed = errorBodySchema.safeParse(body);
  return parsed.success ? parsed.data : undefined;
}

function findNetworkCode(thrown: Error): string | undefined {
  const own = codeSchema.safeParse(thrown.cause);
  if (own.success) return own.data.code;
  // Several addresses were tried: the errors are listed.
  const list = thrown.cause instanceof AggregateError ? thrown.cause.errors : [];
  return list.map((entry) => codeSchema.safeParse(entry)).find((entry) => entry.success)?.data?.code;
}

/** Looks at a thrown value and at what was seen of the answer. Never reads messages. */
export function toFault(thrown: unknown, seen: Seen): Fault {
  const none = { body: undefined, networkCode: undefined, status: seen.status, headers: seen.headers };
  const exception = apiExceptionSchema.safeParse(thrown);
  if (exception.success) {
    const { code, body } = exception.data;
    return { ...none, nature: 'answer', status: code, body: parseErrorBody(body) };
  }
  const error = thrown instanceof Error ? thrown : undefined;
  if (error?.name === 'TimeoutError' || error?.name === 'AbortError') return { ...none, nature: 'timeout' };
  // The status was seen, the body was cut, empty or broken: the status decides.
  if (seen.status !== undefined && seen.status >= 400) return { ...none, nature: 'answer' };
  const networkCode = error === undefined ? undefined : findNetworkCode(error);
  if (seen.status === undefined || networkCode !== undefined) return { ...none, nature: 'network', networkCode };
  return { ...none, nature: 'unreadable' };
}

/** Statuses for the categories of batch items, which have none of their own. */
const STATUS_OF_CATEGORY: Readonly<Record<string, number>> = {
  VALIDATION_ERROR: 400,
  EXPIRED_AUTHENTICATION: 401,
  INVALID_AUTHENTICATION: 401,
  MISSING_SCOPES: 403,
  OBJECT_NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITS: 429,
};

/** An entry of `errors` in a 207 as a fault. */
export function toItemFault(item: ErrorBody, seen: Seen): Fault {
  const status = STATUS_OF_CATEGORY[item.category ?? ''];
  return { nature: 'answer', status, body: item, headers: seen.headers, networkCode: undefined };
}

const valueFaultsSchema = z.array(
  z.object({ name: z.string().optional(), error: z.string().optional() }).catch({ name: undefined, error: undefined }),
);

/**
 * The older form of a validation error has its details as a JSON list inside the message (error-handling page). Only its members `name`
 * and `error` are looked at.
 */
function parseListInMessage(message: string | undefined): { name?: string | undefined; error?: string | undefined }[] {
  const from = message?.indexOf('[') ?? -1;
  const until = message?.lastIndexOf(']') ?? -1;
  if (message === undefined || from < 0 || until < from) return [];
  try {
    return valueFaultsSchema.parse(JSON.parse(message.slice(from, until + 1)));
  } catch {
    return [];
  }
}

/** Names come out of answers, so only what looks like a name of HubSpot's is passed on: a value could hold anything. */
function isName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/.test(text);
}

function unique(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined && isName(text)))].filter((text) => text !== undefined);
}

/** Property names and codes of a validation error, e.g. `{ fields: ['jobtitle'], codes: ['INVALID_OPTION'] }`. */
export function findRefusedFields(body: ErrorBody | undefined): { fields: string[]; codes: string[] } {
  const errors = body?.errors ?? [];
  const listed = parseListInMessage(body?.message);
  const named = errors.flatMap(({ context, name }) => [...(context?.propertyName ?? []), name]);
  const fields = unique([...named, ...(body?.context?.propertyName ?? []), ...listed.map(({ name }) => name)]);
  return { fields, codes: unique([...errors.map(({ code }) => code), ...listed.map(({ error }) => error)]) };
}

/** The scopes a 403 asks for. */
export function findScopes(body: ErrorBody | undefined): string[] {
  const contexts = [body?.context, ...(body?.errors ?? []).map(({ context }) => context)];
  return unique(
    contexts.flatMap((context) => [...(context?.requiredGranularScopes ?? []), ...(context?.requiredScopes ?? [])]),
  );
}

/** The id of the record that holds the value already; HubSpot gives it in the message only, after these words. */
export function findExistingIds(body: ErrorBody | undefined): string[] {
  return [...(body?.message ?? '').matchAll(/Existing ID: (\d{1,20})/g)].map(([, id]) => id ?? '');
}

/** The ids of records that an association names and HubSpot does not have (seen in issues of HubSpot's Node client, 2025). */
export function findInvalidIds(body: ErrorBody | undefined): string[] {
  return (body?.context?.objectId ?? []).filter((id) => /^\d{1,20}$/.test(id));
}
