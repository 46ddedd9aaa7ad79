import type { HubSpotObject } from '../domain/record.ts';
import type { Reservation, ReservationResult } from '../ports/ledger-work.ts';

export type Wanted = { reservation: Reservation; emailHashes: readonly string[] };

export type LinkKey = { system: string; object: string; record_id: string };

/** A link as the ledger holds it, with what decides whether its pair gives it away. */
export type KnownLink = LinkKey & {
  pair_id: string;
  status: string;
  person_object: string | null;
  person_id: string | null;
  /** Why its pair has ended; null: it has not. */
  tombstone: string | null;
  /** The pair never had a HubSpot record: its person was born in Salesforce, and is being created in HubSpot. */
  contactless: boolean;
  ours: boolean | null;
  leased: boolean | null;
  given_up: boolean;
  /** A write of the pair may still be carried out. */
  open: boolean;
  /** The pair's live HubSpot record. */
  holder: string | null;
};

/**
 * A reservation that may go on; `pairId` null: a new pair. Links of `movedPairs` may be taken over; those of them that belong to merged
 * contacts end in this one, with all their memories.
 */
export type Linkable = {
  wanted: Wanted;
  pairId: string | null;
  movedPairs: readonly string[];
  absorbedPairs: readonly string[];
};

export type PlannedLinks = {
  linkable: readonly Linkable[];
  refused: readonly ReservationResult[];
  /** Contacts that turned out to belong to a pair which the claim did not know of. */
  discovered: readonly { contactIds: readonly string[]; pairId: string }[];
  /** Contacts whose rows go back to be looked at again: their knowledge is old. */
  outdated: readonly Reservation[];
};

/** All links that a reservation of such records asks for. The person's becomes live with the outcome. */
export function linksOf(
  { reservation, emailHashes }: Wanted,
  object: HubSpotObject,
): readonly (LinkKey & { status: string })[] {
  const { contactIds, person } = reservation;
  return [
    ...contactIds.map((id, place) => ({
      system: 'hubspot',
      object,
      record_id: id,
      status: place === 0 ? 'live' : 'merged',
    })),
    ...(person === null
      ? []
      : [{ system: 'salesforce', object: person.object, record_id: person.id, status: 'reserved' }]),
    ...emailHashes.map((hash) => ({ system: 'hubspot', object: 'email', record_id: hash, status: 'reserved' })),
  ];
}

type Choice =
  | { kind: 'link'; pairId: string | null; movedPairs: readonly string[]; absorbedPairs: readonly string[] }
  | { kind: 'taken'; holder: string | null }
  | { kind: 'erased' }
  | { kind: 'discovered'; pairId: string }
  | { kind: 'busy' };

/** Decides for each reservation, in order; within one batch the first to name an id gets it. */
export function chooseLinks(
  wanted: readonly Wanted[],
  known: readonly KnownLink[],
  object: HubSpotObject,
): PlannedLinks {
  const byKey = new Map(known.map((link) => [keyOf(link), link]));
  const named = new Map<string, string>();
  const [linkable, refused, discovered]: [Linkable[], ReservationResult[], PlannedLinks['discovered'][number][]] = [
    [],
    [],
    [],
  ];
  for (const one of wanted) {
    const { contactId, contactIds } = one.reservation;
    const keys = linksOf(one, object);
    const rival = keys.map((key) => named.get(keyOf(key))).find((holder) => holder !== undefined);
    if (rival !== undefined) {
      const sameContact = contactIds.some((id) => named.has(keyOf({ system: 'hubspot', object, record_id: id })));
      refused.push(
        sameContact
          ? { contactId, ok: false, reason: 'stale' }
          : { contactId, ok: false, reason: 'taken', holder: rival },
      );
      continue;
    }
    const choice = chooseOne(
      one,
      keys.flatMap((key) => byKey.get(keyOf(key)) ?? []),
      object,
    );
    if (choice.kind === 'link') {
      const { pairId, movedPairs, absorbedPairs } = choice;
      linkable.push({ wanted: one, pairId, movedPairs, absorbedPairs });
      for (const key of keys) named.set(keyOf(key), contactIds[0] ?? contactId);
    } else if (choice.kind === 'erased') {
      refused.push({ contactId, ok: false, reason: 'erased' });
    } else if (choice.kind === 'taken') {
      refused.push({
        contactId,
        ok: false,
        reason: 'taken',
        ...(choice.holder === null ? {} : { holder: choice.holder }),
      });
    } else {
      refused.push({ contactId, ok: false, reason: 'stale' });
      if (choice.kind === 'discovered') discovered.push({ contactIds, pairId: choice.pairId });
    }
  }
  const stale = new Set(
    refused.map((refusal) => (!refusal.ok && refusal.reason === 'stale' ? refusal.contactId : null)),
  );
  const outdated = wanted.flatMap(({ reservation }) => (stale.has(reservation.contactId) ? [reservation] : []));
  return { linkable, refused, discovered, outdated };
}

