import type { Filter } from './inputs.ts';
import { linksOf } from './links.ts';
import {
  MODIFIED_PROPERTY,
  OBJECT_TYPES,
  type ObjectType,
  type RecordState,
  readValue,
  type SandboxRecord,
  SINGULAR,
} from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest } from './refusal.ts';

type Comparable = number | string;
export type Test = (record: SandboxRecord, state: RecordState) => boolean;

/** Numbers and times compare as numbers; enumerations exactly; other text without case. */
export function createReader(portal: Portal, type: ObjectType, name: string): (text: string) => Comparable {
  const definition = portal.properties.get(type, name);
  switch (definition?.type) {
    case 'number':
      return Number;
    case 'date':
    case 'datetime':
      return (text) => (/^-?\d+$/.test(text) ? Number(text) : Date.parse(text));
    case 'enumeration':
      return (text) => text;
    default:
      return (text) => text.toLowerCase();
  }
}

function toTokens(text: string): string[] {
  return text.toLowerCase().split(/[\s@.,;:/]+/);
}

function containsToken(value: string, wanted: string): boolean {
  const pattern = wanted.toLowerCase();
  if (!pattern.includes('*')) return toTokens(pattern).every((token) => toTokens(value).includes(token));
  const expression = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  return expression.test(value.toLowerCase()) || toTokens(value).some((token) => expression.test(token));
}

function requireValue(filter: Filter): string {
  if (filter.value === undefined) throw badRequest(`operator ${filter.operator} requires a value`);
  return filter.value;
}

function requireValues(filter: Filter): string[] {
  if (filter.values === undefined || filter.values.length === 0)
    throw badRequest(`operator ${filter.operator} requires values`);
  return filter.values;
}

/** What a filter asks of a value that is there; the second answer is what it says of an empty one. */
function toPredicate(
  filter: Filter,
  read: (text: string) => Comparable,
): { holds: (value: Comparable) => boolean; whenEmpty: boolean } {
  const compare = (test: (value: Comparable, wanted: Comparable) => boolean) => {
    const wanted = read(requireValue(filter));
    return { holds: (value: Comparable) => test(value, wanted), whenEmpty: false };
  };
  switch (filter.operator) {
    case 'EQ':
      return compare((value, wanted) => value === wanted);
    case 'NEQ':
      return { ...compare((value, wanted) => value !== wanted), whenEmpty: true };
    case 'LT':
      return compare((value, wanted) => value < wanted);
    case 'LTE':
      return compare((value, wanted) => value <= wanted);
    case 'GT':
      return compare((value, wanted) => value > wanted);
    case 'GTE':
      return compare((value, wanted) => value >= wanted);
    case 'BETWEEN': {
      const low = read(requireValue(filter));
      const high = read(filter.highValue ?? requireValue({ ...filter, value: undefined }));
      return { holds: (value) => value >= low && value <= high, whenEmpty: false };
    }
    case 'IN':
    case 'NOT_IN': {
      const wanted = new Set(requireValues(filter).map((value) => read(value)));
      const isIn = filter.operator === 'IN';
      return { holds: (value) => wanted.has(value) === isIn, whenEmpty: !isIn };
    }
    case 'HAS_PROPERTY':
      return { holds: () => true, whenEmpty: false };
    case 'NOT_HAS_PROPERTY':
      return { holds: () => false, whenEmpty: true };
    case 'CONTAINS_TOKEN':
    case 'NOT_CONTAINS_TOKEN': {
      const wanted = requireValue(filter);
      const wants = filter.operator === 'CONTAINS_TOKEN';
      return { holds: (value) => containsToken(String(value), wanted) === wants, whenEmpty: !wants };
    }
  }
}

/** Ids and times of the envelope are compared as the numbers they are: sweeps over many records ask for nothing else. */
function toOwnNumber(
  type: ObjectType,
  name: string,
): ((record: SandboxRecord, state: RecordState) => number) | undefined {
  if (name === MODIFIED_PROPERTY[type]) return (_record, state) => state.updatedAt;
  if (name === 'createdate') return (record) => record.createdAt;
  return name === 'hs_object_id' ? (record) => record.order : undefined;
}

/** `associations.contact` and the like: by the id of an associated record (search guide, "search through associations"). */
function toAssociationTest(portal: Portal, type: ObjectType, filter: Filter): Test {
  const name = filter.propertyName.slice('associations.'.length);
  const to = OBJECT_TYPES.find((candidate) => SINGULAR[candidate] === name || candidate === name);
  if (to === undefined) throw badRequest(`There was a problem with the request. No object type ${name}`);
  const isIn = filter.operator === 'EQ' || filter.operator === 'IN';
  if (!isIn) throw badRequest(`operator ${filter.operator} is not supported for associations`);
  const wanted = new Set(filter.operator === 'EQ' ? [requireValue(filter)] : requireValues(filter));
  return (record) => linksOf(portal, type, record.id, to).some(({ toId }) => wanted.has(toId));
}

/** One filter as a test of a record; throws 400 for a property that is not there or an operator that lacks its value. */
export function toTest(portal: Portal, type: ObjectType, filter: Filter): Test {
  const name = filter.propertyName;
  if (name.startsWith('associations.')) return toAssociationTest(portal, type, filter);
  // The modification time under the name it has on other objects matches nothing, and is no error.
  const isOtherModified = name === 'lastmodifieddate' || name === 'hs_lastmodifieddate';
  if (portal.properties.get(type, name) === undefined && !isOtherModified) {
    throw badRequest(`There was a problem with the request. Property "${name}" does not exist`);
  }
  const read = createReader(portal, type, name);
  const { holds, whenEmpty } = toPredicate(filter, read);
  const ownNumber = toOwnNumber(type, name);
  if (ownNumber !== undefined) return (record, state) => holds(ownNumber(record, state));
  return (record, state) => {
    const value = readValue(record, name, state);
    return value === null ? whenEmpty : holds(read(value));
  };
}
