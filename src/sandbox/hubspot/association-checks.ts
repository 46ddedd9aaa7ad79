import type { z } from 'zod';
import type { AssociationType } from './association-types.ts';
import type { associationSpec } from './inputs.ts';
import { linksOf } from './links.ts';
import { type ObjectType, SINGULAR } from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest, Refusal } from './refusal.ts';

type Spec = z.infer<typeof associationSpec>;
/** One of the two records of an association. */
export type End = { type: ObjectType; id: string };

/** 400 of an association that cannot be, in the shape that was captured (hubspot-api-nodejs #646). */
function invalidAssociation(type: ObjectType, recordId: string): Refusal {
  const name = SINGULAR[type].toUpperCase();
  return new Refusal(400, {
    message: 'One or more associations are invalid',
    category: 'VALIDATION_ERROR',
    context: { INVALID_OBJECT_IDS: [`${name}=${recordId} is not valid`], objectId: [recordId], objectType: [name] },
  });
}

/** Both records must be there and alive; an id that was merged away is not one (using-object-apis page). */
export function requireRecords(portal: Portal, ...ends: End[]): void {
  for (const end of ends) {
    const record = portal.stores[end.type].get(end.id);
    if (record === undefined || record.state.archived) throw invalidAssociation(end.type, end.id);
  }
}

/** An admin may limit how many records of a type one record is associated with; then a further one fails (associations schema guide). */
export function requireRoom(portal: Portal, from: End, to: End, alsoNew: readonly { from: End; to: End }[] = []): void {
  for (const [end, other] of [
    [from, to],
    [to, from],
  ] as const) {
    const limit = portal.associationLimits.get(`${end.type} ${other.type}`);
    if (limit === undefined) continue;
    const present = linksOf(portal, end.type, end.id, other.type).map(({ toId }) => toId);
    const coming = alsoNew.flatMap((pair) => [pair, { from: pair.to, to: pair.from }]);
    const added = coming.filter((pair) => pair.from.type === end.type && pair.from.id === end.id);
    const ids = new Set([...present, ...added.flatMap((pair) => (pair.to.type === other.type ? pair.to.id : []))]);
    if (ids.has(other.id) || ids.size < limit) continue;
    throw new Refusal(400, {
      message: `${SINGULAR[end.type]} ${end.id} may be associated with at most ${limit} ${other.type}`,
      category: 'VALIDATION_ERROR',
      subCategory: 'crm.associations.ASSOCIATION_LIMIT_EXCEEDED',
      context: { objectId: [end.id], objectType: [SINGULAR[end.type].toUpperCase()] },
    });
  }
}

/** The types of one input. A number of another direction makes HubSpot look for the record among the objects of that direction. */
export function requireTypes(portal: Portal, from: End, to: End, specs: readonly Spec[]): AssociationType[] {
  if (specs.length === 0) throw badRequest('At least one association type is required');
  return specs.map(({ associationCategory: category, associationTypeId: typeId }) => {
    const type = portal.associationTypes.find(from.type, to.type, category, typeId);
    if (type !== undefined) return type;
    const other = portal.associationTypes.findAnywhere(category, typeId);
    if (other !== undefined && other.from !== from.type) throw invalidAssociation(other.from, from.id);
    if (other !== undefined) throw invalidAssociation(other.to, to.id);
    throw badRequest(`No association type ${typeId} of category ${category} between ${from.type} and ${to.type}`);
  });
}

/** The links a new record is to get, checked before the record is made; the target's object type follows from category and number. */
export function requireNewLinks(
  portal: Portal,
  from: ObjectType,
  associations: readonly { to: { id: string }; types: readonly Spec[] }[],
): { to: End; types: AssociationType[] }[] {
  return associations.map(({ to, types }) => {
    const first = types[0];
    if (first === undefined) throw badRequest('At least one association type is required');
    const known = portal.associationTypes.findAnywhere(first.associationCategory, first.associationTypeId);
    if (known === undefined || known.from !== from) {
      throw badRequest(`No association type ${first.associationTypeId} from ${from}`);
    }
    const end = { type: known.to, id: to.id };
    requireRecords(portal, end);
    requireRoom(portal, { type: from, id: '' }, end);
    return { to: end, types: requireTypes(portal, { type: from, id: '' }, end, types) };
  });
}
