import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import type { PropertyDefinition } from './default-properties.ts';
import {
  groupInput,
  parseBody,
  parseLimit,
  propertyBatchInput,
  propertyChangeInput,
  propertyInput,
  propertyNamesInput,
} from './inputs.ts';
import type { ObjectType } from './model.ts';
import { toPipelineAnswer, toStageAnswer } from './pipelines.ts';
import type { Owner, Portal } from './portal.ts';
import { badRequest, notFound, Refusal } from './refusal.ts';

/** `hasUniqueValue` properties per object type (properties guide). */
const MAX_UNIQUE = 10;

function toPropertyAnswer(definition: PropertyDefinition) {
  const { readOnlyValue, createdAt, updatedAt, ...members } = definition;
  const isOwn = !definition.hubspotDefined;
  return {
    ...members,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    archived: false,
    modificationMetadata: { archivable: isOwn, readOnlyDefinition: !isOwn, readOnlyOptions: false, readOnlyValue },
  };
}

function requireProperty(portal: Portal, type: ObjectType, name: string): PropertyDefinition {
  const definition = portal.properties.get(type, name);
  if (definition === undefined) throw notFound();
  return definition;
}

/** `GET /crm/v3/properties/{type}`. */
export function listProperties(portal: Portal, type: ObjectType): SandboxAnswer {
  return { status: 200, body: { results: portal.properties.list(type).map(toPropertyAnswer) } };
}

/** `GET /crm/v3/properties/{type}/{name}`: 404 for a name that is not there. */
export function readProperty(portal: Portal, type: ObjectType, name: string): SandboxAnswer {
  return { status: 200, body: toPropertyAnswer(requireProperty(portal, type, name)) };
}

type PropertyBody = ReturnType<typeof propertyInput.parse>;

function defineProperty(portal: Portal, type: ObjectType, input: PropertyBody): PropertyDefinition {
  if (portal.properties.get(type, input.name) !== undefined) {
    throw new Refusal(409, { message: `Property '${input.name}' already exists`, category: 'OBJECT_ALREADY_EXISTS' });
  }
  if (!portal.properties.groups(type).some((group) => group.name === input.groupName)) {
    throw badRequest(`Property group '${input.groupName}' does not exist`);
  }
  const customUnique = portal.properties.unique(type).filter((name) => name !== 'email');
  if (input.hasUniqueValue && customUnique.length >= MAX_UNIQUE)
    throw badRequest(`At most ${MAX_UNIQUE} unique properties are allowed`);
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
  return portal.properties.define(type, { ...given, name: input.name, options: input.options ?? [] });
}

/** `POST /crm/v3/properties/{type}`: 201, or 409 for a name that is taken. */
export function createProperty(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  return { status: 201, body: toPropertyAnswer(defineProperty(portal, type, parseBody(request, propertyInput))) };
}

/** `PATCH /crm/v3/properties/{type}/{name}`: sent options replace the list; `hasUniqueValue` cannot be changed. */
export function updateProperty(portal: Portal, type: ObjectType, name: string, request: SandboxRequest): SandboxAnswer {
  const input = parseBody(request, propertyChangeInput);
  const definition = requireProperty(portal, type, name);
  portal.properties.define(type, { ...definition, label: input.label ?? definition.label, updatedAt: portal.now() });
  if (input.options !== undefined) portal.properties.setOptions(type, name, input.options);
  return readProperty(portal, type, name);
}

/** `DELETE /crm/v3/properties/{type}/{name}`: 204. */
export function archiveProperty(portal: Portal, type: ObjectType, name: string): SandboxAnswer {
  requireProperty(portal, type, name);
  portal.properties.remove(type, name);
  return { status: 204 };
}

function toBatch(portal: Portal, status: number, results: unknown[]): SandboxAnswer {
  const at = new Date(portal.now()).toISOString();
  return { status, body: { status: 'COMPLETE', results, startedAt: at, completedAt: at } };
}

/** `POST /crm/v3/properties/{type}/batch/read`: names that are not there are left out. */
export function batchReadProperties(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const { inputs } = parseBody(request, propertyNamesInput);
  const found = inputs.flatMap(({ name }) => portal.properties.get(type, name) ?? []);
  return toBatch(portal, 200, found.map(toPropertyAnswer));
}

/** `POST /crm/v3/properties/{type}/batch/create`. */
export function batchCreateProperties(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const { inputs } = parseBody(request, propertyBatchInput);
  return toBatch(
    portal,
    201,
    inputs.map((input) => toPropertyAnswer(defineProperty(portal, type, input))),
  );
}

