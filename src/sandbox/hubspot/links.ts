import type { AssociationType } from './association-types.ts';
import { refreshCalculated } from './calculated.ts';
import type { Author, ObjectType, SandboxRecord } from './model.ts';
import type { Portal } from './portal.ts';

/** What one record is linked to: `companies/2` → the types of the association in this direction. */
type LinksOfOne = Map<string, ReadonlySet<AssociationType>>;
/** `contacts/1` → its links. Every link is kept in both directions. */
export type Links = Map<string, LinksOfOne>;

/** One association as its own side sees it. */
export type Link = { toId: string; types: readonly AssociationType[] };

/** A type of association added to or taken from a pair, at the same instant for both directions. */
type Change = { type: AssociationType; fromId: string; toId: string; removed: boolean };

const toKey = (type: ObjectType, id: string) => `${type}/${id}`;
const isLiving = (record: SandboxRecord | undefined) => record !== undefined && !record.state.archived;

function typesOf(links: Links, from: string, to: string): ReadonlySet<AssociationType> {
  return links.get(from)?.get(to) ?? new Set();
}

function put(links: Links, from: string, to: string, types: ReadonlySet<AssociationType>): void {
  const present = links.get(from) ?? new Map<string, ReadonlySet<AssociationType>>();
  if (types.size === 0) present.delete(to);
  else present.set(to, types);
  if (present.size === 0) links.delete(from);
  else links.set(from, present);
}

/** Sets the types of one pair for both directions; answers what changed. An association always has the unlabelled type beside its labels. */
function setTypes(
  portal: Portal,
  pair: { from: ObjectType; id: string; to: ObjectType; toId: string },
  wanted: readonly AssociationType[],
): Change[] {
  const from = toKey(pair.from, pair.id);
  const to = toKey(pair.to, pair.toId);
  const before = typesOf(portal.links, from, to);
  const plain = portal.associationTypes.unlabelled(pair.from, pair.to);
  const next = new Set(wanted.length === 0 || plain === undefined ? wanted : [plain, ...wanted]);
  put(portal.links, from, to, next);
  put(portal.links, to, from, new Set([...next].map((type) => type.inverse)));
  const told = (type: AssociationType, removed: boolean): Change[] => [
    { type, fromId: pair.id, toId: pair.toId, removed },
    { type: type.inverse, fromId: pair.toId, toId: pair.id, removed },
  ];
  return [
    ...[...next].filter((type) => !before.has(type)).flatMap((type) => told(type, false)),
    ...[...before].filter((type) => !next.has(type)).flatMap((type) => told(type, true)),
  ];
}

/** A record has one primary company: the others keep what they have beside it (associations schema guide). */
function demoteOthers(portal: Portal, from: ObjectType, id: string, companyId: string): Change[] {
  const others = [...(portal.links.get(toKey(from, id)) ?? [])].filter(
    ([to, types]) => to !== toKey('companies', companyId) && [...types].some((type) => type.role === 'primary'),
  );
  return others.flatMap(([to, types]) => {
    const toId = to.slice('companies/'.length);
    const kept = [...types].filter((type) => type.role !== 'primary');
    return setTypes(portal, { from, id, to: 'companies', toId }, kept);
  });
}

/** How a change of associations is told: by whom, or not at all (seeded data). */
export type Teller = Author | 'silent';

function tell(portal: Portal, changes: readonly Change[], teller: Teller): void {
  const at = portal.now();
  if (teller !== 'silent') {
    for (const { type, fromId, toId, removed } of changes) {
      const event = { at, author: teller, type: type.from, recordId: fromId, toId, association: type, removed };
      portal.emit({ kind: 'associationChange', ...event });
    }
  }
  const touched = new Map(changes.map(({ type, fromId }) => [toKey(type.from, fromId), { type: type.from, fromId }]));
  for (const { type, fromId } of touched.values()) {
    refreshCalculated(portal, portal.stores[type].get(fromId), at, teller === 'silent');
  }
}

/**
 * Links two living records. The types given replace those the pair had, unless `keeps` (associations guide: "labels replace"); a
 * primary company demotes the one before it. Tells one event per type and direction.
 *
 * @param types all of the direction from `from.type` to `to.type`; the unlabelled one comes by itself
 */
export function link(
  portal: Portal,
  from: { type: ObjectType; id: string },
  to: { type: ObjectType; id: string },
  types: readonly AssociationType[],
  { teller, keeps = false }: { teller: Teller; keeps?: boolean },
): void {
  const plain = portal.associationTypes.unlabelled(from.type, to.type);
  if (plain === undefined) throw new Error(`${from.type} and ${to.type} cannot be associated`);
  const present = typesOf(portal.links, toKey(from.type, from.id), toKey(to.type, to.id));
  const wanted = new Set([plain, ...(keeps ? present : []), ...types]);
  const record = from.type === 'companies' ? to : from;
  const company = from.type === 'companies' ? from : to;
  const primary = portal.associationTypes.primary(from.type, to.type);
  if (primary !== undefined && isFirstPrimary(portal, record, teller)) wanted.add(primary);
  const changes = setTypes(portal, { from: from.type, id: from.id, to: to.type, toId: to.id }, [...wanted]);
  const demoted =
    primary !== undefined && wanted.has(primary) ? demoteOthers(portal, record.type, record.id, company.id) : [];
  tell(portal, [...demoted, ...changes], teller);
}

