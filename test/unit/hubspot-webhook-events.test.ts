import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWebhookEvent } from '../../src/hubspot/webhook-events.ts';

const classic = {
  eventId: 1,
  subscriptionId: 2,
  portalId: 1_234_567,
  appId: 1_160_452,
  occurredAt: 1_795_000_000_000,
  subscriptionType: 'contact.creation',
  attemptNumber: 0,
  objectId: 151_234_567_890,
  changeSource: 'CRM_UI',
  sourceId: 'userId:123',
  changeFlag: 'CREATED',
};
const expected = {
  portalId: '1234567',
  kind: 'creation',
  object: 'contact',
  objectId: '151234567890',
  otherIds: [],
  occurredAtMs: 1_795_000_000_000,
  isByOurApp: false,
};
const associated = {
  ...classic,
  subscriptionType: 'contact.associationChange',
  objectId: undefined,
  fromObjectId: 5,
  toObjectId: 6,
};
const association = { ...expected, kind: 'associationChange', objectId: '5', isRemoved: false };

describe('webhook events: every form that is understood', () => {
  it.each([
    { name: 'classic creation, id beyond 32 bits', event: classic, parsed: expected },
    { name: 'ids as text', event: { ...classic, objectId: '151234567890', portalId: '1234567' }, parsed: expected },
    {
      name: 'the type under its documented name',
      event: { ...classic, subscriptionType: undefined, eventType: 'contact.creation' },
      parsed: expected,
    },
    {
      name: 'generic creation',
      event: { ...classic, subscriptionType: 'object.creation', objectTypeId: '0-1' },
      parsed: expected,
    },
    {
      name: 'generic deletion of a company',
      event: { ...classic, subscriptionType: 'object.deletion', objectTypeId: '0-2' },
      parsed: { ...expected, kind: 'deletion', object: 'company' },
    },
    {
      name: 'classic restore of a contact',
      event: { ...classic, subscriptionType: 'contact.restore', changeFlag: 'RESTORED' },
      parsed: { ...expected, kind: 'restore' },
    },
    {
      name: 'generic restore of a contact',
      event: { ...classic, subscriptionType: 'object.restore', objectTypeId: '0-1' },
      parsed: { ...expected, kind: 'restore' },
    },
    {
      name: 'restore of a deal',
      event: { ...classic, subscriptionType: 'deal.restore' },
      parsed: { ...expected, kind: 'restore', object: 'deal' },
    },
    {
      name: 'privacy deletion',
      event: { ...classic, subscriptionType: 'contact.privacyDeletion' },
      parsed: { ...expected, kind: 'privacyDeletion' },
    },
    {
      name: 'change of a property',
      event: {
        ...classic,
        subscriptionType: 'contact.propertyChange',
        propertyName: 'lifecyclestage',
        propertyValue: 'salesqualifiedlead',
      },
      parsed: {
        ...expected,
        kind: 'propertyChange',
        propertyName: 'lifecyclestage',
        propertyValue: 'salesqualifiedlead',
      },
    },
    {
      name: 'a cleared property',
      event: { ...classic, subscriptionType: 'contact.propertyChange', propertyName: 'phone', propertyValue: '' },
      parsed: { ...expected, kind: 'propertyChange', propertyName: 'phone', propertyValue: '' },
    },
    {
      name: 'merge into a third record',
      event: {
        ...classic,
        subscriptionType: 'contact.merge',
        objectId: 10,
        primaryObjectId: 10,
        mergedObjectIds: [11, '12'],
        newObjectId: 99,
      },
      parsed: { ...expected, kind: 'merge', objectId: '99', otherIds: ['10', '11', '12'] },
    },
    {
      name: 'merge without a new record',
      event: {
        ...classic,
        subscriptionType: 'contact.merge',
        objectId: 11,
        primaryObjectId: 10,
        mergedObjectIds: [11],
        newObjectId: null,
      },
      parsed: { ...expected, kind: 'merge', objectId: '10', otherIds: ['11'] },
    },
    {
      name: 'merge that names only its object',
      event: { ...classic, subscriptionType: 'object.merge', objectTypeId: '0-1', objectId: 10 },
      parsed: { ...expected, kind: 'merge', objectId: '10' },
    },
    {
      name: 'association without objectId',
      event: {
        ...classic,
        subscriptionType: 'contact.associationChange',
        objectId: undefined,
        fromObjectId: 5,
        toObjectId: 6,
      },
      parsed: { ...association, otherEnd: null },
    },
    {
      name: 'classic association, both kinds in its type',
      event: { ...associated, associationType: 'CONTACT_TO_COMPANY', associationRemoved: false },
      parsed: { ...association, otherEnd: { object: 'company', id: '6' } },
    },
    {
      name: 'classic association of a primary company that was taken away',
      event: { ...associated, associationType: 'CONTACT_TO_PRIMARY_COMPANY', associationRemoved: true },
      parsed: { ...association, otherEnd: { object: 'company', id: '6' }, isRemoved: true },
    },
    {
      name: 'classic association with a label in its type',
      event: { ...associated, subscriptionType: 'deal.associationChange', associationType: 'DEAL_TO_CONTACT_BUYER' },
      parsed: { ...association, object: 'deal', otherEnd: { object: 'contact', id: '6' } },
    },
    {
      name: 'association with an objectId besides',
      event: { ...associated, objectId: 5, associationType: 'CONTACT_TO_DEAL' },
      parsed: { ...association, otherEnd: { object: 'deal', id: '6' } },
    },
    {
      name: 'generic association',
      event: {
        ...classic,
        subscriptionType: 'object.associationChange',
        objectId: undefined,
        fromObjectTypeId: '0-3',
        toObjectTypeId: '0-1',
        fromObjectId: 5,
        toObjectId: 6,
      },
      parsed: { ...association, object: 'deal', otherEnd: { object: 'contact', id: '6' } },
    },
    {
      name: 'a write of the app that gets the webhook',
      event: { ...classic, changeSource: 'INTEGRATION', sourceId: '1160452' },
      parsed: { ...expected, isByOurApp: true },
    },
    {
      name: 'a write of another app',
      event: { ...classic, changeSource: 'INTEGRATION', sourceId: '99' },
      parsed: expected,
    },
    { name: 'members nobody knows', event: { ...classic, somethingNew: { deep: [1] } }, parsed: expected },
  ])('$name', ({ event, parsed }) => {
    expect(parseWebhookEvent(event)).toEqual(parsed);
  });
});

