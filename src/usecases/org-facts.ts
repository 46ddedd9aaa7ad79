import type { FieldFacts, FieldType } from '../domain/mapping/types.ts';
import type { OwnerDirectory } from '../domain/plan/types.ts';
import type { SalesforceObject } from '../domain/record.ts';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubSpotOwner, HubSpotPort } from '../ports/hubspot.ts';
import type { SalesforceField, SalesforcePort, SalesforceUser } from '../ports/salesforce.ts';
import { type DealFactsPorts, readDealFacts } from './deal-facts.ts';
import type { OrgFacts } from './drain/dependencies.ts';
import { personObjects } from './live-schemas.ts';

/** Owners and fields change rarely; a new sales rep is known after this long at the latest. */
const keptForMs = 10 * 60_000;
/** The same where what deals and companies need could not be read: a right that somebody grants is noticed soon. */
const keptFaultyForMs = 60_000;

/** Which kinds the active mapping has on, besides contacts. */
export type KindsOn = { companies: boolean; deals: boolean };

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'owners'> & DealFactsPorts['hubspot'];
  salesforce: Pick<SalesforcePort, 'users' | 'describe' | 'identity'> & DealFactsPorts['salesforce'];
  clock: Pick<Clock, 'now'>;
  /** Asked at every use, as a new mapping may turn them on; absent: contacts alone. */
  kindsOn?: () => KindsOn;
};

const contactsAlone: KindsOn = { companies: false, deals: false };

/**
 * Reads owners, users, fields, our own user and, where deals are on, pipelines, stages and currencies, and keeps them for ten minutes;
 * callers at the same time share one reading, and a failed one is not kept. What only deals or companies need keeps no contact waiting: a
 * fault of theirs is told as \`recordFault\`.
 * @throws SyncError when one of the CRMs could not be asked for what everybody needs
 */
export function createOrgFacts(dependencies: Dependencies): (spend: Spend) => Promise<OrgFacts> {
  let kept: { untilMs: number; on: KindsOn; facts: Promise<OrgFacts> } | null = null;
  return (spend) => {
    const now = dependencies.clock.now();
    const on = dependencies.kindsOn?.() ?? contactsAlone;
    const isKept = kept !== null && now < kept.untilMs && covers(kept.on, on);
    if (kept !== null && isKept) return kept.facts;
    const reading = { untilMs: now + keptForMs, on, facts: readFacts(dependencies, on, spend) };
    kept = reading;
    reading.facts.then(
      ({ recordFault }) => {
        if (recordFault !== null) reading.untilMs = now + keptFaultyForMs;
      },
      () => {
        if (kept === reading) kept = null;
      },
    );
    return reading.facts;
  };
}

function covers(known: KindsOn, wanted: KindsOn): boolean {
  return (known.companies || !wanted.companies) && (known.deals || !wanted.deals);
}

type Described = { object: SalesforceObject; fields: readonly SalesforceField[] };

async function readFacts(dependencies: Dependencies, on: KindsOn, spend: Spend): Promise<OrgFacts> {
  const { hubspot, salesforce } = dependencies;
  const [owners, users, identity, records, ...persons] = await Promise.all([
    hubspot.owners(spend),
    salesforce.users(spend),
    salesforce.identity(spend),
    readRecordFacts(dependencies, on, spend).catch(toRecordFault),
    ...personObjects.map((object) => describe(dependencies, object, spend)),
  ]);
  const fault = records instanceof SyncError ? records : null;
  const { deal, described } = records instanceof SyncError ? noRecordFacts : records;
  const facts = new Map(
    [...persons, ...described].flatMap(({ object, fields }) =>
      fields.map((field) => [keyOf(object, field.name), toFieldFacts(field)] as const),
    ),
  );
  return {
    owners: toDirectory(owners, users),
    ownerNames: new Map([...owners, ...users, ...owners.flatMap(asUser)].flatMap(toNamed)),
    fieldFacts: (object, field) => facts.get(keyOf(object, field)),
    ourUserId: identity.userId,
    deal,
    recordFault: fault,
  };
}

