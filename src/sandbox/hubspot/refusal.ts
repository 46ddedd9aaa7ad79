import { randomUUID } from 'node:crypto';
import type { SandboxAnswer } from '../server.ts';

/** One property value that HubSpot refuses, with its code such as `INVALID_OPTION`. */
export type ValueFault = { name: string; code: string; message: string };

/** The members of HubSpot's error body; all optional there except `message`. */
export type ErrorBody = {
  status: 'error';
  message: string;
  correlationId: string;
  category?: string;
  subCategory?: string;
  errors?: { message: string; code?: string; in?: string; context?: Record<string, string[]> }[];
  context?: Record<string, string[]>;
  errorType?: string;
  policyName?: string;
};

/** An answer other than the one asked for, thrown by a handler. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Record<string, string>;

  constructor(status: number, body: Omit<ErrorBody, 'status' | 'correlationId'>, headers: Record<string, string> = {}) {
    super(body.message);
    this.name = 'Refusal';
    this.status = status;
    this.body = { status: 'error', correlationId: randomUUID(), ...body };
    this.headers = headers;
  }
}

/** The refusal on the wire, with the correlation id in a header too (error-handling page). */
export function toAnswer(refusal: Refusal): SandboxAnswer {
  const headers = { ...refusal.headers, 'x-hubspot-correlation-id': refusal.body.correlationId };
  return { status: refusal.status, headers, body: refusal.body };
}

/** 404 of a single read or write: no such record, or it is in the recycle bin. */
export function notFound(): Refusal {
  return new Refusal(404, { message: 'resource not found', category: 'OBJECT_NOT_FOUND' });
}

/** 400 of a request that is wrong as a whole. */
export function badRequest(message: string): Refusal {
  return new Refusal(400, { message, category: 'VALIDATION_ERROR' });
}

/** 409 of a contact whose email (secondary ones too) belongs to another (contacts guide: the message ends `Existing ID: <id>`). */
export function contactExists(existingId: string): Refusal {
  return new Refusal(409, { message: `Contact already exists. Existing ID: ${existingId}`, category: 'CONFLICT' });
}

/** What is written inside the message of a validation error: JSON, one entry per value (error-handling page). */
export function toValueMessage(faults: readonly ValueFault[], portalId: number): string {
  const list = faults.map((fault) => ({
    isValid: false,
    message: fault.message,
    error: fault.code,
    name: fault.name,
    localizedErrorMessage: fault.message,
    portalId,
  }));
  return `Property values were not valid: ${JSON.stringify(list)}`;
}

/** 400 VALIDATION_ERROR of bad property values: JSON inside `message` and, newer, `errors[].code` with the property's name. */
export function invalidValues(faults: readonly ValueFault[], portalId: number): Refusal {
  return new Refusal(400, {
    message: toValueMessage(faults, portalId),
    category: 'VALIDATION_ERROR',
    errors: faults.map(({ name, code, message }) => ({ message, code, context: { propertyName: [name] } })),
  });
}
