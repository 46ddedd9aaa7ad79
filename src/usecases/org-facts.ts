import type { FieldFacts, FieldType } from '../domain/mapping/types.ts';
import type { OwnerDirectory } from '../domain/plan/types.ts';
import type { PersonObject } from '../domain/record.ts';
import type { Spend } from '../ports/budget.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubSpotOwner, HubSpotPort } from '../ports/hubspot.ts';
import type { SalesforceField, SalesforcePort, SalesforceUser } from '../ports/salesforce.ts';
import type { OrgFacts } from './drain/dependencies.ts';
import { personObjects } from './live-schemas.ts';

/** Owners and fields change rarely; a new sales rep is known after this long at the latest. */
const keptForMs = 10 * 60_000;

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'owners'>;
  salesforce: Pick<SalesforcePort, 'users' | 'describe' | 'identity'>;
  clock: Pick<Clock, 'now'>;
};

/**
 * Reads owners, users, fields and our own user once and keeps them for ten minutes; callers at the same time share one reading, and a failed
 * one is not kept.
 * @throws SyncError when one of the CRMs could not be asked
 */
export function createOrgFacts(dependencies: Dependencies): (spend: Spend) => Promise<OrgFacts> {
  let kept: { untilMs: number; facts: Promise<OrgFacts> } | null = null;
  return (spend) => {
    const now = dependencies.clock.now();
    if (kept !== null && now < kept.untilMs) return kept.facts;
    const reading = {
      untilMs: now + keptForMs,
      facts: readFacts(dependencies, { priority: spend.priority, prepaid: 0 }),
    };
    kept = reading;
    reading.facts.catch(() => {
      if (kept === reading) kept = null;
    });
    return reading.facts;
  };
}

async function readFacts({ hubspot, salesforce }: Dependencies, spend: Spend): Promise<OrgFacts> {
  const [owners, users, identity, ...described] = await Promise.all([
    hubspot.owners(spend),
    salesforce.users(spend),
    salesforce.identity(spend),
    ...personObjects.map((object) => salesforce.describe(object, spend, true)),
  ]);
  const facts = new Map(
    described.flatMap((fields, index) =>
      fields.map((field) => [keyOf(personObjects[index] ?? 'Lead', field.name), toFieldFacts(field)] as const),
    ),
  );
  return {
    owners: toDirectory(owners, users),
    fieldFacts: (object, field) => facts.get(keyOf(object, field)),
    ourUserId: identity.userId,
  };
}

function keyOf(object: PersonObject, field: string): string {
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
function toFieldFacts({ type, length, picklistValues }: SalesforceField): FieldFacts {
  const values = new Set(picklistValues.map(({ value }) => value));
  const labelled = picklistValues.filter(({ label }) => !values.has(label));
  return {
    type: fieldTypes[type] ?? 'text',
    maxLength: length > 0 ? length : null,
    valuesByLabel: new Map(labelled.map(({ value, label }) => [label, value])),
  };
}
