import { ownerField, ownerProperty } from '../../domain/merge/owner.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { OrgFacts } from '../drain/dependencies.ts';
import { userKey } from '../org-facts.ts';
import type { PairField } from './fields-of-pair.ts';

/** As whom we write, and how owners are called; null where the CRMs cannot be asked. */
export async function factsOrNull({ facts }: { facts(spend: Spend): Promise<OrgFacts> }): Promise<OrgFacts | null> {
  try {
    return await facts({ priority: 3, prepaid: 0 });
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown;
    return null;
  }
}

type Changed = { field: string; before: unknown; after: unknown };

/** How the owners among these values are called, by id; whom neither CRM names any more is left out. Pure. */
export function ownersNamed(
  names: OrgFacts['ownerNames'],
  fields: readonly PairField[],
  changes: readonly Changed[],
): Record<string, string> {
  const held = fields.filter(({ hubspot }) => hubspot.name === ownerProperty);
  const changed = changes.filter(({ field }) => field === ownerProperty || field === ownerField);
  const ids = [
    ...held.flatMap(({ hubspot, salesforce }) => [hubspot.value, salesforce.value]),
    ...changed.flatMap(({ before, after }) => [before, after]),
  ];
  return Object.fromEntries(
    [...new Set(ids)].flatMap((id) => {
      const name = typeof id === 'string' ? names.get(id) : undefined;
      return name === undefined ? [] : [[id, name]];
    }),
  );
}

const byPerson = /^(\w+) user (\d+)$/;

/** The fields with the people of HubSpot who changed them called by their names, where its owners tell whose user id it is. Pure. */
export function nameChangers(names: OrgFacts['ownerNames'], fields: readonly PairField[]): readonly PairField[] {
  return fields.map((field) => {
    const [, source, userId] = byPerson.exec(field.hubspot.changedBy ?? '') ?? [];
    const name = userId === undefined ? undefined : names.get(userKey(userId));
    return name === undefined
      ? field
      : { ...field, hubspot: { ...field.hubspot, changedBy: `${source} user ${name}` } };
  });
}
