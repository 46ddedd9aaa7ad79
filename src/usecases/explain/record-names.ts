import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort, HubSpotType } from '../../ports/hubspot.ts';

type Properties = Readonly<Record<string, string | null>>;

/** What a record is called by, the first that is not empty. */
const namings: Readonly<
  Record<HubSpotType, { properties: readonly string[]; nameOf(held: Properties): string | null }>
> = {
  contacts: {
    properties: ['firstname', 'lastname', 'email'],
    nameOf: ({ firstname, lastname, email }) => textOf(`${firstname ?? ''} ${lastname ?? ''}`) ?? textOf(email),
  },
  companies: { properties: ['name', 'domain'], nameOf: ({ name, domain }) => textOf(name) ?? textOf(domain) },
  deals: { properties: ['dealname'], nameOf: ({ dealname }) => textOf(dealname) },
};

/**
 * How people call records that belong to another one, as HubSpot has it now; by id. Who cannot be read, or has no name, is not in it: a page
 * can do without. Nothing is asked where nobody is meant.
 */
export async function readNames(
  hubspot: Pick<HubSpotPort, 'read'>,
  type: HubSpotType,
  ids: readonly string[],
  spend: Spend,
): Promise<ReadonlyMap<string, string>> {
  const { properties, nameOf } = namings[type];
  const names = new Map<string, string>();
  if (ids.length === 0) return names;
  try {
    for (const [id, answer] of await hubspot.read(type, [...new Set(ids)], properties, spend)) {
      const isThere = answer.kind === 'found' || answer.kind === 'merged';
      const name = isThere ? nameOf(answer.record.properties) : null;
      if (name !== null) names.set(id, name);
    }
  } catch (thrown) {
    if (!(thrown instanceof SyncError)) throw thrown;
  }
  return names;
}

function textOf(value: string | null | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' ? null : text;
}
