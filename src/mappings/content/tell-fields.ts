import type { MappedField } from '../../domain/mapping/types.ts';
import type { FieldContent, ValuePair } from '../../domain/mapping-view/types.ts';
import { flowOf, listOf, nouns, ruleName, ruleSentence } from '../../domain/mapping-view/words.ts';
import type { HubSpotObject } from '../../domain/record.ts';
import { bothRules } from '../field-entry.ts';
import type { FieldEntry, RecordFieldEntry } from '../schema.ts';
import type { YamlSource } from '../yaml-source.ts';
import { contentPlace, valueText } from './source.ts';

type Entry = FieldEntry | RecordFieldEntry;

/** The section `fields` of a file, in words and in its order. @param fieldsOf the Salesforce field of an entry, by object */
export function tellFields<Each extends Entry>(
  source: YamlSource,
  entries: readonly Each[],
  { kind, fieldsOf }: { kind: HubSpotObject; fieldsOf(entry: Each): MappedField['salesforce'] },
): FieldContent[] {
  return entries.map((entry, index) => {
    const mates = entries.filter(({ unit }, place) => place !== index && unit !== undefined && unit === entry.unit);
    return {
      ...tellField(entry, fieldsOf(entry)),
      notes: notesOf(entry, { noun: nouns[kind], mates: mates.map(({ hubspot }) => hubspot) }),
      ...contentPlace(source, ['fields', index]),
    };
  });
}

function tellField(entry: Entry, names: MappedField['salesforce']): Omit<FieldContent, 'notes' | 'file' | 'line'> {
  const rule = bothRules(entry.rule);
  const hasWayBack = !entry.one_way && (entry.transform === undefined || entry.transform_back !== undefined);
  const salesforceFields = Object.entries(names).map(([object, field]) => ({ object, field }));
  return {
    hubspot: entry.hubspot,
    salesforce: namesText(salesforceFields),
    salesforceFields,
    rule: ruleName(rule),
    ...rule,
    says: ruleSentence({ rule, fallback: entry.fallback ?? 'salesforce', hasWayBack }),
    flow: flowOf({ rule, hasWayBack }),
    transform: entry.transform ?? null,
    transformBack: entry.transform_back ?? null,
    values: Object.entries(entry.values ?? {}).map(([hubspot, value]) => ({ hubspot, salesforce: valueText(value) })),
    valuesBack: backOf(entry.values_back),
    unit: entry.unit ?? null,
  };
}

/** One name where all objects agree and there is nothing to tell apart. */
function namesText(fields: FieldContent['salesforceFields']): string {
  const [first] = fields;
  const isSame = fields.every(({ field }) => field === first?.field);
  const isWhole = fields.length === 2 || (first !== undefined && first.object !== 'Lead' && first.object !== 'Contact');
  if (first !== undefined && isSame && isWhole) return first.field;
  return fields.map(({ object, field }) => `${field} (${object})`).join(', ');
}

/** Salesforce value: HubSpot value, as pairs. */
export function backOf(values: Readonly<Record<string, string>> | undefined): ValuePair[] {
  return Object.entries(values ?? {}).map(([salesforce, hubspot]) => ({ hubspot, salesforce }));
}

function notesOf(entry: Entry, { noun, mates }: { noun: string; mates: readonly string[] }): string[] {
  const standIn = 'if_empty' in entry ? entry.if_empty : undefined;
  return [
    ...(mates.length === 0 ? [] : [`It is decided together with ${listOf(mates, 'and')}.`]),
    ...(standIn === undefined ? [] : [`Where it is empty in HubSpot, ${standIn} is sent instead.`]),
    ...unmappedNote(entry, noun),
    ...tooLongNote(entry, noun),
    ...(entry.empty === 'keep' ? ['When it is emptied in HubSpot, Salesforce keeps its value.'] : []),
    ...wayBackNote(entry),
  ];
}

function unmappedNote({ values, unmapped = 'fail' }: Entry, noun: string): string[] {
  if (values === undefined) return [];
  const what = 'A value in HubSpot that is not in the list';
  if (typeof unmapped === 'object') return [`${what} becomes ${valueText(unmapped.default)}.`];
  if (unmapped === 'skip') return [`${what} leaves this field alone.`];
  return [unmapped === 'pass' ? `${what} is sent as it is.` : `${what} makes the ${noun} wait for a person.`];
}

function tooLongNote({ too_long: given }: Entry, noun: string): string[] {
  if (given === undefined) return [];
  const { max, policy } =
    typeof given === 'object' ? { max: given.max, policy: given.do ?? 'truncate' } : { max: null, policy: given };
  const what = max === null ? 'A text that is too long for Salesforce' : `A text of more than ${max} characters`;
  if (policy === 'truncate') return [`${what} is cut there, and stays whole in HubSpot.`];
  return [policy === 'skip' ? `${what} leaves this field alone.` : `${what} makes the ${noun} wait for a person.`];
}

function wayBackNote({ one_way, transform, transform_back }: Entry): string[] {
  if (one_way) return ['HubSpot never receives the value of Salesforce.'];
  const lost = transform !== undefined && transform_back === undefined;
  return lost ? ['The value is computed and has no way back: HubSpot never receives the value of Salesforce.'] : [];
}
