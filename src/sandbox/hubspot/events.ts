import type { AssociationType } from './association-types.ts';
import { type Author, type ObjectType, SINGULAR, TYPE_IDS } from './model.ts';
import type { Settings } from './options.ts';

/** Something that happened to a record, before it is turned into webhook events. `at` is epoch milliseconds. */
export type ChangeEvent = {
  type: ObjectType;
  recordId: string;
  at: number;
  author: Author;
} & (
  | { kind: 'creation' | 'deletion' | 'restore' | 'privacyDeletion' }
  | { kind: 'propertyChange'; property: string; value: string }
  | { kind: 'associationChange'; association: AssociationType; toId: string; removed: boolean }
  | { kind: 'merge'; primaryId: string; mergedIds: readonly string[]; newId: string; movedCount: number }
);

/** One event as it stands in the JSON array HubSpot posts (legacy webhooks guide, table of members). */
export type WebhookEvent = {
  eventId: number;
  subscriptionId: number;
  portalId: number;
  appId: number;
  occurredAt: number;
  subscriptionType: string;
  attemptNumber: number;
  /** Absent for associations where the portal is set so. */
  objectId?: number;
  changeSource: string;
  sourceId?: string;
  changeFlag?: string;
  objectTypeId?: string;
  propertyName?: string;
  propertyValue?: string;
  isSensitive?: boolean;
  primaryObjectId?: number;
  mergedObjectIds?: number[];
  newObjectId?: number;
  numberOfPropertiesMoved?: number;
  associationType?: string;
  fromObjectId?: number;
  toObjectId?: number;
  associationRemoved?: boolean;
  isPrimaryAssociation?: boolean;
  fromObjectTypeId?: string;
  toObjectTypeId?: string;
  associationTypeId?: number;
  associationCategory?: string;
};

const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function toMembers(event: ChangeEvent): Partial<WebhookEvent> {
  switch (event.kind) {
    case 'creation':
      return { changeFlag: 'CREATED' };
    case 'deletion':
    case 'privacyDeletion':
      return { changeFlag: 'DELETED' };
    case 'restore':
      return { changeFlag: 'RESTORED' };
    case 'propertyChange':
      // Instants arrive as epoch milliseconds although REST answers ISO text.
      return {
        propertyName: event.property,
        propertyValue: ISO_INSTANT.test(event.value) ? String(Date.parse(event.value)) : event.value,
      };
    case 'associationChange':
      return toAssociationMembers(event);
    case 'merge':
      return {
        primaryObjectId: Number(event.primaryId),
        mergedObjectIds: event.mergedIds.map(Number),
        newObjectId: Number(event.newId),
        numberOfPropertiesMoved: event.movedCount,
      };
  }
}

function toAssociationMembers(event: ChangeEvent & { kind: 'associationChange' }): Partial<WebhookEvent> {
  const { from, to, role } = event.association;
  return {
    associationType: `${SINGULAR[from]}_TO_${SINGULAR[to]}`.toUpperCase(),
    fromObjectId: Number(event.recordId),
    toObjectId: Number(event.toId),
    associationRemoved: event.removed,
    isPrimaryAssociation: role === 'primary',
  };
}

/** What the generic form adds (generic webhook subscriptions page); an association has two object types instead of one. */
function toGenericMembers(event: ChangeEvent): Partial<WebhookEvent> {
  if (event.kind === 'associationChange') {
    const { from, to, typeId, category } = event.association;
    const types = { fromObjectTypeId: TYPE_IDS[from], toObjectTypeId: TYPE_IDS[to] };
    return { ...types, associationTypeId: typeId, associationCategory: category };
  }
  return {
    objectTypeId: TYPE_IDS[event.type],
    ...(event.kind === 'propertyChange' ? { isSensitive: false } : {}),
  };
}

/**
 * The webhook event of a change, or `undefined` where nothing is subscribed to it. A propertyChange needs a subscription per property.
 *
 * @param sequence counts the events; two neighbours share an `eventId`, because in HubSpot it is not unique (legacy webhooks guide)
 */
export function toWebhookEvent(event: ChangeEvent, settings: Settings, sequence: number): WebhookEvent | undefined {
  const classic = `${SINGULAR[event.type]}.${event.kind}`;
  const subscription = event.kind === 'propertyChange' ? `${classic}:${event.property}` : classic;
  const place = settings.subscriptions.indexOf(subscription);
  if (place < 0) return undefined;
  // Privacy deletions have no generic form.
  const isGeneric = settings.webhookForm === 'object' && event.kind !== 'privacyDeletion';
  const webhook: WebhookEvent = {
    eventId: 100_000 + (sequence >>> 1),
    subscriptionId: 3_000_001 + place,
    portalId: settings.portalId,
    appId: settings.appId,
    occurredAt: event.at,
    subscriptionType: isGeneric ? `object.${event.kind}` : classic,
    attemptNumber: 0,
    objectId: Number(event.recordId),
    changeSource: event.author.changeSource,
    ...toMembers(event),
  };
  if (event.author.sourceId !== undefined) webhook.sourceId = event.author.sourceId;
  if (event.kind === 'associationChange' && !settings.associationEventsNameObject) delete webhook.objectId;
  return isGeneric ? { ...webhook, ...toGenericMembers(event) } : webhook;
}