function chooseOne({ reservation }: Wanted, links: readonly KnownLink[], kind: HubSpotObject): Choice {
  const { person } = reservation;
  const contacts = links.filter(({ object, system }) => system === 'hubspot' && object === kind);
  const target = reservation.pairId ?? contacts.find(({ ours }) => ours === true)?.pair_id ?? null;
  if (target === null && contacts.length > 0) {
    const holdsPerson = contacts.find((link) => person !== null && link.person_id === person.id);
    // A pair that has ended remembers why nobody may be created: it goes before one that remembers nothing.
    const best =
      holdsPerson ??
      contacts.find((link) => link.person_id !== null) ??
      contacts.find(({ tombstone }) => tombstone !== null) ??
      contacts[0];
    return best === undefined ? { kind: 'busy' } : { kind: 'discovered', pairId: best.pair_id };
  }
  const foreign = links.filter(({ pair_id: pairId }) => pairId !== target);
  const ends = foreign.filter((link) => isMerged(link, reservation, kind) || isBorn(link));
  const absorbed = new Set(ends.map(({ pair_id: pairId }) => pairId));
  const blocking = foreign.find((link) => link.leased === true || !(absorbed.has(link.pair_id) || mayMove(link, kind)));
  if (blocking?.leased === true && (contacts.includes(blocking) || isBorn(blocking))) return { kind: 'busy' };
  if (blocking?.system === 'salesforce' && blocking.tombstone === 'erased') return { kind: 'erased' };
  if (blocking !== undefined) return { kind: 'taken', holder: blocking.holder };
  const movedPairs = [...new Set(foreign.map(({ pair_id: pairId }) => pairId))];
  return { kind: 'link', pairId: target, movedPairs, absorbedPairs: [...absorbed] };
}

/**
 * The pair of a contact that HubSpot merged into the reserving one ends in its pair, also where it has a person: that two living persons
 * stay two is for the plan to see. A pair that still has a living contact of its own stays.
 */
function isMerged(link: KnownLink, { contactIds }: Reservation, kind: HubSpotObject): boolean {
  if (link.system !== 'hubspot' || link.object !== kind || link.tombstone === 'erased') return false;
  return contactIds.indexOf(link.record_id) > 0 && (link.holder === null || contactIds.includes(link.holder));
}

/** The contact of a person born in Salesforce is here: the pair that waits for it ends in the contact's own, with its open write. */
function isBorn(link: KnownLink): boolean {
  return link.system === 'salesforce' && link.contactless && link.tombstone === null;
}

/**
 * A contact's pair that never got a person gives its ids away; so does a pair whose reservation was given up, or whose contact is gone.
 * What was erased never comes back.
 */
function mayMove(link: KnownLink, kind: HubSpotObject): boolean {
  if (link.tombstone === 'erased') return false;
  if (link.system === 'hubspot' && link.object === kind) return link.person_id === null && link.tombstone === null;
  return link.given_up || (link.holder === null && !(link.object === 'email' && link.open));
}

function keyOf({ system, object, record_id: id }: LinkKey): string {
  return `${system}\n${object}\n${id}`;
}
