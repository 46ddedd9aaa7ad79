import { z } from 'zod';

/** Who may do what: each role may do all that the one before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** One address of `/api/v1`: what it takes, what it answers, and who may ask. Routes, OpenAPI and the page are built from it. */
export type Endpoint = {
  /** Below it: 403. `nobody`: answers without sign-in. */
  role: Role | 'nobody';
  summary: string;
  description?: string;
  /** Of the reference: which chapter it is in. */
  tag: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** Absent: the body is not read. An empty body counts as `{}`. */
  body?: z.ZodType;
  /** 200 where it is absent. */
  status?: 200 | 201 | 202 | 204;
  /** Absent: nothing is answered (204), or something that is no JSON (`media`). */
  answer?: z.ZodType;
  media?: 'text/csv' | 'text/event-stream';
};

/** Keeps the exact types of an endpoint. */
export function defineEndpoint<const Defined extends Endpoint>(endpoint: Defined): Defined {
  return endpoint;
}

/** A moment, ISO 8601 in UTC. */
export const moment = z.iso.datetime().meta({ description: 'ISO 8601, UTC', examples: ['2026-11-22T09:30:00.000Z'] });

export const systemName = z.enum(['hubspot', 'salesforce']);

/** A page of a list. `nextCursor` null: there is no more. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** What all lists take. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(200).optional(),
});

/** A record of either CRM. */
export const recordReference = z.object({ system: systemName, object: z.string(), recordId: z.string() });

/** What a schema describes, read-only: what a view of it answers. */
export type Shown<Schema extends z.ZodType> = Frozen<z.output<Schema>>;

export type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value;
