import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { parseLimit } from './inputs.ts';
import { type ObjectType, readValue, type SandboxRecord, TYPE_IDS } from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest, Refusal } from './refusal.ts';

/** Most members of a page, and how many there are without a `limit` (lists API). */
const MAX_PAGE = 250;
const DEFAULT_PAGE = 100;

/** Who is in a list: those who were put there (static), or whoever holds these values now (active). */
type ListMembers = { ids: readonly string[] } | { where: Readonly<Record<string, string>> };

/** A list of one object type. `objectTypeId`: of a list of other records than the sandbox has, such as tickets. */
type NewList = { name: string; type: ObjectType; objectTypeId?: string } & ListMembers;

type List = NewList & { id: string; createdAt: number; deletedAt?: number };

export type Lists = Map<string, List>;

/** What people do with lists (segments, in HubSpot's pages). */
export type ListHands = {
  /** Answers the list's id. */
  createList(list: NewList): string;
  /** The list can still be read, with a time of deletion; its members cannot. */
  deleteList(id: string): void;
};

/** The hands on the lists of a portal. */
export function createListHands(portal: Portal): ListHands {
  return {
    createList(list) {
      const id = String(portal.lists.size + 1);
      portal.lists.set(id, { ...list, id, createdAt: portal.now() });
      return id;
    },
    deleteList(id) {
      const list = portal.lists.get(id);
      if (list === undefined) throw new Error(`no list with id ${id}`);
      list.deletedAt = portal.now();
    },
  };
}

function noList(id: string): Refusal {
  return new Refusal(404, { message: `List does not exist with ID ${id}.`, category: 'OBJECT_NOT_FOUND' });
}

function isIn(list: List, record: SandboxRecord): boolean {
  if (record.state.archived) return false;
  return 'ids' in list || Object.entries(list.where).every(([name, value]) => readValue(record, name) === value);
}

/** Living members by ascending id; who was merged is there as the survivor. */
function membersOf(portal: Portal, list: List): SandboxRecord[] {
  const store = portal.stores[list.type];
  if (!('ids' in list)) return store.all().filter((record) => isIn(list, record));
  const found = list.ids.map((id) => store.resolve(id)).filter((record) => record !== undefined);
  const living = new Set(found.filter((record) => isIn(list, record)));
  return [...living].sort((one, other) => one.order - other.order);
}

const toTime = (at: number) => new Date(at).toISOString();

/** `GET /crm/v3/lists/{id}`: a deleted one too, with `deletedAt` (seen in an issue of HubSpot's PHP client, 2025). */
export function readList(portal: Portal, id: string): SandboxAnswer {
  const list = portal.lists.get(id);
  if (list === undefined) throw noList(id);
  const body = {
    listId: list.id,
    listVersion: 1,
    name: list.name,
    objectTypeId: list.objectTypeId ?? TYPE_IDS[list.type],
    processingType: 'ids' in list ? 'MANUAL' : 'DYNAMIC',
    processingStatus: 'COMPLETE',
    createdAt: toTime(list.createdAt),
    updatedAt: toTime(list.createdAt),
    ...(list.deletedAt === undefined ? {} : { deletedAt: toTime(list.deletedAt) }),
  };
  return { status: 200, body: { list: body } };
}

function toCursor(record: SandboxRecord): string {
  return Buffer.from(record.id).toString('base64');
}

function fromCursor(after: string | null): number {
  if (after === null) return 0;
  const id = Number(Buffer.from(after, 'base64').toString('utf8'));
  if (!Number.isSafeInteger(id)) throw badRequest('after is no cursor of this list');
  return id;
}

/** `GET /crm/v3/lists/{id}/memberships`: by id, at most 250 a page, with a cursor that says nothing to its reader (lists API). */
export function listMemberships(portal: Portal, id: string, request: SandboxRequest): SandboxAnswer {
  const list = portal.lists.get(id);
  if (list === undefined || list.deletedAt !== undefined) throw noList(id);
  const limit = parseLimit(request, MAX_PAGE, DEFAULT_PAGE);
  const members = membersOf(portal, list);
  const beyond = fromCursor(request.query.get('after'));
  const left = members.filter(({ order }) => order > beyond);
  const page = left.slice(0, limit);
  const last = page.at(-1);
  const next = last === undefined || left.length <= limit ? undefined : toCursor(last);
  const link = `https://api.hubapi.com${request.path}?after=${next}`;
  const results = page.map((record) => ({ recordId: record.id, membershipTimestamp: toTime(list.createdAt) }));
  return {
    status: 200,
    body: {
      total: members.length,
      results,
      ...(next === undefined ? {} : { paging: { next: { after: next, link } } }),
    },
  };
}
