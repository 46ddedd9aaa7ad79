import type { SandboxAnswer, SandboxRequest } from '../server.ts';
import { select, toObjectAnswer } from './answers.ts';
import { createReader, type Test, toTest } from './filters.ts';
import { parseBody, type SearchInput, searchInput } from './inputs.ts';
import { type ObjectType, type RecordState, readValue, type SandboxRecord } from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest } from './refusal.ts';

/** Limits of the search guide; where its pages disagree about filters, the smaller number. */
const MAX_PAGE = 200;
const MAX_RESULTS = 10_000;
const MAX_BODY = 3000;
const MAX_GROUPS = 5;
const MAX_FILTERS = 18;
const MAX_FILTERS_PER_GROUP = 6;

type Hit = { record: SandboxRecord; state: RecordState };

/** The properties that `query` looks at (search guide, "Search default searchable properties"). */
const SEARCHABLE: Record<ObjectType, readonly string[]> = {
  contacts: [
    'firstname',
    'lastname',
    'email',
    'phone',
    'hs_additional_emails',
    'fax',
    'mobilephone',
    'company',
    'hs_marketable_until_renewal',
  ],
  companies: ['website', 'phone', 'name', 'domain'],
  deals: ['dealname', 'pipeline', 'dealstage', 'description', 'dealtype'],
};

/**
 * A record is found whose searchable properties contain the text, without case (search guide: "a default text property value containing the
 * letter X"). How several words are taken is not documented: here each must be somewhere, as a first and a last name are two properties.
 */
function toQueryTest(type: ObjectType, query: string | undefined): Test {
  const words = (query ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return () => true;
  return (_record, { values }) => {
    const texts = SEARCHABLE[type].flatMap((name) => values[name]?.toLowerCase() ?? []);
    return words.every((word) => texts.some((text) => text.includes(word)));
  };
}

/** The state search knows: the one before the oldest change that its index has not seen yet (search guide: "a few moments"). */
function toIndexedState(record: SandboxRecord, now: number): RecordState | undefined {
  const pending = record.unindexed;
  if (pending === undefined) return record.state;
  while (pending[0] !== undefined && pending[0].until <= now) pending.shift();
  if (pending[0] !== undefined) return pending[0].before;
  delete record.unindexed;
  return record.state;
}

function requireWithinLimits(request: SandboxRequest, input: SearchInput, offset: number): void {
  const filterCount = input.filterGroups.reduce((sum, group) => sum + group.filters.length, 0);
  const largest = Math.max(0, ...input.filterGroups.map((group) => group.filters.length));
  if (request.body.length > MAX_BODY) throw badRequest(`The request body is longer than ${MAX_BODY} characters`);
  if (input.limit < 1 || input.limit > MAX_PAGE) throw badRequest(`limit must be between 1 and ${MAX_PAGE}`);
  if (input.sorts.length > 1) throw badRequest('Only one sort is allowed');
  if (input.filterGroups.length > MAX_GROUPS) throw badRequest(`At most ${MAX_GROUPS} filter groups are allowed`);
  if (largest > MAX_FILTERS_PER_GROUP || filterCount > MAX_FILTERS) throw badRequest('Too many filters');
  if (!Number.isInteger(offset) || offset < 0) throw badRequest('after must be an integer offset');
  if (offset + input.limit > MAX_RESULTS) throw badRequest(`Search is limited to ${MAX_RESULTS} results`);
}

/** Below this id nothing can match: a walk by id need not look at what it has passed. */
function toLowestId(input: SearchInput): number {
  const bounds = input.filterGroups.map((group) => {
    const bound = group.filters.find((filter) => filter.propertyName === 'hs_object_id' && filter.operator === 'GT');
    return Number(bound?.value ?? 0);
  });
  return bounds.length === 0 ? 0 : Math.min(...bounds);
}

/** Whether the records come in the order in which they are stored: then a page needs no more of them than it shows. */
function isInStoredOrder(sort: SearchInput['sorts'][number] | undefined): boolean {
  return sort === undefined || sort === 'hs_object_id' || (typeof sort !== 'string' && isUpById(sort));
}

function isUpById(sort: Exclude<SearchInput['sorts'][number], string>): boolean {
  return sort.propertyName === 'hs_object_id' && sort.direction !== 'DESCENDING';
}

/** Calls `found` with every record that matches, by ascending id. */
function forEachHit(
  portal: Portal,
  type: ObjectType,
  input: SearchInput,
  found: (record: SandboxRecord, state: RecordState) => void,
): void {
  const groups = input.filterGroups.map((group) => group.filters.map((filter) => toTest(portal, type, filter)));
  const matchesQuery = toQueryTest(type, input.query);
  const now = portal.now();
  const all = portal.stores[type].all();
  for (let place = portal.stores[type].indexFrom(toLowestId(input)); place < all.length; place += 1) {
    const record = all[place];
    if (record === undefined) continue;
    const state = toIndexedState(record, now);
    if (state === undefined || state.archived) continue;
    const passes = groups.length === 0 || groups.some((tests) => tests.every((test) => test(record, state)));
    if (passes && matchesQuery(record, state)) found(record, state);
  }
}

/** `-field` or `{ propertyName, direction: 'DESCENDING' }`; empty values come last. Without a sort: by creation. */
function sortHits(
  portal: Portal,
  type: ObjectType,
  sort: SearchInput['sorts'][number] | undefined,
  hits: Hit[],
): Hit[] {
  if (sort === undefined) return hits;
  const isText = typeof sort === 'string';
  const name = isText ? sort.replace(/^-/, '') : sort.propertyName;
  const isDown = isText ? sort.startsWith('-') : sort.direction === 'DESCENDING';
  if (name === 'hs_object_id') return isDown ? hits.toReversed() : hits;
  const read = createReader(portal, type, name);
  const keyed = hits.map((hit) => {
    const value = readValue(hit.record, name, hit.state);
    return { hit, key: value === null ? undefined : read(value) };
  });
  const sign = isDown ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === b.key) return a.hit.record.order - b.hit.record.order;
    if (a.key === undefined) return 1;
    if (b.key === undefined) return -1;
    return a.key < b.key ? -sign : sign;
  });
  return keyed.map(({ hit }) => hit);
}

/** The page from `offset` on, and how many match in all. */
function findPage(
  portal: Portal,
  type: ObjectType,
  input: SearchInput,
  offset: number,
): { page: readonly Hit[]; total: number } {
  const [sort] = input.sorts;
  const kept: Hit[] = [];
  let total = 0;
  const keepsAll = !isInStoredOrder(sort);
  forEachHit(portal, type, input, (record, state) => {
    if (keepsAll || (total >= offset && kept.length < input.limit)) kept.push({ record, state });
    total += 1;
  });
  if (!keepsAll) return { page: kept, total };
  return { page: sortHits(portal, type, sort, kept).slice(offset, offset + input.limit), total };
}

/** `POST …/search` (search guide): living records only, an integer offset as `after`, nothing beyond 10,000 results. */
export function searchObjects(portal: Portal, type: ObjectType, request: SandboxRequest): SandboxAnswer {
  const input = parseBody(request, searchInput);
  const offset = Number(input.after ?? 0);
  requireWithinLimits(request, input, offset);
  const { page, total } = findPage(portal, type, input, offset);
  const selection = select(portal, type, input.properties);
  const results = page.map(({ record, state }) => toObjectAnswer(record, selection, state));
  const nextOffset = offset + page.length;
  const paging = nextOffset < total ? { paging: { next: { after: String(nextOffset) } } } : {};
  return { status: 200, body: { total, results, ...paging } };
}