/** The first company of a record becomes its primary one where the portal is set so; for the API this is not documented. */
function isFirstPrimary(portal: Portal, record: { type: ObjectType; id: string }, teller: Teller): boolean {
  const rule = portal.settings.firstCompanyIsPrimary;
  const isByPerson = teller !== 'silent' && teller.changeSource === 'CRM_UI';
  if (rule === 'never' || (rule === 'people' && !isByPerson)) return false;
  return linksOf(portal, record.type, record.id, 'companies').length === 0;
}

/** Takes types from a pair: the unlabelled one takes the whole association with it (associations guide). */
export function unlink(
  portal: Portal,
  from: { type: ObjectType; id: string },
  to: { type: ObjectType; id: string },
  types: readonly AssociationType[] | 'all',
  teller: Teller,
): void {
  const present = typesOf(portal.links, toKey(from.type, from.id), toKey(to.type, to.id));
  if (present.size === 0) return;
  const takesAll = types === 'all' || types.some((type) => type.role === 'unlabelled');
  const kept = takesAll ? [] : [...present].filter((type) => !types.includes(type));
  tell(portal, setTypes(portal, { from: from.type, id: from.id, to: to.type, toId: to.id }, kept), teller);
}

/** The associations of a record to living records of a type, by ascending id; archived, deleted and merged-away ones do not show. */
export function linksOf(portal: Portal, from: ObjectType, id: string, to: ObjectType): Link[] {
  if (!isLiving(portal.stores[from].get(id))) return [];
  const found: Link[] = [];
  for (const [key, types] of portal.links.get(toKey(from, id)) ?? []) {
    const toId = key.slice(to.length + 1);
    if (key.startsWith(`${to}/`) && isLiving(portal.stores[to].get(toId))) found.push({ toId, types: [...types] });
  }
  return found.sort((left, right) => Number(left.toId) - Number(right.toId));
}

/** Works out anew what depends on this record in those it is linked to: it was archived, restored or erased. */
export function refreshNeighbours(portal: Portal, type: ObjectType, id: string, at: number): void {
  for (const key of portal.links.get(toKey(type, id))?.keys() ?? []) {
    const [other, otherId] = splitKey(key);
    refreshCalculated(portal, portal.stores[other].get(otherId), at, false);
  }
}

function splitKey(key: string): [ObjectType, string] {
  const place = key.indexOf('/');
  const name = key.slice(0, place);
  const type = name === 'contacts' || name === 'companies' ? name : 'deals';
  return [type, key.slice(place + 1)];
}

/** Forgets every association of a record, without a word. */
export function dropLinks(portal: Portal, type: ObjectType, id: string): void {
  const own = toKey(type, id);
  for (const key of [...(portal.links.get(own)?.keys() ?? [])]) put(portal.links, key, own, new Set());
  portal.links.delete(own);
}

/**
 * Carries the links of a merged-away record over to the survivor; under the old id they read empty (changelog on merging deals).
 * A primary company that the survivor has already stays; the one that comes second keeps its other types.
 */
export function moveLinks(portal: Portal, type: ObjectType, oldId: string, newId: string): void {
  for (const [key, types] of [...(portal.links.get(toKey(type, oldId)) ?? [])]) {
    const [other, otherId] = splitKey(key);
    const has = [...typesOf(portal.links, toKey(type, newId), key)];
    // One in the recycle bin counts too: it may come back.
    const hasPrimary = type !== 'companies' && hasPrimaryCompany(portal.links.get(toKey(type, newId)));
    const moved = [...types].filter((one) => one.role !== 'primary' || !hasPrimary);
    setTypes(portal, { from: type, id: newId, to: other, toId: otherId }, [...has, ...moved]);
  }
  dropLinks(portal, type, oldId);
}

function hasPrimaryCompany(links: LinksOfOne | undefined): boolean {
  return [...(links?.values() ?? [])].some((types) => [...types].some(({ role }) => role === 'primary'));
}

/** Whether this is the association with the primary company. */
export function isPrimary({ types }: Link): boolean {
  return types.some((type) => type.role === 'primary');
}

/** Forgets a label that was deleted in all associations that had it. */
export function dropLabel(portal: Portal, label: AssociationType): void {
  for (const of of portal.links.values()) {
    for (const [key, types] of of) {
      of.set(key, new Set([...types].filter((type) => type !== label && type !== label.inverse)));
    }
  }
}
