import { z } from 'zod';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { type End, requireRecords, requireRoom, requireTypes } from './association-checks.ts';
import type { AssociationType } from './association-types.ts';
import { associationSpec, parseBody, parseLimit } from './inputs.ts';
import { type Link, link, linksOf, unlink } from './links.ts';
import { type ObjectType, TYPE_IDS } from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest, Refusal } from './refusal.ts';
import { toAppAuthor } from './writes.ts';

/** Most inputs of a batch read and of a batch write (associations guide, changelog on the limit of batch reads). */
const MAX_READ = 1000;
const MAX_WRITE = 2000;

const id = z.union([z.string(), z.number()]).transform(String);
const objectId = z.object({ id });
const pair = z.object({ from: objectId, to: objectId });
const createBatch = z.object({ inputs: z.array(pair.extend({ types: z.array(associationSpec) })) });
const defaultBatch = z.object({ inputs: z.array(pair) });
const archiveBatch = z.object({ inputs: z.array(z.object({ from: objectId, to: z.array(objectId) })) });
const readBatch = z.object({ inputs: z.array(z.object({ id, after: z.string().optional() })) });

function requireSize(count: number, max: number): void {
  if (count > max) throw badRequest(`The maximum number of inputs supported in a batch request is ${max}`);
}

function toTypeAnswer({ category, typeId, label }: AssociationType) {
  return { category, typeId, label };
}

function toLinkAnswer({ toId, types }: Link) {
  // A number here although ids are text everywhere else (associations guide, sample answer).
  return { toObjectId: Number(toId), associationTypes: types.map(toTypeAnswer) };
}

/** Where a page ended, in the form of HubSpot's own tokens: base64 of type id and record id, percent-encoded (changelog on batch reads). */
function toToken(to: ObjectType, lastId: string): string {
  return encodeURIComponent(Buffer.from(`${TYPE_IDS[to]}-${lastId}`).toString('base64'));
}

function readToken(to: ObjectType, token: string | undefined): number {
  if (token === undefined || token === '') return 0;
  const text = Buffer.from(token.replaceAll('%3D', '='), 'base64').toString('utf8');
  const prefix = `${TYPE_IDS[to]}-`;
  const lastId = Number(text.slice(prefix.length));
  if (!text.startsWith(prefix) || !Number.isInteger(lastId)) throw badRequest('Invalid paging token');
  return lastId;
}

/** One page of a record's associations behind `after`, a token of the page before. */
function readPage(portal: Portal, from: End, to: ObjectType, after: string | undefined, limit: number) {
  const passed = readToken(to, after);
  const rest = linksOf(portal, from.type, from.id, to).filter(({ toId }) => Number(toId) > passed);
  const page = rest.slice(0, limit);
  const last = page.at(-1)?.toId;
  const paging = last === undefined || rest.length <= limit ? {} : { paging: { next: { after: toToken(to, last) } } };
  return { page: page.map(toLinkAnswer), paging };
}

function toPairAnswer(from: End, to: End, types: readonly AssociationType[]) {
  return {
    fromObjectTypeId: TYPE_IDS[from.type],
    fromObjectId: from.id,
    toObjectTypeId: TYPE_IDS[to.type],
    toObjectId: to.id,
    labels: types.flatMap(({ label }) => label ?? []),
  };
}

function toBatch(portal: Portal, results: readonly unknown[]) {
  const at = new Date(portal.now()).toISOString();
  return { status: 'COMPLETE', results, startedAt: at, completedAt: at };
}

/** `GET /crm/v4/objects/{from}/{id}/associations/{to}`. */
export function listAssociations(portal: Portal, from: End, to: ObjectType, request: SandboxRequest): SandboxAnswer {
  const limit = Math.min(parseLimit(request, 500, 500), portal.settings.associationPageSize);
  const { page, paging } = readPage(portal, from, to, request.query.get('after') ?? undefined, limit);
  return { status: 200, body: { results: page, ...paging } };
}

/** `PUT /crm/v4/objects/{from}/{id}/associations/{to}/{toId}` with a list of types. */
export function putAssociation(portal: Portal, from: End, to: End, request: SandboxRequest): SandboxAnswer {
  const types = requireTypes(portal, from, to, parseBody(request, z.array(associationSpec)));
  requireRecords(portal, from, to);
  requireRoom(portal, from, to);
  link(portal, from, to, types, { teller: toAppAuthor(portal) });
  return { status: 201, body: toPairAnswer(from, to, types) };
}

