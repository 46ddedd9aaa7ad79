import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import {
  batchArchiveAssociations,
  batchArchiveLabels,
  batchCreateAssociations,
  batchDefaultAssociations,
  batchReadAssociations,
  deleteAssociation,
  listAssociations,
  putAssociation,
  putDefaultAssociation,
} from './associations.ts';
import { batchArchive, batchCreate, batchRead, batchUpdate, batchUpsert } from './batches.ts';
import { createLabel, deleteLabel, listLabels, renameLabel } from './labels-api.ts';
import type { Family } from './limits.ts';
import { listMemberships, readList } from './lists.ts';
import { OBJECT_TYPES, type ObjectType, SINGULAR, TYPE_IDS } from './model.ts';
import {
  archiveObject,
  createObject,
  eraseObject,
  listObjects,
  mergeObjects,
  readObject,
  updateObject,
} from './objects.ts';
import type { Portal } from './portal.ts';
import { searchObjects } from './search.ts';
import * as settingsApi from './settings-api.ts';
import { readTokenInfo, tokenInfoPath } from './token-info.ts';
import { readDailyUsage } from './usage-api.ts';

/** A request that has found its handler: what it counts as, which scope it needs, and the handler. */
export type Route = {
  family: Family;
  scope: string | undefined;
  run: (portal: Portal, request: SandboxRequest) => SandboxAnswer;
};

/** The one table of paths: those of the API client and those of the dated API of 2026-03. */
const AREAS: readonly {
  prefix: string;
  area: 'objects' | 'associations' | 'properties' | 'owners' | 'pipelines' | 'account' | 'lists';
}[] = [
  { prefix: '/crm/v3/objects/', area: 'objects' },
  { prefix: '/crm/v4/objects/', area: 'objects' },
  { prefix: '/crm/objects/2026-03/', area: 'objects' },
  { prefix: '/crm/v4/associations/', area: 'associations' },
  { prefix: '/crm/associations/v4/', area: 'associations' },
  { prefix: '/crm/associations/2026-03/', area: 'associations' },
  { prefix: '/crm/v3/properties/', area: 'properties' },
  { prefix: '/crm/properties/2026-03/', area: 'properties' },
  { prefix: '/crm/v3/owners/', area: 'owners' },
  { prefix: '/crm/owners/2026-03/', area: 'owners' },
  { prefix: '/crm/v3/pipelines/', area: 'pipelines' },
  { prefix: '/crm/pipelines/2026-03/', area: 'pipelines' },
  { prefix: '/crm/v3/lists/', area: 'lists' },
  { prefix: '/crm/lists/2026-03/', area: 'lists' },
  { prefix: '/account-info/v3/', area: 'account' },
  { prefix: '/account-info/2026-03/', area: 'account' },
];

/** Areas whose paths name no object type first. */
const PLAIN_AREAS: ReadonlySet<string> = new Set(['owners', 'pipelines', 'account', 'lists']);

const TYPES_BY_NAME = new Map<string, ObjectType>(
  OBJECT_TYPES.flatMap((type) => [type, SINGULAR[type], TYPE_IDS[type]].map((name) => [name, type] as const)),
);

function toType(name: string | undefined): ObjectType | undefined {
  return name === undefined ? undefined : TYPES_BY_NAME.get(name);
}

const OBJECT_POSTS: Record<
  string,
  { family: Family; run: (portal: Portal, type: ObjectType, request: SandboxRequest) => SandboxAnswer }
> = {
  'batch/read': { family: 'read', run: batchRead },
  'batch/create': { family: 'write', run: batchCreate },
  'batch/update': { family: 'write', run: batchUpdate },
  'batch/upsert': { family: 'write', run: batchUpsert },
  'batch/archive': { family: 'write', run: batchArchive },
  search: { family: 'search', run: searchObjects },
  merge: { family: 'write', run: mergeObjects },
};