describe('webhook events: what cannot be used is null, never an exception', () => {
  it.each([
    { name: 'nothing', event: undefined },
    { name: 'null', event: null },
    { name: 'a text', event: 'contact.creation' },
    { name: 'a list', event: [classic] },
    { name: 'an empty object', event: {} },
    { name: 'an unknown object', event: { ...classic, subscriptionType: 'ticket.creation' } },
    { name: 'an unknown kind', event: { ...classic, subscriptionType: 'contact.explosion' } },
    { name: 'a type with more parts', event: { ...classic, subscriptionType: 'contact.creation.extra' } },
    {
      name: 'an unknown object type',
      event: { ...classic, subscriptionType: 'object.creation', objectTypeId: '2-123' },
    },
    { name: 'a generic event without object type', event: { ...classic, subscriptionType: 'object.creation' } },
    {
      name: 'a prototype member as object type',
      event: { ...classic, subscriptionType: 'object.creation', objectTypeId: 'constructor' },
    },
    { name: 'an association with a ticket', event: { ...associated, associationType: 'CONTACT_TO_TICKET' } },
    {
      name: 'a generic association with a custom object',
      event: {
        ...associated,
        subscriptionType: 'object.associationChange',
        fromObjectTypeId: '0-1',
        toObjectTypeId: '2-9',
      },
    },
    { name: 'no portal', event: { ...classic, portalId: undefined } },
    { name: 'no id', event: { ...classic, objectId: undefined } },
    { name: 'an id that is no number', event: { ...classic, objectId: "1' or 1=1" } },
    { name: 'a negative id', event: { ...classic, objectId: -1 } },
    { name: 'a fractional id', event: { ...classic, objectId: 1.5 } },
    { name: 'an id beyond what numbers hold exactly', event: { ...classic, objectId: 2 ** 60 } },
    { name: 'no time', event: { ...classic, occurredAt: undefined } },
    { name: 'a change without property', event: { ...classic, subscriptionType: 'contact.propertyChange' } },
  ])('$name', ({ event }) => {
    expect(parseWebhookEvent(event)).toBeNull();
  });

  it('anything that JSON can hold', () => {
    const types = fc.constantFrom('contact.merge', 'object.propertyChange', 'company.associationChange', 'x');
    fc.assert(
      fc.property(fc.jsonValue(), types, (value, subscriptionType) => {
        const event = typeof value === 'object' && value !== null ? { ...classic, ...value, subscriptionType } : value;
        const parsed = parseWebhookEvent(event);
        expect(parsed === null || /^\d+$/.test(parsed.objectId)).toBe(true);
      }),
    );
  });
});
