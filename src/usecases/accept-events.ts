import type { HubSpotEvent } from '../domain/event.ts';
import type { CompanyMapping, DealMapping, RolesMapping } from '../domain/mapping/record-types.ts';
import type { Gate } from '../domain/mapping/types.ts';
import type { HubSpotKey } from '../domain/plan/types.ts';
import {
  contactCompanyProperty,
  contactKey,
  dealCompanyProperty,
  type HubSpotObject,
  unlabelled,
} from '../domain/record.ts';
import type { Priority } from '../ports/budget.ts';
import type { Hint, Mark } from '../ports/ledger-claim.ts';
import { keyOfRecord } from '../ports/ledger-relations.ts';
import type { SweepLedger } from '../ports/ledger-sweep.ts';
import type { WorkLedger } from '../ports/ledger-work.ts';

export type AcceptedEvents = { accepted: number; ignored: number };

type SyncedKinds = {
  company: Pick<CompanyMapping, 'isOn'>;
  deal: Pick<DealMapping, 'isOn'> & { roles: Pick<RolesMapping, 'roles'> };
};

type Dependencies = {
  ledger: Pick<WorkLedger, 'mark' | 'rememberMerges'> & Pick<SweepLedger, 'echoes'>;
  mapping: SyncedKinds & { gate: Pick<Gate, 'opensAt'> };
  portalId: string;
};

const hints: Partial<Record<HubSpotEvent['kind'], Hint>> = {
  creation: 'created',
  deletion: 'deleted',
  merge: 'merged',
  privacyDeletion: 'erased',
};

/** HubSpot works these out from associations and names itself as the source, whoever associated: what we wrote comes back under its name. */
const calculated: ReadonlySet<string> = new Set([contactCompanyProperty, dealCompanyProperty]);

/** HubSpot works the others out from the first one. */
const ofStage: ReadonlySet<string> = new Set([
  'dealstage',
  'hs_deal_stage_probability',
  'hs_is_closed',
  'hs_is_closed_won',
  'hs_is_closed_lost',
]);

/**
 * What our own app did and no intent tells of is as a rule a record that we are creating at this moment: whoever creates it looks at it, and
 * the event only makes sure that somebody does.
 */
const ownDelayMs = 5_000;

/** An event, and the records that it says to look at. */
type Told = { event: HubSpotEvent; records: readonly HubSpotKey[] };

/**
 * Marks the records that a webhook's events speak of, in one statement. An event only says "look again": its value serves to let a
 * handoff overtake other work, and nothing else. Events that could not be parsed arrive as `null` and count as ignored, as do other
 * portals' and those about kinds that are not synced. What HubSpot tells of our own writes is accepted and marks nothing.
 */
export async function acceptEvents(
  { ledger, mapping, portalId }: Dependencies,
  events: readonly (HubSpotEvent | null)[],
): Promise<AcceptedEvents> {
  const usable = events
    .filter((event) => event !== null)
    .filter((event) => event.portalId === portalId)
    .map((event): Told => ({ event, records: recordsOf(event, mapping) }))
    .filter(({ records }) => records.length > 0);
  const marks = new Map<string, Mark>();
  for (const { event, records } of await withoutEchoes({ ledger, mapping }, usable)) {
    for (const record of records) {
      const key = keyOfRecord(record);
      marks.set(key, joinMarks(marks.get(key), toMark(event, record, mapping.gate)));
    }
  }
  // Before the marks: an erasure may follow in the same breath. Only contacts are erased.
  const merges = usable.filter(({ event }) => event.kind === 'merge' && event.object === 'contact');
  const known = merges.filter(({ event }) => event.otherIds.length > 0);
  if (known.length > 0) {
    await ledger.rememberMerges(known.map(({ event }) => ({ survivorId: event.objectId, mergedIds: event.otherIds })));
  }
  if (marks.size > 0) await ledger.mark([...marks.values()]);
  return { accepted: usable.length, ignored: events.length - usable.length };
}

/** What is to be looked at because of the event: none where the kind is not synced. */
function recordsOf(event: HubSpotEvent, mapping: SyncedKinds): HubSpotKey[] {
  const { kind, object, objectId, otherIds } = event;
  if (kind === 'associationChange') {
    const owner = ownerOf(event, mapping);
    return owner === null ? [] : [owner];
  }
  return isSynced(object, mapping) ? [objectId, ...otherIds].map((recordId) => ({ object, recordId })) : [];
}

function isSynced(object: HubSpotObject, mapping: SyncedKinds): boolean {
  return object === 'contact' || mapping[object].isOn;
}

/**
 * The record whose look carries the association: the deal of its contacts and companies, the contact of its company. One with an unknown
 * other end is looked at where it may be such a one.
 */
