import { z } from 'zod';

export type WebhookKind =
  | 'creation'
  | 'deletion'
  | 'propertyChange'
  | 'merge'
  | 'restore'
  | 'privacyDeletion'
  | 'associationChange';

/** One event of a webhook, as a hint of what to look at. Nothing in it is the state of a record. */
export type HubSpotEvent = {
  portalId: string;
  kind: WebhookKind;
  object: 'contact' | 'company' | 'deal';
  /** For a merge the survivor. */
  objectId: string;
  /** For a merge the ids that are gone; for an association the record at its other end, which may be of another type. */
  otherIds: readonly string[];
  propertyName?: string;
  /** As sent: dates are epoch milliseconds here although REST answers ISO text, and sensitive values are `REDACTED`. */
  propertyValue?: string;
  occurredAtMs: number;
  /** Written by the app that also receives this webhook: a hint, as several services may share an app. */
  isOurApp: boolean;
};

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
  objectId: maybeId,
  occurredAt: z.number().int().nonnegative(),
  propertyName: maybeText,
  propertyValue: maybeText,
  primaryObjectId: maybeId,
  mergedObjectIds: z.array(id).nullish().catch(undefined),
  newObjectId: maybeId,
  fromObjectId: maybeId,
  toObjectId: maybeId,
  changeSource: maybeText,
  sourceId: maybeText,
  appId: maybeId,
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
const OBJECT_OF_TYPE_ID: Readonly<Record<string, string>> = { '0-1': 'contact', '0-2': 'company', '0-3': 'deal' };

function findObject(prefix: string | undefined, event: RawEvent): string | undefined {
  if (prefix !== 'object') return prefix;
  return OBJECT_OF_TYPE_ID[event.objectTypeId ?? event.fromObjectTypeId ?? ''];
}

/** Which record it is about, and which others are concerned. */
function findIds(kind: WebhookKind, event: RawEvent): { objectId: string | undefined; otherIds: string[] } {
  const { objectId, primaryObjectId, mergedObjectIds, newObjectId, fromObjectId, toObjectId } = event;
  if (kind === 'merge') {
    const survivor = newObjectId ?? primaryObjectId ?? objectId ?? undefined;
    const gone = [primaryObjectId, objectId, ...(mergedObjectIds ?? [])];
    const otherIds = [...new Set(gone.filter((other) => other !== null && other !== undefined && other !== survivor))];
    return { objectId: survivor, otherIds: otherIds.filter((other) => typeof other === 'string') };
  }
  if (kind === 'associationChange') {
    return {
      objectId: objectId ?? fromObjectId ?? undefined,
      otherIds: typeof toObjectId === 'string' ? [toObjectId] : [],
    };
  }
  return { objectId: objectId ?? undefined, otherIds: [] };
}

/**
 * Reads one entry of a webhook's array, in the classic form (`contact.creation`) or the generic one (`object.creation` with
 * `objectTypeId`). Null for everything we do not know or cannot use: such events are counted and ignored, never refused.
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
  if (kind.data === 'propertyChange' && typeof event.propertyName !== 'string') return null;
  return {
    portalId: event.portalId,
    kind: kind.data,
    object: object.data,
    objectId,
    otherIds,
    occurredAtMs: event.occurredAt,
    isOurApp: event.changeSource === 'INTEGRATION' && typeof event.appId === 'string' && event.sourceId === event.appId,
    ...(typeof event.propertyName === 'string' ? { propertyName: event.propertyName } : {}),
    ...(typeof event.propertyValue === 'string' ? { propertyValue: event.propertyValue } : {}),
  };
}
