import { z } from 'zod';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { associationSpec, parseBody } from './inputs.ts';
import { type ObjectType, TYPE_IDS } from './model.ts';
import type { Portal } from './portal.ts';
import { notFound } from './refusal.ts';

/** Unlabelled association numbers by direction (associations guide). */
const UNLABELLED: Record<string, number> = {
  'contacts companies': 279,
  'companies contacts': 280,
  'deals companies': 341,
  'companies deals': 342,
  'deals contacts': 3,
  'contacts deals': 4,
};
/** What a number means on the other side: a primary company is `1` from the contact and `2` from the company. */
const REVERSE: Record<number, number> = { 1: 2, 2: 1, 5: 6, 6: 5 };

type Spec = { associationCategory: string; associationTypeId: number };

const objectId = z.object({ id: z.union([z.string(), z.number()]).transform(String) });
const createBatch = z.object({
  inputs: z.array(z.object({ from: objectId, to: objectId, types: z.array(associationSpec) })),
});
const readBatch = z.object({ inputs: z.array(z.object({ id: z.union([z.string(), z.number()]).transform(String) })) });

/** The type a record of `from` is linked to by one of these numbers. */
function toTargetType(from: ObjectType, specs: readonly Spec[]): ObjectType {
  const ids = specs.map((spec) => spec.associationTypeId);
  if (from === 'contacts') return ids.includes(4) ? 'deals' : 'companies';
  if (from === 'companies') return ids.some((id) => id === 342 || id === 6) ? 'deals' : 'contacts';
  return ids.includes(3) ? 'contacts' : 'companies';
}

function put(portal: Portal, from: string, to: string, ids: readonly number[]): void {
  const links = portal.associations.get(from) ?? new Map<string, Set<number>>();
  links.set(to, new Set(ids));
  portal.associations.set(from, links);
}

/** Links two records in both directions; a labelled association brings the unlabelled one with it, earlier labels are replaced. */
export function associate(
  portal: Portal,
  from: ObjectType,
  id: string,
  toId: string,
  specs: readonly Spec[],
  toType?: ObjectType,
): void {
  const target = toType ?? toTargetType(from, specs);
  if (portal.stores[from].resolve(id) === undefined || portal.stores[target].resolve(toId) === undefined)
    throw notFound();
  const plain = UNLABELLED[`${from} ${target}`] ?? 0;
  const plainBack = UNLABELLED[`${target} ${from}`] ?? 0;
  const labels = specs.map((spec) => spec.associationTypeId).filter((number) => number !== plain);
  const labelsBack = labels.flatMap((number) => REVERSE[number] ?? []);
  put(portal, `${from}/${id}`, `${target}/${toId}`, [plain, ...labels]);
  put(portal, `${target}/${toId}`, `${from}/${id}`, [plainBack, ...labelsBack]);
}

function readLinks(portal: Portal, from: ObjectType, id: string, to: ObjectType) {
  const links = [...(portal.associations.get(`${from}/${id}`) ?? [])].filter(([target]) => target.startsWith(`${to}/`));
  return links.map(([target, numbers]) => ({
    // A number here although ids are text everywhere else (associations guide, sample answer).
    toObjectId: Number(target.slice(to.length + 1)),
    associationTypes: [...numbers].map((typeId) => ({
      category: 'HUBSPOT_DEFINED',
      typeId,
      label: REVERSE[typeId] === undefined ? null : 'Primary',
    })),
  }));
}

/** Carries the links of a merged-away record over to the survivor; under the old id they read empty (changelog on merging deals). */
export function moveAssociations(portal: Portal, type: ObjectType, oldId: string, newId: string): void {
  const old = `${type}/${oldId}`;
  const survivor = `${type}/${newId}`;
  for (const [target, numbers] of portal.associations.get(old) ?? []) {
    put(portal, survivor, target, [...numbers]);
    const back = portal.associations.get(target);
    const backNumbers = back?.get(old);
    if (back === undefined || backNumbers === undefined) continue;
    back.delete(old);
    back.set(survivor, backNumbers);
  }
  portal.associations.delete(old);
}

function toPairAnswer(from: ObjectType, id: string, to: ObjectType, toId: string) {
  return {
    fromObjectTypeId: TYPE_IDS[from],
    fromObjectId: id,
    toObjectTypeId: TYPE_IDS[to],
    toObjectId: toId,
    labels: [],
  };
}

/** `GET /crm/v4/objects/{from}/{id}/associations/{to}`. */
export function listAssociations(portal: Portal, from: ObjectType, id: string, to: ObjectType): SandboxAnswer {
  return { status: 200, body: { results: readLinks(portal, from, id, to) } };
}

/** `PUT /crm/v4/objects/{from}/{id}/associations/{to}/{toId}` with a list of types. */
export function putAssociation(
  portal: Portal,
  from: { type: ObjectType; id: string },
  to: { type: ObjectType; id: string },
  request: SandboxRequest,
): SandboxAnswer {
  const specs = parseBody(request, z.array(associationSpec));
  associate(portal, from.type, from.id, to.id, specs, to.type);
  return { status: 201, body: toPairAnswer(from.type, from.id, to.type, to.id) };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/read`: "none" is an error entry of a 207. */
export function batchReadAssociations(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  request: SandboxRequest,
): SandboxAnswer {
  const { inputs } = parseBody(request, readBatch);
  const at = new Date(portal.now()).toISOString();
  const all = inputs.map(({ id }) => ({ from: { id }, to: readLinks(portal, from, id, to) }));
  const results = all.filter((entry) => entry.to.length > 0);
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
  const body = { status: 'COMPLETE', results, startedAt: at, completedAt: at };
  if (errors.length === 0) return { status: 200, body };
  return { status: 207, body: { ...body, numErrors: errors.length, errors } };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/create`. */
export function batchCreateAssociations(
  portal: Portal,
  from: ObjectType,
  to: ObjectType,
  request: SandboxRequest,
): SandboxAnswer {
  const { inputs } = parseBody(request, createBatch);
  const at = new Date(portal.now()).toISOString();
  for (const input of inputs) associate(portal, from, input.from.id, input.to.id, input.types, to);
  const results = inputs.map((input) => toPairAnswer(from, input.from.id, to, input.to.id));
  return { status: 201, body: { status: 'COMPLETE', results, startedAt: at, completedAt: at } };
}