function ownerOf({ object, objectId, otherEnd }: HubSpotEvent, { company, deal }: SyncedKinds): HubSpotKey | null {
  const ends = [{ object, recordId: objectId }];
  if (otherEnd) ends.push({ object: otherEnd.object, recordId: otherEnd.id });
  const find = (wanted: HubSpotObject) => ends.find((end) => end.object === wanted) ?? null;
  const [ofDeal, ofContact] = [find('deal'), find('contact')];
  if (ends.length > 1 && ends.every((end) => end.object === object)) return null;
  if (ofDeal !== null) return deal.isOn ? ofDeal : null;
  return company.isOn ? ofContact : null;
}

/** Leaves out what only repeats a write of ours: the same property and value, or the same association, under our app's name. */
async function withoutEchoes(
  { ledger, mapping }: Pick<Dependencies, 'ledger' | 'mapping'>,
  usable: readonly Told[],
): Promise<readonly Told[]> {
  const labels = [...mapping.deal.roles.roles.keys()];
  const told = usable.flatMap((one) => {
    const isOurs = one.event.isByOurApp || calculated.has(one.event.propertyName ?? '');
    return isOurs ? writtenBy(one, labels).map((value) => ({ one, value })) : [];
  });
  if (told.length === 0) return usable;
  const places = await ledger.echoes(told.map(({ value }) => value));
  const echoes = new Set(told.filter((_, place) => places.has(place)).map(({ one }) => one));
  const topics = new Set([...echoes].flatMap((one) => topicOf(one) ?? []));
  return usable.filter((one) => !echoes.has(one) && !(one.event.isByOurApp && topics.has(topicOf(one) ?? '')));
}

/**
 * What one write of ours makes HubSpot tell more of than the value: with another primary company the one before stops being it, with another
 * stage the probability changes. Told in the same breath and under our name, that is no news either.
 */
function topicOf({ event, records: [owner] }: Told): string | null {
  if (owner === undefined) return null;
  const { kind, object, otherEnd, propertyName = '' } = event;
  const isOfCompany = calculated.has(propertyName) || object === 'company' || otherEnd?.object === 'company';
  if (isOfCompany && (kind === 'associationChange' || kind === 'propertyChange') && owner.object !== 'company') {
    return `${keyOfRecord(owner)} company`;
  }
  return owner.object === 'deal' && ofStage.has(propertyName) ? `${keyOfRecord(owner)} stage` : null;
}

type WrittenValue = Parameters<SweepLedger['echoes']>[0][number];

/** Under which name and with which values an intent of ours would hold what the event tells. */
function writtenBy({ event, records: [owner] }: Told, labels: readonly string[]): WrittenValue[] {
  const { kind, object, objectId, otherEnd, isRemoved, propertyName, propertyValue } = event;
  if (kind === 'propertyChange' && propertyName !== undefined) {
    return [{ object, recordId: objectId, property: propertyName, value: propertyValue ?? '' }];
  }
  // That it was created at all: the values come in events of their own.
  if (kind === 'creation') return [{ object, recordId: objectId, property: '', value: '' }];
  if (kind !== 'associationChange' || owner === undefined || !otherEnd) return [];
  const far = owner.object === object ? otherEnd : { object, id: objectId };
  if (far.object === 'company') {
    const property = owner.object === 'deal' ? dealCompanyProperty : contactCompanyProperty;
    return [{ ...owner, property, value: isRemoved ? '' : far.id }];
  }
  const property = contactKey(far.id);
  if (isRemoved) return [{ ...owner, property, value: '' }];
  // An event does not tell the label, so any one will do that stands for a role; of several together it is news, which costs a look.
  return [unlabelled, ...labels].map((value) => ({ ...owner, property, value }));
}

function toMark(event: HubSpotEvent, { object, recordId }: HubSpotKey, gate: Pick<Gate, 'opensAt'>): Mark {
  const hint = hints[event.kind];
  return {
    system: 'hubspot',
    object,
    recordId,
    priority: mayBeHandoff(event, gate) ? 1 : 2,
    source: 'webhook',
    ...(event.isByOurApp && !calculated.has(event.propertyName ?? '') ? { dueInMs: ownDelayMs } : {}),
    ...(hint === undefined ? {} : { hints: [hint] }),
  };
}

function mayBeHandoff(event: HubSpotEvent, gate: Pick<Gate, 'opensAt'>): boolean {
  return (
    event.object === 'contact' &&
    event.kind === 'propertyChange' &&
    event.propertyName === 'lifecyclestage' &&
    gate.opensAt(event.propertyValue ?? '')
  );
}

function joinMarks(first: Mark | undefined, second: Mark): Mark {
  if (first === undefined) return second;
  const priority = Math.min(first.priority, second.priority) as Priority;
  const dueInMs = Math.min(first.dueInMs ?? 0, second.dueInMs ?? 0);
  return { ...second, priority, dueInMs, hints: [...new Set([...(first.hints ?? []), ...(second.hints ?? [])])] };
}
