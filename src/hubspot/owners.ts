import type { Spend } from '../ports/budget.ts';
import type { HubSpotOwner } from '../ports/hubspot.ts';
import { unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { ownersSchema } from './schemas.ts';

const PAGE_SIZE = 100;

async function readPages(client: HubSpotClient, archived: boolean, spend: Spend): Promise<HubSpotOwner[]> {
  const owners: HubSpotOwner[] = [];
  const cursors = new Set<string | undefined>();
  let after: string | undefined;
  do {
    cursors.add(after);
    const cursor = after;
    const { data } = await client.call({ operation: 'owners.read', bucket: 'hubspot', isWrite: false, spend }, () =>
      client.crm.owners.ownersApi.getPage(undefined, cursor, PAGE_SIZE, archived),
    );
    const parsed = ownersSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    for (const { id, email, firstName, lastName, teams, userIdIncludingInactive: user } of parsed.data.results) {
      const named = [...(teams ?? [])].sort((a, b) => Number(b.primary) - Number(a.primary));
      // Queues are owners without an email.
      const name = `${firstName ?? ''} ${lastName ?? ''}`.trim();
      const userId = user == null ? null : String(user);
      owners.push({ id, userId, name, email: email ?? '', archived, teams: named.map((team) => team.name) });
    }
    after = parsed.data.paging?.next?.after;
    // A cursor that comes back would never end.
    if (after !== undefined && cursors.has(after)) throw unreadableAnswer(false);
  } while (after !== undefined);
  return owners;
}

/**
 * All owners, archived ones too, as records keep the id of an owner who left. `id` is what `hubspot_owner_id` holds; it is not the user id.
 *
 * @throws SyncError
 */
export async function readOwners(client: HubSpotClient, spend: Spend): Promise<HubSpotOwner[]> {
  const [active, archived] = await Promise.all([readPages(client, false, spend), readPages(client, true, spend)]);
  return [...active, ...archived];
}