function toObjectRoute(method: string, type: ObjectType, rest: readonly string[]): Route | undefined {
  const read = `crm.objects.${type}.read`;
  const write = `crm.objects.${type}.write`;
  const [first, second, ...more] = rest;
  if (second === 'associations' && first !== undefined) return toPairRoute(method, { type, id: first }, more, write);
  if (method === 'POST' && first === undefined) {
    return { family: 'write', scope: write, run: (portal, request) => createObject(portal, type, request) };
  }
  if (method === 'POST') {
    if (first === 'gdpr-delete' && type === 'contacts') return { family: 'write', scope: write, run: eraseObject };
    const post = OBJECT_POSTS[rest.join('/')];
    if (post === undefined) return undefined;
    return {
      family: post.family,
      scope: post.family === 'write' ? write : read,
      run: (portal, request) => post.run(portal, type, request),
    };
  }
  if (method === 'GET' && first === undefined) {
    return { family: 'read', scope: read, run: (portal, request) => listObjects(portal, type, request) };
  }
  if (first === undefined || second !== undefined) return undefined;
  if (method === 'GET')
    return { family: 'read', scope: read, run: (portal, request) => readObject(portal, type, first, request) };
  if (method === 'PATCH')
    return { family: 'write', scope: write, run: (portal, request) => updateObject(portal, type, first, request) };
  if (method === 'DELETE')
    return { family: 'write', scope: write, run: (portal) => archiveObject(portal, type, first) };
  return undefined;
}

function toPairRoute(
  method: string,
  from: { type: ObjectType; id: string },
  path: readonly string[],
  scope: string,
): Route | undefined {
  const isDefault = path[0] === 'default';
  const [target, id] = isDefault ? path.slice(1) : path;
  const to = toType(target);
  if (to === undefined) return undefined;
  const route = (run: Route['run']): Route => ({ family: 'association', scope, run });
  if (id === undefined) {
    const list: Route['run'] = (portal, request) => listAssociations(portal, from, to, request);
    return method === 'GET' && !isDefault ? { ...route(list), scope: undefined } : undefined;
  }
  if (isDefault)
    return method === 'PUT' ? route((portal) => putDefaultAssociation(portal, from, { type: to, id })) : undefined;
  if (method === 'PUT') return route((portal, request) => putAssociation(portal, from, { type: to, id }, request));
  if (method === 'DELETE') return route((portal) => deleteAssociation(portal, from, { type: to, id }));
  return undefined;
}

type PairRun = (portal: Portal, from: ObjectType, to: ObjectType, request: SandboxRequest) => SandboxAnswer;

const ASSOCIATION_CALLS: Record<string, PairRun> = {
  'POST batch/read': batchReadAssociations,
  'POST batch/create': batchCreateAssociations,
  'POST batch/archive': batchArchiveAssociations,
  'POST batch/labels/archive': batchArchiveLabels,
  'POST batch/associate/default': batchDefaultAssociations,
  'GET labels': listLabels,
  'POST labels': createLabel,
  'PUT labels': renameLabel,
};

function toAssociationRoute(method: string, from: ObjectType, rest: readonly string[]): Route | undefined {
  const [target, what, labelId] = rest;
  const to = toType(target);
  if (to === undefined) return undefined;
  const route = (run: Route['run']): Route => ({ family: 'association', scope: undefined, run });
  if (method === 'DELETE' && what === 'labels' && labelId !== undefined)
    return route((portal) => deleteLabel(portal, from, to, Number(labelId)));
  const call = ASSOCIATION_CALLS[`${method} ${rest.slice(1).join('/')}`];
  return call === undefined ? undefined : route((portal, request) => call(portal, from, to, request));
}

