import { refreshCalculated } from './calculated.ts';
import { dropLinks, moveLinks, refreshNeighbours } from './links.ts';
import type { Author, ObjectType, PastValue, SandboxRecord } from './model.ts';
import type { Portal } from './portal.ts';

/**
 * Merges two records of a type into a third one with a new id (changelog "updated merge functionality"). The primary's values win,
 * blanks are filled from the other; the other's email or domain becomes a secondary one; both old ids lead to the survivor. The
 * webhooks are one merge and a deletion per old id, and no propertyChange.
 */
export function mergeRecords(
  portal: Portal,
  primary: SandboxRecord,
  other: SandboxRecord,
  author: Author,
): SandboxRecord {
  const type = primary.type;
  const store = portal.stores[type];
  const at = Math.max(portal.now(), primary.state.updatedAt, other.state.updatedAt);
  const values: Record<string, string> = { ...other.state.values, ...primary.state.values };
  addSecondary(values, [primary, other]);
  const movedCount = Object.keys(values).length - Object.keys(primary.state.values).length;

  store.remove(primary);
  store.remove(other);
  const survivor = store.add(values, author, at);
  survivor.createdAt = Math.min(primary.createdAt, other.createdAt);
  survivor.mergedIds = [...(primary.mergedIds ?? []), ...(other.mergedIds ?? []), primary.id, other.id];
  survivor.author = primary.author;
  survivor.history = mergeHistories(primary, survivor, author, at);
  for (const gone of [other, primary]) {
    store.leaveTrail(gone.id, survivor.id);
  }

  // The primary's links first: of two primary companies its own stays.
  for (const gone of [primary, other]) moveLinks(portal, type, gone.id, survivor.id);
  refreshCalculated(portal, survivor, at, true);

  const mergedIds = [other.id];
  portal.emit({
    kind: 'merge',
    type,
    recordId: primary.id,
    at,
    author,
    primaryId: primary.id,
    mergedIds,
    newId: survivor.id,
    movedCount,
  });
  for (const gone of [primary, other]) portal.emit({ kind: 'deletion', type, recordId: gone.id, at, author });
  refreshNeighbours(portal, type, survivor.id, at);
  return survivor;
}

/** What a contact or company goes by; the one that the survivor does not keep as its first is kept beside it. */
const KEPT_BESIDE: Partial<Record<ObjectType, { first: string; more: string }>> = {
  contacts: { first: 'email', more: 'hs_additional_emails' },
  companies: { first: 'domain', more: 'hs_additional_domains' },
};

function addSecondary(values: Record<string, string>, [primary, other]: readonly [SandboxRecord, SandboxRecord]): void {
  const names = KEPT_BESIDE[primary.type];
  if (names === undefined) return;
  const all = [primary, other].flatMap(({ state }) => [
    state.values[names.first],
    ...(state.values[names.more]?.split(';') ?? []),
  ]);
  const secondary = [...new Set(all)].filter((value) => value !== undefined && value !== values[names.first]);
  if (secondary.length > 0) values[names.more] = secondary.join(';');
}

/** The primary's past, and what the other filled in as a change by the merge. */
function mergeHistories(
  primary: SandboxRecord,
  survivor: SandboxRecord,
  author: Author,
  at: number,
): Map<string, PastValue[]> {
  const history = new Map(primary.history);
  const byMerge: Author = { ...author, changeSource: 'MERGE_OBJECTS' };
  for (const [name, value] of Object.entries(survivor.state.values)) {
    if (history.get(name)?.at(-1)?.value === value) continue;
    const isOwn = primary.state.values[name] === value;
    const entry = isOwn ? { value, at: primary.createdAt, author: primary.author } : { value, at, author: byMerge };
    history.set(name, [...(history.get(name) ?? []), entry]);
  }
  return history;
}

/** Erases a contact for good (GDPR): it cannot be read any more, its address cannot come back, and two events tell of it. */
export function eraseContact(portal: Portal, record: SandboxRecord, author: Author): void {
  const at = portal.now();
  const { email, hs_additional_emails: more } = record.state.values;
  for (const address of [email, ...(more?.split(';') ?? [])]) {
    if (address !== undefined) portal.blockedEmails.add(address);
  }
  portal.stores.contacts.remove(record);
  portal.emit({ kind: 'deletion', type: 'contacts', recordId: record.id, at, author });
  portal.emit({ kind: 'privacyDeletion', type: 'contacts', recordId: record.id, at, author });
  refreshNeighbours(portal, 'contacts', record.id, at);
  dropLinks(portal, 'contacts', record.id);
}