/** `GET /crm/v3/properties/{type}/groups`. */
export function listGroups(portal: Portal, type: ObjectType): SandboxAnswer {
  return {
    status: 200,
    body: { results: portal.properties.groups(type).map((group) => ({ ...group, archived: false })) },
  };
}

/** `POST /crm/v3/properties/{type}/groups`: 409 for a name that is taken. */
export function createGroup(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const group = parseBody(request, groupInput);
  if (portal.properties.groups(type).some((other) => other.name === group.name)) {
    throw new Refusal(409, {
      message: `Property group '${group.name}' already exists`,
      category: 'OBJECT_ALREADY_EXISTS',
    });
  }
  portal.properties.addGroup(type, group);
  return { status: 201, body: { ...group, archived: false } };
}

function toOwnerAnswer(owner: Owner) {
  const at = new Date(owner.createdAt).toISOString();
  const { createdAt: _createdAt, userId, ...members } = owner;
  // An archived owner has no `userId` any more, only the one that includes inactive users (owners guide).
  const ids = owner.archived ? { userIdIncludingInactive: userId } : { userId, userIdIncludingInactive: userId };
  return { ...members, ...ids, type: 'PERSON', createdAt: at, updatedAt: at };
}

/** `GET /crm/v3/owners`: by email or all, active ones or the archived ones, at most 500 a page. */
export function listOwners(portal: Portal, request: SandboxRequest): SandboxAnswer {
  const limit = parseLimit(request, 500, 100);
  const wantsArchived = request.query.get('archived') === 'true';
  const email = request.query.get('email')?.toLowerCase();
  const after = Number(request.query.get('after') ?? 0);
  const matching = portal.owners.filter((owner) => {
    return owner.archived === wantsArchived && (email === undefined || owner.email.toLowerCase() === email);
  });
  const results = matching.slice(after, after + limit).map(toOwnerAnswer);
  if (after + limit >= matching.length) return { status: 200, body: { results } };
  return { status: 200, body: { results, paging: { next: { after: String(after + limit) } } } };
}

/** `GET /crm/v3/owners/{id}`, by `idProperty=userId` too. */
export function readOwner(portal: Portal, id: string, request: SandboxRequest): SandboxAnswer {
  const isByUser = request.query.get('idProperty') === 'userId';
  const wantsArchived = request.query.get('archived') === 'true';
  const owner = portal.owners.find((candidate) => {
    return candidate.archived === wantsArchived && (isByUser ? String(candidate.userId) : candidate.id) === id;
  });
  if (owner === undefined) throw notFound();
  return { status: 200, body: toOwnerAnswer(owner) };
}

/** `GET /crm/v3/pipelines/deals`. */
export function listPipelines(portal: Portal): SandboxAnswer {
  return { status: 200, body: { results: portal.dealPipelines.map(toPipelineAnswer) } };
}

/** `GET /crm/v3/pipelines/deals/{id}`, `…/{id}/stages` and `…/{id}/stages/{stageId}`: 404 for an id that is not there. */
export function readPipeline(portal: Portal, id: string, wantsStages: boolean, stageId?: string): SandboxAnswer {
  const pipeline = portal.dealPipelines.find((candidate) => candidate.id === id);
  if (pipeline === undefined) throw notFound();
  if (!wantsStages) return { status: 200, body: toPipelineAnswer(pipeline) };
  if (stageId === undefined) return { status: 200, body: { results: pipeline.stages.map(toStageAnswer) } };
  const stage = pipeline.stages.find((candidate) => candidate.id === stageId);
  if (stage === undefined) throw notFound();
  return { status: 200, body: toStageAnswer(stage) };
}

/** The account's distance from UTC at an instant, as minutes. */
function toOffsetMinutes(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at);
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(parts.at(-1)?.value ?? '') ?? [];
  const distance = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === '-' ? -distance : distance;
}

/** `GET /account-info/v3/details`: which portal the token belongs to. */
export function readAccount(portal: Portal): SandboxAnswer {
  const { timeZone, companyCurrency, currencies } = portal.settings;
  const minutes = toOffsetMinutes(timeZone, portal.now());
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  const distance = Math.abs(minutes);
  const body = {
    portalId: portal.settings.portalId,
    accountType: 'DEVELOPER_TEST',
    timeZone,
    companyCurrency,
    additionalCurrencies: currencies.filter((code) => code !== companyCurrency),
    utcOffset: `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(distance / 60))}:${twoDigits(distance % 60)}`,
    utcOffsetMilliseconds: minutes * 60_000,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'na1',
  };
  return { status: 200, body };
}