function toPropertyRoute(method: string, type: ObjectType, rest: readonly string[]): Route | undefined {
  const scope = `crm.schemas.${type}.${method === 'GET' || rest.join('/') === 'batch/read' ? 'read' : 'write'}`;
  const [first, second] = rest;
  const other = (run: Route['run']): Route => ({ family: 'other', scope, run });
  if (first === undefined && method === 'GET') return other((portal) => settingsApi.listProperties(portal, type));
  if (first === undefined && method === 'POST')
    return other((portal, request) => settingsApi.createProperty(portal, type, request));
  if (first === 'groups' && second === undefined) {
    if (method === 'GET') return other((portal) => settingsApi.listGroups(portal, type));
    if (method === 'POST') return other((portal, request) => settingsApi.createGroup(portal, type, request));
  }
  if (first === 'batch' && method === 'POST' && second === 'read') {
    return other((portal, request) => settingsApi.batchReadProperties(portal, type, request));
  }
  if (first === 'batch' && method === 'POST' && second === 'create') {
    return other((portal, request) => settingsApi.batchCreateProperties(portal, type, request));
  }
  if (first === undefined || second !== undefined) return undefined;
  if (method === 'GET') return other((portal) => settingsApi.readProperty(portal, type, first));
  if (method === 'PATCH') return other((portal, request) => settingsApi.updateProperty(portal, type, first, request));
  if (method === 'DELETE') return other((portal) => settingsApi.archiveProperty(portal, type, first));
  return undefined;
}

function toPipelineRoute([id, what, stageId]: readonly string[]): Route | undefined {
  const route = (run: Route['run']): Route => ({ family: 'other', scope: 'crm.schemas.deals.read', run });
  if (id === undefined) return route(settingsApi.listPipelines);
  if (what !== undefined && what !== 'stages') return undefined;
  return route((portal) => settingsApi.readPipeline(portal, id, what === 'stages', stageId));
}

function toListRoute([id, what]: readonly string[]): Route | undefined {
  if (id === undefined || (what !== undefined && what !== 'memberships')) return undefined;
  const run: Route['run'] = (portal, request) =>
    what === undefined ? readList(portal, id) : listMemberships(portal, id, request);
  return { family: 'other', scope: 'crm.lists.read', run };
}

function toPlainRoute(method: string, area: string, rest: readonly string[]): Route | undefined {
  if (method !== 'GET') return undefined;
  const owners = 'crm.objects.owners.read';
  const [first] = rest;
  if (area === 'owners' && first === undefined) return { family: 'other', scope: owners, run: settingsApi.listOwners };
  if (area === 'owners' && first !== undefined) {
    return { family: 'other', scope: owners, run: (portal, request) => settingsApi.readOwner(portal, first, request) };
  }
  if (area === 'pipelines' && toType(first) === 'deals') return toPipelineRoute(rest.slice(1));
  if (area === 'account' && first === 'details')
    return { family: 'other', scope: undefined, run: settingsApi.readAccount };
  if (area === 'account' && rest.join('/') === 'api-usage/daily/private-apps')
    return { family: 'other', scope: undefined, run: readDailyUsage };
  if (area === 'lists') return toListRoute(rest);
  return undefined;
}

/** The route of a request, or `undefined` for a path that HubSpot (as far as this sandbox knows it) does not have. */
export function findRoute(method: string, path: string): Route | undefined {
  if (path === tokenInfoPath && method === 'POST') return { family: 'other', scope: undefined, run: readTokenInfo };
  const full = path.endsWith('/') ? path : `${path}/`;
  const entry = AREAS.find(({ prefix }) => full.startsWith(prefix));
  if (entry === undefined) return undefined;
  const parts = full.slice(entry.prefix.length).split('/').slice(0, -1).map(decodeURIComponent);
  if (PLAIN_AREAS.has(entry.area)) return toPlainRoute(method, entry.area, parts);
  const type = toType(parts[0]);
  if (type === undefined) return undefined;
  const rest = parts.slice(1);
  if (entry.area === 'objects') return toObjectRoute(method, type, rest);
  return entry.area === 'associations' ? toAssociationRoute(method, type, rest) : toPropertyRoute(method, type, rest);
}
