import { normalise } from '../mapping/normalise.ts';
import type { LifecycleMapping, LifecycleStage, RecycleRule, StageFacts } from '../mapping/types.ts';
import type { FieldValue, FieldValues, OpportunityFact, PersonObject, SalesforcePerson } from '../record.ts';
import {
  type FactParts,
  haveChanged,
  lostPart,
  objectPart,
  readSignature,
  recyclePart,
  stagePart,
  writeSignature,
} from './signature.ts';

/** What sends a person back. `isLost`: that all its opportunities are, and no status says so. */
export type Recycle = Pick<RecycleRule, 'fields' | 'to' | 'reason'> & { isLost: boolean };

/** What a person in Salesforce says of the lifecycle stage, and the deals of its contact. */
export type PersonFacts = {
  parts: FactParts;
  /** The parts as one text: what the base keeps under `stageFactsKey`. */
  signature: string;
  /** The furthest stage whose facts hold, a recycle aside. Null: Salesforce says nothing of the stage. */
  stage: LifecycleStage | null;
  /** What made it so, in words, such as `an open opportunity`. */
  because: string;
  /** What sends the person back: the first rule that matches, then that everything is lost. */
  recycles: readonly Recycle[];
  /** The first of them. */
  recycle: Recycle | null;
  /** A status field whose value neither a stage, nor a recycle, nor `reopen` names. */
  unknownStatus: string | null;
  /** All opportunities and deals are closed and none is won. */
  isLost: boolean;
};

type Person = Pick<SalesforcePerson, 'object' | 'fields' | 'opportunities'>;
type OpportunityWord = NonNullable<StageFacts['opportunity']>;

/** The field that says how sales works on a person: `Status` of a Lead, what `contact_status_field` names of a Contact. */
export function statusField({ contactStatusField }: LifecycleMapping, object: PersonObject): string | null {
  return object === 'Lead' ? 'Status' : contactStatusField;
}

/** The fields from which stages, recycles and reopening are decided; to be read with each person. Sorted. */
export function stageFieldNames(lifecycle: LifecycleMapping, object: PersonObject): readonly string[] {
  const names = new Set(lifecycle.recycles.flatMap(({ fields }) => fields[object] ?? []));
  const status = statusField(lifecycle, object);
  const wanted = lifecycle.stages.some(({ salesforce }) => statusesOf(salesforce, object).length > 0);
  if (status !== null && (wanted || lifecycle.reopen[object] !== null)) names.add(status);
  return [...names].sort();
}

/**
 * Reads what a living person says of the stage. Fields that were not read say nothing. Pure.
 *
 * @param deals what the deals of its contact have come to: they count as opportunities, of a Lead too
 */
export function readFacts(
  lifecycle: LifecycleMapping,
  person: Person,
  deals: readonly OpportunityFact[] = [],
): PersonFacts {
  const { object, fields } = person;
  const opportunities = opportunityWords([...person.opportunities, ...deals]);
  const named = lifecycle.stages.findLast((stage) => causeOf(lifecycle, stage, person, opportunities) !== null) ?? null;
  const recycles = recyclesOf(lifecycle, person, opportunities);
  const recycle = recycles[0] ?? null;
  const parts = new Map<string, string>([
    [objectPart, object],
    ...opportunityParts(lifecycle, opportunities),
    [stagePart, named?.hubspot ?? ''],
    [recyclePart, recycle?.to ?? ''],
  ]);
  for (const name of stageFieldNames(lifecycle, object)) {
    const value = fields[name];
    if (value !== undefined) parts.set(partOf(object, name), toText(value));
  }
  return {
    parts,
    signature: writeSignature(parts),
    stage: named,
    because: named === null ? '' : (causeOf(lifecycle, named, person, opportunities) ?? ''),
    recycles,
    recycle,
    unknownStatus: findUnknownStatus(lifecycle, object, fields),
    isLost: opportunities.includes('lost'),
  };
}

/**
 * Whether a person says something of the stage that the base does not say yet: for the poller, which compares before it marks.
 *
 * @param known what the base keeps under `stageFactsKey`; absent: nothing was settled
 * @param deals what the deals of its contact have come to
 */
export function saysSomethingNew(
  lifecycle: LifecycleMapping,
  known: FieldValue | undefined,
  person: Person,
  deals: readonly OpportunityFact[] = [],
): boolean {
  if (typeof known !== 'string') return true;
  return haveChanged(readSignature(known), readFacts(lifecycle, person, deals).parts);
}

