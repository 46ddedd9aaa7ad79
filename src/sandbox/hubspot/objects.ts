import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { select, toObjectAnswer } from './answers.ts';
import { toAssociated } from './associated.ts';
import { requireNewLinks } from './association-checks.ts';
import { createInput, eraseInput, mergeInput, parseBody, parseLimit, parseNames, updateInput } from './inputs.ts';
import { link } from './links.ts';
import { eraseContact, mergeRecords } from './merges.ts';
import type { ObjectType, SandboxRecord } from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest, notFound } from './refusal.ts';
import {
  archiveRecord,
  createRecord,
  findConflict,
  findMissing,
  requireValid,
  toAppAuthor,
  updateRecord,
} from './writes.ts';

/**
 * The living record of this id (the survivor, for a merged id) or of this unique value; `undefined` when there is none.
 * Throws 400 for an `idProperty` that is not unique.
 */
export function findRecord(
  portal: Portal,
  type: ObjectType,
  id: string,
  idProperty?: string,
): SandboxRecord | undefined {
  const isById = idProperty === undefined || idProperty === 'hs_object_id';
  if (!isById && !portal.properties.unique(type).includes(idProperty)) {
    throw badRequest(`Unable to perform operation by non-unique property "${idProperty}"`);
  }
  const record = isById ? portal.stores[type].resolve(id) : portal.stores[type].findUnique(idProperty, id);
  return record === undefined || record.state.archived ? undefined : record;
}

function requireRecord(portal: Portal, type: ObjectType, id: string, idProperty?: string): SandboxRecord {
  const record = findRecord(portal, type, id, idProperty);
  if (record === undefined) throw notFound();
  return record;
}

/** `GET /crm/v3/objects/{type}`: by id, at most 100 a page (50 with history), no ceiling; `archived=true` lists the recycle bin. */
export function listObjects(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const history = parseNames(request, 'propertiesWithHistory');
  const limit = parseLimit(request, history.length > 0 ? 50 : 100, 10);
  const wantsArchived = request.query.get('archived') === 'true';
  const after = request.query.get('after');
  const selection = select(portal, type, parseNames(request, 'properties'), history);
  const all = portal.stores[type].all();
  const results = [];
  let next: SandboxRecord | undefined;
  for (let place = after === null ? 0 : portal.stores[type].indexFrom(Number(after)); place < all.length; place += 1) {
    const record = all[place];
    if (record === undefined || record.state.archived !== wantsArchived) continue;
    if (results.length === limit) {
      next = record;
      break;
    }
    results.push(toObjectAnswer(record, selection));
  }
  const link = next === undefined ? '' : `https://api.hubapi.com${request.path}?after=${next.id}`;
  // `after` is the id of the next record (using-object-apis page).
  const body = next === undefined ? { results } : { results, paging: { next: { after: next.id, link } } };
  return { status: 200, body };
}

/** `GET …/{id}`: a merged id answers the survivor under its own id; what is in the recycle bin needs `archived=true`. */
export function readObject(portal: Portal, type: ObjectType, id: string, request: SandboxRequest): SandboxAnswer {
  const idProperty = request.query.get('idProperty') ?? undefined;
  const selection = select(
    portal,
    type,
    parseNames(request, 'properties'),
    parseNames(request, 'propertiesWithHistory'),
  );
  const binned = request.query.get('archived') === 'true' ? portal.stores[type].resolve(id) : undefined;
  const record = binned?.state.archived ? binned : requireRecord(portal, type, id, idProperty);
  const associated = toAssociated(portal, record, parseNames(request, 'associations'));
  return { status: 200, body: { ...toObjectAnswer(record, selection), ...associated } };
}

/** `POST …/{type}`: 201; 409 with the existing id for an email that is taken. */
export function createObject(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const input = parseBody(request, createInput);
  const values = requireValid(portal, type, input.properties);
  const refusal = findMissing(type, values) ?? findConflict(portal, type, values);
  if (refusal !== undefined) throw refusal;
  const links = requireNewLinks(portal, type, input.associations);
  const record = createRecord(portal, type, values, toAppAuthor(portal));
  for (const { to, types } of links) link(portal, record, to, types, { teller: toAppAuthor(portal) });
  return { status: 201, body: toObjectAnswer(record, select(portal, type, Object.keys(values))) };
}

/** `PATCH …/{id}`: the answer shows what is stored, which is not what was sent when a backward lifecycle stage was ignored. */
export function updateObject(portal: Portal, type: ObjectType, id: string, request: SandboxRequest): SandboxAnswer {
  const input = parseBody(request, updateInput);
  const record = requireRecord(portal, type, id, request.query.get('idProperty') ?? undefined);
  const values = requireValid(portal, type, input.properties, record);
  const conflict = findConflict(portal, type, values, record);
  if (conflict !== undefined) throw conflict;
  updateRecord(portal, record, values, toAppAuthor(portal));
  return { status: 200, body: toObjectAnswer(record, select(portal, type, Object.keys(values))) };
}

/** `DELETE …/{id}`: 204, also for an id that is not there. */
export function archiveObject(portal: Portal, type: ObjectType, id: string): SandboxAnswer {
  const record = findRecord(portal, type, id);
  if (record !== undefined) archiveRecord(portal, record, toAppAuthor(portal));
  return { status: 204 };
}

/** `POST …/merge`: the survivor, with a new id. */
export function mergeObjects(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const input = parseBody(request, mergeInput);
  const primary = requireRecord(portal, type, input.primaryObjectId);
  const other = requireRecord(portal, type, input.objectIdToMerge);
  if (primary === other) throw badRequest('Cannot merge a record with itself');
  const survivor = mergeRecords(portal, primary, other, toAppAuthor(portal));
  return { status: 200, body: toObjectAnswer(survivor, select(portal, type, ['hs_merged_object_ids'])) };
}

/** `POST …/contacts/gdpr-delete`: 204; an address that nobody carries is blocked for ever (contacts specification). */
export function eraseObject(portal: Portal, request: SandboxRequest): SandboxAnswer {
  const input = parseBody(request, eraseInput);
  const record = findRecord(portal, 'contacts', input.objectId, input.idProperty);
  if (record !== undefined) eraseContact(portal, record, toAppAuthor(portal));
  else if (input.idProperty === 'email') portal.blockedEmails.add(input.objectId.toLowerCase());
  else throw notFound();
  return { status: 204 };
}
