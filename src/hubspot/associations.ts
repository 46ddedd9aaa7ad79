import type { Association, HubSpotObject } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { HubSpotType } from '../ports/hubspot.ts';
import { type Direction, isPrimaryType, toLabel } from './association-labels.ts';
import { forEachLimited, toBatches, toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { toHubSpotError, toItemError } from './errors.ts';
import { type AssociationsAnswer, associationsSchema, batchSchema, type ErrorBody } from './schemas.ts';

/** Most ids of a batch read of associations (changelog on the limit of batch reads). */
const BATCH_SIZE = 1000;
const BATCHES_AT_ONCE = 2;
/** Pages of one record; a deal with more associations than this has gone wrong. */
const MAX_PAGES = 100;

const NONE = 'crm.associations.NO_ASSOCIATIONS_FOUND';
const OBJECTS: Readonly<Record<HubSpotType, HubSpotObject>> = {
  contacts: 'contact',
  companies: 'company',
  deals: 'deal',
};

type Answers = Map<string, readonly Association[] | SyncError>;
type Scope = {
  client: HubSpotClient;
  direction: Direction;
  spend: Spend;
  found: Map<string, Map<string, Association>>;
};
/** `after`: where the record's next page begins. */
type Input = { id: string; after?: string };
type Page = { next: Input[]; leftOut: Input[]; errors: Map<string, SyncError> };

function toAssociation(direction: Direction, { toObjectId, associationTypes }: AssociationsAnswer['to'][number]) {
  const labels = associationTypes.flatMap((type) => toLabel(type) ?? []);
  return {
    toObject: OBJECTS[direction.to],
    toId: toObjectId,
    labels: [...new Set(labels)].sort(),
    isPrimary: associationTypes.some((type) => isPrimaryType(direction, type)),
  };
}

/** The errors of a 207 by record. "None" is told as an error; one that names nobody is about those that were left out. */
function judgeErrors({ client }: Scope, items: readonly ErrorBody[]) {
  const none = new Set<string>();
  const errors = new Map<string, SyncError>();
  let unnamed: SyncError | null = null;
  for (const item of items) {
    const ids = [...(item.context?.fromObjectId ?? []), ...(item.context?.ids ?? []), ...(item.context?.id ?? [])];
    if (item.subCategory === NONE && ids.length > 0) {
      for (const id of ids) none.add(id);
      continue;
    }
    const error = toItemError(item, client.toFaultContext({ bucket: 'hubspot', isWrite: false }));
    for (const id of ids) errors.set(id, error);
    if (ids.length === 0) unnamed ??= error;
  }
  return { none, errors, unnamed };
}

/** Reads one page of up to 1,000 records; what it tells is kept in `found`. @throws SyncError */
async function readPage(scope: Scope, inputs: readonly Input[]): Promise<Page> {
  const { client, direction, spend, found } = scope;
  const { from, to } = direction;
  const { data } = await client.call(toCall(from, `associations.${to}`, false, spend), () =>
    client.crm.associations.v4.batchApi.getPage(from, to, { inputs: [...inputs] }),
  );
  const parsed = batchSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  const { none, errors, unnamed } = judgeErrors(scope, parsed.data.errors ?? []);
  const open = new Map(inputs.map((input) => [input.id, input]));
  const next: Input[] = [];
  for (const entry of parsed.data.results) {
    const answer = associationsSchema.safeParse(entry);
    // Half a list would look as if somebody had taken the rest away; whose it is cannot be told.
    if (!answer.success) throw unreadableAnswer(false);
    const { _from: record, to: ends, paging } = answer.data;
    if (!open.delete(record.id)) continue;
    const known = found.get(record.id) ?? new Map<string, Association>();
    for (const end of ends) known.set(end.toObjectId, toAssociation(direction, end));
    found.set(record.id, known);
    const after = paging?.next?.after;
    if (after !== undefined) next.push({ id: record.id, after });
  }
  for (const id of none) open.delete(id);
  const failed = new Map([...errors].filter(([id]) => open.delete(id)));
  if (unnamed === null) return { next, leftOut: [...open.values()], errors: failed };
  for (const id of open.keys()) failed.set(id, unnamed);
  return { next, leftOut: [], errors: failed };
}

/** Reads all pages of up to 1,000 records. @throws SyncError where one failed as a whole */
async function readBatch(scope: Scope, ids: readonly string[]): Promise<Answers> {
  const failed = new Map<string, SyncError>();
  const askedAgain = new Set<string>();
  let inputs: Input[] = ids.map((id) => ({ id }));
  for (let page = 0; inputs.length > 0; page += 1) {
    if (page === MAX_PAGES) throw unreadableAnswer(false);
    const { next, leftOut, errors } = await readPage(scope, inputs);
    for (const [id, error] of errors) failed.set(id, error);
    // A page that begins where the one before began would never end.
    const stuck = next.filter(({ id, after }) => inputs.some((asked) => asked.id === id && asked.after === after));
    for (const { id } of stuck) failed.set(id, unreadableAnswer(false));
    // "None" is told as such; what is left out without a word is asked for once more before it is believed.
    const again = leftOut.filter(({ id }) => !askedAgain.has(id));
    for (const { id } of again) askedAgain.add(id);
    inputs = [...next.filter(({ id }) => !failed.has(id)), ...again];
  }
  return new Map(ids.map((id) => [id, failed.get(id) ?? [...(scope.found.get(id)?.values() ?? [])]]));
}

/** Nobody is not found by a list of ids, so a plain 404 is no answer to it. */
function toReadError({ client }: Scope, thrown: unknown): SyncError {
  const error = toHubSpotError(thrown, client.toFaultContext({ bucket: 'hubspot', isWrite: false }));
  return error.code === 'hubspot_not_found' ? unreadableAnswer(false) : error;
}

/**
 * Reads associations as `HubSpotPort.associations` promises. They have a quota of their own (100 to 200 calls in ten seconds), which
 * batches of 1,000 do not come near.
 */
export async function readAssociations(
  client: HubSpotClient,
  direction: Direction,
  ids: readonly string[],
  spend: Spend,
): Promise<Answers> {
  const answers: Answers = new Map();
  await forEachLimited(toBatches([...new Set(ids)], BATCH_SIZE), BATCHES_AT_ONCE, async (batch) => {
    const scope: Scope = { client, direction, spend, found: new Map() };
    const read = await readBatch(scope, batch).catch((thrown: unknown) => toReadError(scope, thrown));
    for (const id of batch) answers.set(id, read instanceof SyncError ? read : (read.get(id) ?? []));
  });
  return answers;
}
