import { type AssociationTypes, createAssociationTypes } from './association-types.ts';
import type { ChangeEvent } from './events.ts';
import type { Links } from './links.ts';
import type { Lists } from './lists.ts';
import type { ObjectType } from './model.ts';
import type { Settings } from './options.ts';
import { createDefaultPipelines, type Pipeline } from './pipelines.ts';
import { createProperties, type Properties } from './properties.ts';
import { createStores, type Store } from './store.ts';

/** `id` is what `hubspot_owner_id` wants, `userId` is another number (owners guide). */
export type Owner = {
  id: string;
  userId: number;
  email: string;
  firstName: string;
  lastName: string;
  archived: boolean;
  createdAt: number;
};

/** Everything one sandbox portal holds. Handlers and the human's hands change it through `writes.ts` and `merges.ts`. */
export type Portal = {
  settings: Settings;
  now(): number;
  properties: Properties;
  stores: Record<ObjectType, Store>;
  owners: Owner[];
  dealPipelines: Pipeline[];
  /** Addresses that were erased for good: no contact may carry them again. */
  blockedEmails: Set<string>;
  associationTypes: AssociationTypes;
  links: Links;
  /** Most associations per record and direction that an admin allows: `deals companies` → 1. */
  associationLimits: Map<string, number>;
  lists: Lists;
  /** Requests of the account's present day. */
  usedToday(): number;
  emit(event: ChangeEvent): void;
};

/** What the portal asks, and whom it tells of every change. */
type Surroundings = Pick<Portal, 'now' | 'usedToday' | 'emit'>;

/** A fresh portal with default properties, one pipeline and nobody in it. `emit` receives every change. */
export function createPortal(settings: Settings, { now, usedToday, emit }: Surroundings): Portal {
  const dealPipelines = createDefaultPipelines();
  const isDealStage = (id: string) => dealPipelines.some(({ stages }) => stages.some((stage) => stage.id === id));
  const properties = createProperties(now, isDealStage);
  showCurrencies(properties, settings);
  return {
    settings,
    now,
    properties,
    stores: createStores(properties, () => settings.searchLagMs),
    owners: [],
    dealPipelines,
    blockedEmails: new Set(),
    associationTypes: createAssociationTypes(),
    links: new Map(),
    associationLimits: new Map(),
    lists: new Map(),
    usedToday,
    emit,
  };
}

/** The currencies of the account are the options of a deal's currency (changelog on currency code validation). */
export function showCurrencies(properties: Properties, { companyCurrency, currencies }: Settings): void {
  const codes = [...new Set([companyCurrency, ...currencies])];
  properties.setOptions(
    'deals',
    'deal_currency_code',
    codes.map((value) => ({ value })),
  );
}

/** Adds an owner; ids of owners and users differ so that mixing them up shows. */
export function addOwner(portal: Portal, email: string, more: Partial<Omit<Owner, 'email'>> = {}): Owner {
  const count = portal.owners.length;
  const owner: Owner = {
    id: String(76_000_001 + count),
    userId: 9_000_001 + count,
    firstName: 'Owner',
    lastName: String(count + 1),
    archived: false,
    createdAt: portal.now(),
    ...more,
    email,
  };
  portal.owners.push(owner);
  return owner;
}
