import { z } from 'zod';
import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import type { AssociationType } from './association-types.ts';
import { parseBody } from './inputs.ts';
import { dropLabel } from './links.ts';
import type { ObjectType } from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest, notFound } from './refusal.ts';

const newLabel = z.object({ label: z.string(), name: z.string(), inverseLabel: z.string().optional() });
const labelChange = z.object({
  associationTypeId: z.number(),
  label: z.string(),
  inverseLabel: z.string().optional(),
});

function toAnswer({ category, typeId, label }: AssociationType) {
  return { category, typeId, label };
}

function requireLabel(portal: Portal, from: ObjectType, to: ObjectType, typeId: number): AssociationType {
  const type = portal.associationTypes.find(from, to, 'USER_DEFINED', typeId);
  if (type === undefined) throw notFound();
  return type;
}

/** `GET /crm/v4/associations/{from}/{to}/labels`: every type of this direction, the unlabelled one with `label: null`. */
export function listLabels(portal: Portal, from: ObjectType, to: ObjectType): SandboxAnswer {
  return { status: 200, body: { results: portal.associationTypes.list(from, to).map(toAnswer) } };
}

/** `POST …/labels`: the numbers of both directions, this one first; 400 beyond ten labels (associations schema guide). */
export function createLabel(portal: Portal, from: ObjectType, to: ObjectType, request: SandboxRequest): SandboxAnswer {
  const input = parseBody(request, newLabel);
  let made: AssociationType;
  try {
    made = portal.associationTypes.define(from, to, input);
  } catch (thrown) {
    throw badRequest(thrown instanceof Error ? thrown.message : String(thrown));
  }
  return { status: 200, body: { results: [made, made.inverse].map(toAnswer) } };
}

/** `PUT …/labels`: 204. */
export function renameLabel(portal: Portal, from: ObjectType, to: ObjectType, request: SandboxRequest): SandboxAnswer {
  const { associationTypeId, label, inverseLabel } = parseBody(request, labelChange);
  portal.associationTypes.rename(requireLabel(portal, from, to, associationTypeId), label, inverseLabel);
  return { status: 204 };
}

/** `DELETE …/labels/{typeId}`: 204; associations that had the label keep the rest. */
export function deleteLabel(portal: Portal, from: ObjectType, to: ObjectType, typeId: number): SandboxAnswer {
  const type = requireLabel(portal, from, to, typeId);
  portal.associationTypes.remove(type);
  dropLabel(portal, type);
  return { status: 204 };
}
