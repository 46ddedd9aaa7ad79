import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { unreadableAnswer } from './batches.ts';
import type { CallOptions, HubSpotClient } from './client.ts';
import { listSchema, membersSchema } from './schemas.ts';

/** Most members of a page (lists API, `limit`). */
const PAGE_SIZE = 250;

/** Object types as lists name them. */
const TYPES: Readonly<Record<string, HubSpotType>> = { '0-1': 'contacts', '0-2': 'companies', '0-3': 'deals' };

type ListMembers = { ids: readonly string[]; next: string | null; type: HubSpotType };

/** Lists of HubSpot (segments, in its pages): who is in them, static or active. */
export type Lists = {
  /** A page of members by ascending id, as `HubSpotPort.listMembers` promises. @throws SyncError */
  members(listId: string, after: string | null, spend: Spend): Promise<ListMembers>;
};

/** `crm.lists.read` is a scope that the sync itself does without. */
function toListCall(verb: string, spend: Spend): CallOptions {
  return { operation: `lists.${verb}`, bucket: 'hubspot', isWrite: false, spend, isOptional: true };
}

function unknownList(): SyncError {
  return new SyncError('needs-human', 'hubspot_list_unknown', 'HubSpot has no list (segment) with this id.', {
    advice:
      'Copy the id from the details of the list in HubSpot: a number. A deleted list has to be restored there first.',
  });
}

function otherObject(): SyncError {
  return new SyncError(
    'needs-human',
    'hubspot_list_of_other_records',
    'The HubSpot list holds neither contacts nor companies nor deals.',
    { advice: 'Name a list of contacts, companies or deals.' },
  );
}

/** The answer to a question about a list, where 404 means that there is none. @throws SyncError */
async function ask(client: HubSpotClient, call: CallOptions, send: () => Promise<unknown>): Promise<unknown> {
  try {
    return (await client.call(call, send)).data;
  } catch (thrown) {
    if (thrown instanceof SyncError && thrown.code === 'hubspot_not_found') throw unknownList();
    throw thrown;
  }
}

/** Asks for lists and keeps what they are lists of, for the process. */
export function createLists(client: HubSpotClient): Lists {
  const kept = new Map<string, HubSpotType>();

  /** A deleted list is still answered, without members, for as long as it can be restored. */
  async function readType(listId: string, spend: Spend): Promise<HubSpotType> {
    const data = await ask(client, toListCall('read', spend), () => client.crm.lists.listsApi.getById(listId, false));
    const parsed = listSchema.safeParse(data);
    if (!parsed.success) throw unreadableAnswer(false);
    const { objectTypeId, deletedAt } = parsed.data.list;
    if (deletedAt !== null && deletedAt !== undefined) throw unknownList();
    const type = TYPES[objectTypeId];
    if (type === undefined) throw otherObject();
    kept.set(listId, type);
    return type;
  }

  return {
    async members(listId, after, spend) {
      if (!/^\d{1,20}$/.test(listId)) throw unknownList();
      const known = after === null ? undefined : kept.get(listId);
      const type = known ?? (await readType(listId, spend));
      const data = await ask(client, toListCall('members', spend), () =>
        client.crm.lists.membershipsApi.getPage(listId, after ?? undefined, undefined, PAGE_SIZE),
      );
      const parsed = membersSchema.safeParse(data);
      if (!parsed.success) throw unreadableAnswer(false);
      const next = parsed.data.paging?.next?.after ?? null;
      // A cursor that comes back would never end.
      if (next !== null && next === after) throw unreadableAnswer(false);
      return { ids: parsed.data.results.map(({ recordId }) => recordId), next, type };
    },
  };
}
