import { AssociationSpecAssociationCategoryEnum as Category } from '@hubspot/api-client/lib/codegen/crm/associations/v4/models/AssociationSpec.js';
import { SyncError, toSyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { AssociationWrite } from '../ports/hubspot.ts';
import { archiveAll } from './archive.ts';
import { type AssociationLabels, type AssociationType, type Direction, toOwnTypes } from './association-labels.ts';
import { readAssociations } from './associations.ts';
import { unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { associatedSchema, type ErrorBody } from './schemas.ts';
import { sendBatches } from './write-batches.ts';

/** Most inputs of a batch that associates (associations guide). */
const BATCH_SIZE = 2000;

/** One pair of records of one direction. `key` is its own among them. */
type Pair = {
  key: string;
  fromId: string;
  toId: string;
  labels: AssociationWrite['labels'];
  isPrimary: boolean;
};
type LabelledPair = Pair & { labels: readonly string[] };
type TypedPair = LabelledPair & { types: readonly AssociationType[] };
type Group = { direction: Direction; operation: AssociationWrite['operation']; pairs: Pair[] };
type Scope = { client: HubSpotClient; labels: AssociationLabels; spend: Spend };
type Results = Map<string, SyncError | null>;

function keyOf({ from, to }: Pick<AssociationWrite, 'from' | 'to'>): string {
  return `${from.type}/${from.id}>${to.type}/${to.id}`;
}

/** The later of two writes of a pair counts; writes of one direction and operation go together. */
function toGroups(writes: readonly AssociationWrite[]): Group[] {
  const groups = new Map<string, Group>();
  for (const write of new Map(writes.map((write) => [keyOf(write), write])).values()) {
    const { from, to, operation, labels, isPrimary } = write;
    const name = `${operation} ${from.type}>${to.type}`;
    const group = groups.get(name) ?? { direction: { from: from.type, to: to.type }, operation, pairs: [] };
    group.pairs.push({ key: keyOf(write), fromId: from.id, toId: to.id, labels, isPrimary });
    groups.set(name, group);
  }
  return [...groups.values()];
}

function unknownLabels(names: readonly string[]): SyncError {
  return new SyncError('needs-human', 'association_label_unknown', 'HubSpot has no such label for this association.', {
    fields: names,
    advice: 'Create the label in HubSpot (Settings, Objects, Associations), or correct its name in the mapping.',
  });
}

/** The labels of each pair; those that are to be kept are read, as writing replaces them. */
async function toLabelled({ client, spend }: Scope, { direction, pairs }: Group, results: Results) {
  const ids = pairs.filter(({ labels }) => labels === 'kept').map(({ fromId }) => fromId);
  const found = await readAssociations(client, direction, ids, spend);
  return pairs.flatMap(({ labels, ...pair }): LabelledPair[] => {
    if (labels !== 'kept') return [{ ...pair, labels }];
    const held = found.get(pair.fromId) ?? [];
    if (!(held instanceof SyncError)) {
      return [{ ...pair, labels: held.find(({ toId }) => toId === pair.toId)?.labels ?? [] }];
    }
    results.set(pair.key, held);
    return [];
  });
}

/** The types of each pair: HubSpot's own, and those of its labels by their names. */
async function toTyped(
  { labels, spend }: Scope,
  direction: Direction,
  pairs: readonly LabelledPair[],
  results: Results,
): Promise<TypedPair[]> {
  const names = [...new Set(pairs.flatMap((pair) => pair.labels))];
  const known = names.length === 0 ? new Map() : await labels.find(direction, names, spend).catch(toSyncError);
  return pairs.flatMap((pair) => {
    const own = toOwnTypes(direction, pair.isPrimary);
    if (pair.labels.length === 0) return [{ ...pair, types: own }];
    const unknown = known instanceof SyncError ? [] : pair.labels.filter((name) => !known.has(name));
    if (known instanceof SyncError || unknown.length > 0) {
      results.set(pair.key, known instanceof SyncError ? known : unknownLabels(unknown));
      return [];
    }
    return [{ ...pair, types: [...own, ...pair.labels.flatMap((name) => known.get(name) ?? [])] }];
  });
}

function toInput({ fromId, toId, types }: TypedPair) {
  return {
    _from: { id: fromId },
    to: { id: toId },
    types: types.map(({ category, typeId }) => ({
      associationCategory: Object.values(Category).find((each) => each === category) ?? Category.UserDefined,
      associationTypeId: typeId,
    })),
  };
}

/** The pairs that an error of a 207 names by one end or both. */
function findKeys({ context }: ErrorBody, pairs: readonly TypedPair[]): string[] {
  const [fromIds, toIds, ids] = [context?.fromObjectId, context?.toObjectId, context?.objectId];
  if (fromIds === undefined && toIds === undefined && ids === undefined) return [];
  const named = pairs.filter(
    ({ fromId, toId }) =>
      (fromIds?.includes(fromId) ?? true) &&
      (toIds?.includes(toId) ?? true) &&
      (ids === undefined || ids.includes(fromId) || ids.includes(toId)),
  );
  return named.map(({ key }) => key);
}

/** Writes the pairs with all their types at once, as writing replaces those that a pair has (associations guide). */
async function setPairs(scope: Scope, group: Group, results: Results): Promise<void> {
  const { client, labels, spend } = scope;
  const { from, to } = group.direction;
  const typed = await toTyped(scope, group.direction, await toLabelled(scope, group, results), results);
  const outcomes = await sendBatches<TypedPair, null>(
    {
      client,
      type: from,
      spend,
      verb: `associate.${to}`,
      size: BATCH_SIZE,
      send: (batch) => client.crm.associations.v4.batchApi.create(from, to, { inputs: batch.map(toInput) }),
      read(entry) {
        const parsed = associatedSchema.safeParse(entry);
        if (!parsed.success) return null;
        const { fromObjectId, toObjectId } = parsed.data;
        const ends = { from: { type: from, id: fromObjectId }, to: { type: to, id: toObjectId } };
        return { key: keyOf(ends), result: null };
      },
      findGuilty: () => [],
      findSuspects: ({ detail: { recordIds = [] } }, batch) =>
        batch.filter(({ fromId, toId }) => recordIds.includes(fromId) || recordIds.includes(toId)),
      findKeys,
    },
    typed,
  );
  for (const [key, outcome] of outcomes) {
    results.set(key, outcome.ok ? null : outcome.error);
    // A label that was deleted meanwhile is refused: the next try asks for all of them again.
    if (!outcome.ok && outcome.error.detail.status === 400) labels.forget(group.direction);
  }
}

async function removePairs({ client, spend }: Scope, { direction, pairs }: Group, results: Results): Promise<void> {
  const { from, to } = direction;
  const { batchApi, basicApi } = client.crm.associations.v4;
  const errors = await archiveAll<Pair>(
    {
      client,
      type: from,
      spend,
      verb: `dissociate.${to}`,
      sendMany: (batch) =>
        batchApi.archive(from, to, {
          inputs: batch.map(({ fromId, toId }) => ({ _from: { id: fromId }, to: [{ id: toId }] })),
        }),
      sendOne: ({ fromId, toId }) => basicApi.archive(from, fromId, to, toId),
    },
    pairs,
  );
  for (const [{ key }, error] of errors) results.set(key, error);
}

/**
 * Writes associations as `HubSpotPort.associate` promises. Removals go first, as an admin may have limited how many associations a record
 * has. They have a quota of calls of their own (100 to 200 in ten seconds), which batches of 2,000 do not come near.
 */
export async function associate(scope: Scope, writes: readonly AssociationWrite[]): Promise<(SyncError | null)[]> {
  const results: Results = new Map();
  const groups = toGroups(writes);
  const removals = groups.filter(({ operation }) => operation === 'remove');
  const settings = groups.filter(({ operation }) => operation === 'set');
  await Promise.all(removals.map((group) => removePairs(scope, group, results)));
  await Promise.all(settings.map((group) => setPairs(scope, group, results)));
  return writes.map((write) => {
    const result = results.get(keyOf(write));
    return result === undefined ? unreadableAnswer(true) : result;
  });
}
