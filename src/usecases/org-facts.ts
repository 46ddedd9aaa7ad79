import type { OwnerDirectory } from '../domain/plan/types.ts';
import type { PersonObject } from '../domain/record.ts';
import type { Spend } from '../ports/budget.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { SalesforcePort } from '../ports/salesforce.ts';
import type { OrgFacts } from './drain/dependencies.ts';

/** Owners and field lengths change rarely; a new sales rep is known after this long at the latest. */
const keptForMs = 10 * 60_000;

type Dependencies = {
  hubspot: Pick<HubSpotPort, 'owners'>;
  salesforce: Pick<SalesforcePort, 'users' | 'describe'>;
  clock: Pick<Clock, 'now'>;
};

/**
 * Reads owners, users and field lengths once and keeps them for ten minutes; callers at the same time share one reading, and a failed
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
  const objects: readonly PersonObject[] = ['Lead', 'Contact'];
  const [owners, users, ...described] = await Promise.all([
    hubspot.owners(spend),
    salesforce.users(spend),
    ...objects.map((object) => salesforce.describe(object, spend, true)),
  ]);
  const directory: OwnerDirectory = {
    emailsByOwner: new Map(owners.map(({ id, email }) => [id, email.toLowerCase()])),
    usersByEmail: new Map(
      usersActiveLast(users).map(({ id, email, isActive }) => [email.toLowerCase(), { id, isActive }]),
    ),
  };
  const lengths = new Map<string, number>();
  for (const [index, fields] of described.entries()) {
    for (const { name, length } of fields) if (length > 0) lengths.set(`${objects[index]}.${name}`, length);
  }
  return { owners: directory, maxLength: (object, field) => lengths.get(`${object}.${field}`) };
}

/** Of several users with one email the active one counts: the last entry of a map wins. */
function usersActiveLast<User extends { isActive: boolean }>(users: readonly User[]): User[] {
  return [...users].sort((first, second) => Number(first.isActive) - Number(second.isActive));
}
