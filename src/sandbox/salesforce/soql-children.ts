import { RequestFault } from './fault.ts';
import type { Org } from './org.ts';

/** The children behind a relationship name such as `OpportunityContactRoles`: their object, and their field that names the parent. */
export type ChildRelation = { type: string; field: string };

type ListedRelation = { childSObject: string; field: string; relationshipName: string };

/** Every way from this object to its children, as describe lists them. */
export function listChildRelations(org: Org, type: string): ListedRelation[] {
  const visible = org.schema.objects().filter(({ name }) => !org.schema.isHidden(name));
  return visible.flatMap((object) =>
    object.fields.flatMap(({ name, referenceTo, childRelationship }) => {
      if (childRelationship === undefined || referenceTo?.includes(type) !== true) return [];
      return [{ childSObject: object.name, field: name, relationshipName: childRelationship }];
    }),
  );
}

/** The relation that a subquery's FROM names. Throws INVALID_TYPE as the API answers an unknown one. */
export function findChildRelation(org: Org, type: string, name: string): ChildRelation & { name: string } {
  const lower = name.toLowerCase();
  const found = listChildRelations(org, type).find(({ relationshipName }) => relationshipName.toLowerCase() === lower);
  if (found === undefined) {
    const message = `Didn't understand relationship '${name}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`;
    throw new RequestFault(400, 'INVALID_TYPE', message);
  }
  return { type: found.childSObject, field: found.field, name: found.relationshipName };
}