async function describe({ salesforce }: Dependencies, object: SalesforceObject, spend: Spend): Promise<Described> {
  return { object, fields: await salesforce.describe(object, spend, true) };
}

type RecordFacts = Pick<OrgFacts, 'deal'> & { described: readonly Described[] };

const noRecordFacts: RecordFacts = { deal: null, described: [] };

async function readRecordFacts(dependencies: Dependencies, on: KindsOn, spend: Spend): Promise<RecordFacts> {
  const [deal, account, opportunity] = await Promise.all([
    on.deals ? readDealFacts(dependencies, spend) : null,
    on.companies ? describe(dependencies, 'Account', spend) : null,
    on.deals ? describe(dependencies, 'Opportunity', spend) : null,
  ]);
  return { deal, described: [account, opportunity].filter((each) => each !== null) };
}

/** What stops the whole connection stops everybody. */
function toRecordFault(thrown: unknown): SyncError {
  const error = toSyncError(thrown);
  if (error.detail.pausesConnection === true) throw error;
  return error;
}

function keyOf(object: SalesforceObject, field: string): string {
  return `${object}.${field}`;
}

/** Queues are owners without an email: nobody is found by them. */
function toDirectory(owners: readonly HubSpotOwner[], users: readonly SalesforceUser[]): OwnerDirectory {
  const named = owners.filter(({ email }) => email !== '');
  return {
    emailsByOwner: new Map(named.map(({ id, email }) => [id, email.toLowerCase()])),
    ownersByEmail: new Map(named.filter(({ archived }) => !archived).map(({ id, email }) => [email.toLowerCase(), id])),
    teamsByOwner: new Map(owners.map(({ id, teams }) => [id, teams.map((name) => name.toLowerCase())])),
    usersByEmail: new Map(
      usersActiveLast(users).map(({ id, email, isActive }) => [email.toLowerCase(), { id, isActive }]),
    ),
    emailsByUser: new Map(users.map(({ id, email }) => [id, email.toLowerCase()])),
  };
}

/** Under which a user of HubSpot is named: histories tell user ids, and an owner's id is another number. */
export function userKey(userId: string): string {
  return `user ${userId}`;
}

function asUser({ userId, name, email }: HubSpotOwner): { id: string; name: string; email: string }[] {
  return userId === null ? [] : [{ id: userKey(userId), name, email }];
}

/** The ids of both systems are never alike. Whoever has neither a name nor an email is left out. */
function toNamed({ id, name, email }: { id: string; name: string; email: string }): [string, string][] {
  const shown = name === '' || email === '' ? `${name}${email}` : `${name} (${email})`;
  return shown === '' ? [] : [[id, shown]];
}

/** Of several users with one email the active one counts: the last entry of a map wins. */
function usersActiveLast(users: readonly SalesforceUser[]): SalesforceUser[] {
  return [...users].sort((first, second) => Number(first.isActive) - Number(second.isActive));
}

/** As what a value of Salesforce's `type` is compared (Object Reference, "Field Types"); others are texts. */
const fieldTypes: Readonly<Record<string, FieldType>> = {
  email: 'email',
  phone: 'phone',
  int: 'number',
  long: 'number',
  double: 'number',
  currency: 'number',
  percent: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'datetime',
  picklist: 'picklist',
  combobox: 'picklist',
  multipicklist: 'multi',
};

/** What one field of a describe says of its values. A length of 0 is none; a label that is another entry's value says nothing. */
function toFieldFacts({ type, length, picklistValues, precision, scale, updateable }: SalesforceField): FieldFacts {
  const values = new Set(picklistValues.map(({ value }) => value));
  const labelled = picklistValues.filter(({ label }) => !values.has(label));
  return {
    type: fieldTypes[type] ?? 'text',
    maxLength: length > 0 ? length : null,
    valuesByLabel: new Map(labelled.map(({ value, label }) => [label, value])),
    ...(precision === undefined ? {} : { precision, scale: scale ?? 0 }),
    ...(updateable ? {} : { isReadOnly: true }),
  };
}
