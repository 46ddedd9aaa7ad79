import { RequestFault } from './fault.ts';
import type { Org } from './org.ts';
import type { WriteContext } from './types.ts';

/** One REST call below `/services/data/vXX.X`, or one subrequest of a composite call. */
export type ApiCall = {
  org: Org;
  /** Such as `67.0`. */
  version: string;
  method: string;
  /** Decoded path segments below the version root. */
  segments: string[];
  query: URLSearchParams;
  /** Lower-case names. */
  header: (name: string) => string | undefined;
  /** The parsed JSON body, undefined where there is none. */
  body: unknown;
  userId: string;
  /** Imposed by a composite call with `allOrNone: true` on the collections inside it. */
  forcesAllOrNone: boolean;
};

/** The body as an object, or JSON_PARSER_ERROR. */
export function requireObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  throw new RequestFault(
    400,
    'JSON_PARSER_ERROR',
    'The HTTP entity body is required, but this request has no entity body.',
  );
}

/** The resource does not exist, in the words of the REST API. */
export function notFound(message = 'The requested resource does not exist'): RequestFault {
  return new RequestFault(404, 'NOT_FOUND', message);
}

export function methodNotAllowed(method: string): RequestFault {
  const message = `HTTP Method '${method}' not allowed. Allowed are HEAD,GET,POST,PATCH,DELETE`;
  return new RequestFault(405, 'METHOD_NOT_ALLOWED', message);
}

/** The canonical name of the object in a path; unknown ones are 404 as documented. */
export function requireType(org: Org, name: string | undefined): string {
  const object = name === undefined ? undefined : org.schema.object(name);
  if (object === undefined || org.schema.isHidden(object.name)) throw notFound();
  return object.name;
}

/**
 * What the headers say about a write. `Sforce-Auto-Assign` defaults to TRUE (REST API guide, "Assignment Rule Header"); the duplicate rule
 * header defaults to false in all its parts.
 */
export function toWriteContext(call: ApiCall): WriteContext {
  const duplicates = (call.header('sforce-duplicate-rule-header') ?? '').toLowerCase().replaceAll(' ', '');
  return {
    userId: call.userId,
    assigns: (call.header('sforce-auto-assign') ?? 'TRUE').toUpperCase() !== 'FALSE',
    savesDuplicates: duplicates.includes('allowsave=true'),
    showsDuplicateRecords: duplicates.includes('includerecorddetails=true'),
    isHuman: false,
  };
}

/** The decoded segments of a path; what cannot be decoded is no resource. */
export function splitPath(path: string): string[] {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    throw notFound();
  }
}