/** `DELETE /crm/v4/objects/{from}/{id}/associations/{to}/{toId}`: 204, labels and all. */
export function deleteAssociation(portal: Portal, from: End, to: End): SandboxAnswer {
  unlink(portal, from, to, 'all', toAppAuthor(portal));
  return { status: 204 };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/read`: "none" is an error entry of a 207, and `after` of an input goes on where its page ended. */
export function batchReadAssociations(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  request: SandboxRequest,
): SandboxAnswer {
  const { inputs } = parseBody(request, readBatch);
  requireSize(inputs.length, MAX_READ);
  const limit = portal.settings.associationPageSize;
  const all = inputs.map(({ id: fromId, after }) => {
    const { page, paging } = readPage(portal, { type: from, id: fromId }, to, after, limit);
    return { from: { id: fromId }, to: page, ...paging };
  });
  const body = toBatch(
    portal,
    all.filter((entry) => entry.to.length > 0),
  );
  const errors = all
    .filter((entry) => entry.to.length === 0)
    .map((entry) => ({
      status: 'error',
      category: 'OBJECT_NOT_FOUND',
      subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
      message: `No ${to} is associated with ${from} ${entry.from.id}.`,
      context: { fromObjectId: [entry.from.id], fromObjectType: [from], toObjectType: [to] },
      links: {},
      errors: [],
    }));
  if (errors.length === 0) return { status: 200, body };
  return { status: 207, body: { ...body, numErrors: errors.length, errors } };
}

/** What a refused input is told as in a 207. */
function toError({ body }: Refusal) {
  const { message, category = 'VALIDATION_ERROR', context = {} } = body;
  return { status: 'error', category, message, context, links: {}, errors: [] };
}

/** Without a setting one refused input refuses them all; with it each answers for itself. */
function keepValid<W>(portal: Portal, inputs: readonly W[], check: (input: W, before: readonly W[]) => void) {
  const valid: W[] = [];
  const errors: ReturnType<typeof toError>[] = [];
  for (const input of inputs) {
    try {
      check(input, valid);
      valid.push(input);
    } catch (thrown) {
      if (!(thrown instanceof Refusal) || portal.settings.associationErrors === 'batch') throw thrown;
      errors.push(toError(thrown));
    }
  }
  return { valid, errors };
}

/** The pairs of a batch and the association types it names for each. */
function parseLabelled(portal: Portal, from: ObjectType, to: ObjectType, request: SandboxRequest) {
  const { inputs } = parseBody(request, createBatch);
  requireSize(inputs.length, MAX_WRITE);
  return inputs.map((input) => {
    const ends = { from: { type: from, id: input.from.id }, to: { type: to, id: input.to.id } };
    return { ...ends, types: requireTypes(portal, ends.from, ends.to, input.types) };
  });
}

/** `POST /crm/v4/associations/{from}/{to}/batch/create`: 201; for invalid inputs a 400 or a 207, as the portal is set. */
export function batchCreateAssociations(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  request: SandboxRequest,
): SandboxAnswer {
  const writes = parseLabelled(portal, from, to, request);
  const { valid, errors } = keepValid(portal, writes, (write, before) => {
    requireRecords(portal, write.from, write.to);
    requireRoom(portal, write.from, write.to, before);
  });
  for (const write of valid) link(portal, write.from, write.to, write.types, { teller: toAppAuthor(portal) });
  const body = toBatch(
    portal,
    valid.map((write) => toPairAnswer(write.from, write.to, write.types)),
  );
  if (errors.length === 0) return { status: 201, body };
  return { status: 207, body: { ...body, numErrors: errors.length, errors } };
}

/** Links without a label; labels that a pair has already stay. Answers both directions. */
function linkPlainly(portal: Portal, from: End, to: End) {
  requireRecords(portal, from, to);
  requireRoom(portal, from, to);
  const plain = portal.associationTypes.unlabelled(from.type, to.type);
  if (plain === undefined) throw badRequest(`${from.type} and ${to.type} cannot be associated`);
  link(portal, from, to, [], { teller: toAppAuthor(portal), keeps: true });
  const toSpec = ({ category, typeId }: AssociationType) => ({
    associationCategory: category,
    associationTypeId: typeId,
  });
  return [
    { from: { id: from.id }, to: { id: to.id }, associationSpec: toSpec(plain) },
    { from: { id: to.id }, to: { id: from.id }, associationSpec: toSpec(plain.inverse) },
  ];
}

/** `PUT /crm/v4/objects/{from}/{id}/associations/default/{to}/{toId}`. */
export function putDefaultAssociation(portal: Portal, from: End, to: End): SandboxAnswer {
  return { status: 200, body: toBatch(portal, linkPlainly(portal, from, to)) };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/associate/default`. */
export function batchDefaultAssociations(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  request: SandboxRequest,
): SandboxAnswer {
  const { inputs } = parseBody(request, defaultBatch);
  requireSize(inputs.length, MAX_WRITE);
  const results = inputs.flatMap((input) =>
    linkPlainly(portal, { type: from, id: input.from.id }, { type: to, id: input.to.id }),
  );
  return { status: 200, body: toBatch(portal, results) };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/archive`: 204, also for what is not there. */
export function batchArchiveAssociations(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  request: SandboxRequest,
): SandboxAnswer {
  const { inputs } = parseBody(request, archiveBatch);
  requireSize(inputs.length, MAX_WRITE);
  for (const input of inputs) {
    for (const target of input.to)
      deleteAssociation(portal, { type: from, id: input.from.id }, { type: to, ...target });
  }
  return { status: 204 };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/labels/archive`: 204; the unlabelled type takes every label and the association with it. */
export function batchArchiveLabels(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  request: SandboxRequest,
): SandboxAnswer {
  const writes = parseLabelled(portal, from, to, request);
  for (const write of writes) unlink(portal, write.from, write.to, write.types, toAppAuthor(portal));
  return { status: 204 };
}
