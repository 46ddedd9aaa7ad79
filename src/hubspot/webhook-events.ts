import { z } from 'zod';
import type { HubSpotEvent } from '../domain/event.ts';
import type { HubSpotObject } from '../domain/record.ts';

/** Ids are larger than 32 bits, and a number or a text by turns. */
const id = z.union([z.number().int().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(String);
/** Members that only some events need; a wrong one counts as absent. */
const maybeId = id.nullish().catch(undefined);
const maybeText = z.union([z.string(), z.number(), z.boolean()]).transform(String).nullish().catch(undefined);

/** The members of both forms (legacy webhooks guide; `eventType` is what the guide's table calls `subscriptionType`). */
const eventSchema = z.object({
  portalId: id,
  subscriptionType: z.string().optional(),
  eventType: z.string().optional(),
  objectTypeId: maybeText,
  fromObjectTypeId: maybeText,
  toObjectTypeId: maybeText,
  associationType: maybeText,
  associationRemoved: z.boolean().nullish().catch(undefined),
  objectId: maybeId,
  occurredAt: z.number().int().nonnegative(),
  propertyName: maybeText,
  propertyValue: maybeText,
  primaryObjectId: maybeId,
  mergedObjectIds: z.array(id).nullish().catch(undefined),
  newObjectId: maybeId,
  fromObjectId: maybeId,
  toObjectId: maybeId,
  appId: maybeId,
  changeSource: maybeText,
  sourceId: maybeText,
});
type RawEvent = z.infer<typeof eventSchema>;

const kindSchema = z.enum([
  'creation',
  'deletion',
  'propertyChange',
  'merge',
  'restore',
  'privacyDeletion',
  'associationChange',
]);
const objectSchema = z.enum(['contact', 'company', 'deal']);

/** Object type ids of the generic form (using-object-apis page). */
const OBJECT_OF_TYPE_ID: ReadonlyMap<string, HubSpotObject> = new Map([
  ['0-1', 'contact'],
  ['0-2', 'company'],
  ['0-3', 'deal'],
]);

function findObject(prefix: string | undefined, event: RawEvent): string | undefined {
  if (prefix !== 'object') return prefix;
  return OBJECT_OF_TYPE_ID.get(event.objectTypeId ?? event.fromObjectTypeId ?? '');
}

/** Which record it is about, and which others are concerned. */
function findIds(kind: HubSpotEvent['kind'], event: RawEvent): { objectId: string | undefined; otherIds: string[] } {
  const { objectId, primaryObjectId, mergedObjectIds, newObjectId, fromObjectId } = event;
  if (kind === 'merge') {
    const survivor = newObjectId ?? primaryObjectId ?? objectId ?? undefined;
    const named = [primaryObjectId, objectId, ...(mergedObjectIds ?? [])];
    const gone = named.flatMap((other) => (typeof other === 'string' && other !== survivor ? [other] : []));
    return { objectId: survivor, otherIds: [...new Set(gone)] };
  }
  if (kind === 'associationChange') return { objectId: fromObjectId ?? objectId ?? undefined, otherIds: [] };
  return { objectId: objectId ?? undefined, otherIds: [] };
}

/** The kind at the other end: told by the object type (generic form) or by a name such as `DEAL_TO_CONTACT` (classic form). */
function findOtherObject({ toObjectTypeId, associationType }: RawEvent): HubSpotObject | 'untold' | 'other' {
  if (typeof toObjectTypeId === 'string') return OBJECT_OF_TYPE_ID.get(toObjectTypeId) ?? 'other';
  if (typeof associationType !== 'string') return 'untold';
  const [, name] = /^[A-Z_]+?_TO_(?:PRIMARY_)?(CONTACT|COMPANY|DEAL)(?:_|$)/.exec(associationType) ?? [];
  return objectSchema.safeParse(name?.toLowerCase()).data ?? 'other';
}

type Association = Pick<HubSpotEvent, 'otherEnd' | 'isRemoved'>;

/** What only associations tell; null: one with a kind of record that is none of ours. */
function findAssociation(kind: HubSpotEvent['kind'], event: RawEvent): Association | null {
  if (kind !== 'associationChange') return {};
  const object = findOtherObject(event);
  if (object === 'other') return null;
  const { toObjectId: id, associationRemoved } = event;
  const isTold = object !== 'untold' && typeof id === 'string';
  return { otherEnd: isTold ? { object, id } : null, isRemoved: associationRemoved === true };
}

/** For writes of the app that receives the webhook, `sourceId` is the app's own id (captured payloads, hubspot reference §9). */
function isByOurApp({ changeSource, sourceId, appId }: RawEvent): boolean {
  return changeSource === 'INTEGRATION' && typeof appId === 'string' && sourceId === appId;
}

/**
 * Reads one entry of a webhook's array, in the classic form (`contact.creation`) or the generic one (`object.creation` with
 * `objectTypeId`). For a merge `objectId` is the survivor and `otherIds` are gone. Values are as sent: dates in epoch milliseconds, sensitive ones `REDACTED`. Null for everything we do not know or cannot use: such events are counted and ignored, never refused.
 */
export function parseWebhookEvent(entry: unknown): HubSpotEvent | null {
  const parsed = eventSchema.safeParse(entry);
  if (!parsed.success) return null;
  const event = parsed.data;
  const [prefix, suffix, ...more] = (event.subscriptionType ?? event.eventType ?? '').split('.');
  const kind = kindSchema.safeParse(suffix);
  const object = objectSchema.safeParse(findObject(prefix, event));
  if (!kind.success || !object.success || more.length > 0) return null;
  const { objectId, otherIds } = findIds(kind.data, event);
  if (objectId === undefined) return null;
  const association = findAssociation(kind.data, event);
  if (association === null) return null;
  if (kind.data === 'propertyChange' && typeof event.propertyName !== 'string') return null;
  return {
    portalId: event.portalId,
    kind: kind.data,
    object: object.data,
    objectId,
    otherIds,
    occurredAtMs: event.occurredAt,
    isByOurApp: isByOurApp(event),
    ...association,
    ...(typeof event.propertyName === 'string' ? { propertyName: event.propertyName } : {}),
    ...(typeof event.propertyValue === 'string' ? { propertyValue: event.propertyValue } : {}),
  };
}