/** The name of a field's part in a signature. */
export function partOf(object: PersonObject, field: string): string {
  return `${object}.${field}`;
}

/** The rules that match by this field of the object. */
export function recyclesBy(lifecycle: LifecycleMapping, { object, fields }: Person, field: string): RecycleRule[] {
  return lifecycle.recycles.filter((rule) => rule.fields[object] === field && matches(rule, object, fields));
}

function recyclesOf(
  lifecycle: LifecycleMapping,
  { object, fields }: Person,
  opportunities: readonly OpportunityWord[],
): readonly Recycle[] {
  const returned = lifecycle.recycles.find((rule) => matches(rule, object, fields));
  const { recycleLost } = lifecycle;
  const lost = recycleLost !== null && opportunities.includes('lost');
  return [
    ...(returned === undefined ? [] : [{ ...returned, isLost: false }]),
    ...(lost ? [{ ...recycleLost, fields: {}, isLost: true }] : []),
  ];
}

function matches({ fields: names, values }: RecycleRule, object: PersonObject, fields: FieldValues): boolean {
  const name = names[object];
  const value = name === undefined ? undefined : fields[name];
  return value !== undefined && holds([...values], value);
}

function causeOf(
  lifecycle: LifecycleMapping,
  { salesforce }: LifecycleStage,
  person: Person,
  opportunities: readonly OpportunityWord[],
): string | null {
  if (salesforce === null) return null;
  const { object, fields } = person;
  const { opportunity, converted } = salesforce;
  if (opportunity !== null && opportunities.includes(opportunity)) {
    const isDeal = !opportunityWords(person.opportunities).includes(opportunity);
    return isDeal ? dealTexts[opportunity] : opportunityTexts[opportunity];
  }
  if (converted && object === 'Contact') return 'being a Contact';
  const status = statusField(lifecycle, object);
  const value = status === null ? undefined : fields[status];
  return value !== undefined && holds(statusesOf(salesforce, object), value) ? `the value of ${status}` : null;
}

const opportunityTexts: Readonly<Record<OpportunityWord, string>> = {
  open: 'an open opportunity',
  won: 'a won opportunity',
  lost: 'opportunities that are all lost',
};

const dealTexts: Readonly<Record<OpportunityWord, string>> = {
  open: 'an open deal',
  won: 'a won deal',
  lost: 'deals that are all lost',
};

function opportunityWords(opportunities: readonly OpportunityFact[]): OpportunityWord[] {
  const open = opportunities.some(({ isClosed }) => !isClosed);
  const won = opportunities.some(({ isWon }) => isWon);
  if (!open && !won) return opportunities.length > 0 ? ['lost'] : [];
  return [...(open ? (['open'] as const) : []), ...(won ? (['won'] as const) : [])];
}

/** Only what the mapping asks for: a lost opportunity is no news where no stage stands for one and nobody is sent back for it. */
function opportunityParts(
  { stages, recycleLost }: LifecycleMapping,
  words: readonly OpportunityWord[],
): [string, string][] {
  const asked = new Set(stages.flatMap(({ salesforce }) => salesforce?.opportunity ?? []));
  if (recycleLost !== null) asked.add('lost');
  return [...asked].map((word) => [
    word === 'lost' ? lostPart : `opportunity.${word}`,
    words.includes(word) ? 'yes' : 'no',
  ]);
}

/** Where no stage is told by a status, the statuses that the mapping does not name say nothing, and nothing is missing. */
function findUnknownStatus(lifecycle: LifecycleMapping, object: PersonObject, fields: FieldValues): string | null {
  const name = statusField(lifecycle, object);
  const value = name === null ? undefined : fields[name];
  const named = lifecycle.stages.flatMap(({ salesforce }) => statusesOf(salesforce, object));
  if (name === null || value === undefined || toText(value) === '' || named.length === 0) return null;
  const returning = lifecycle.recycles.filter(({ fields: names }) => names[object] === name);
  const known = [...named, ...returning.flatMap(({ values }) => [...values]), lifecycle.reopen[object] ?? ''];
  return holds(known, value) ? null : name;
}

function statusesOf(facts: StageFacts | null, object: PersonObject): readonly string[] {
  return (object === 'Lead' ? facts?.leadStatuses : facts?.contactStatuses) ?? [];
}

function holds(values: readonly string[], value: FieldValue): boolean {
  const text = toText(value);
  return text !== '' && values.some((each) => toText(each) === text);
}

/** Checkboxes and numbers by their words: in the mapping every value is a text. */
function toText(value: FieldValue): string {
  return String(normalise(value) ?? '');
}
