import { isBlank, sameValue } from '../domain/mapping/normalise.ts';
import type { DealMapping, PipelineMapping, RecordMapping } from '../domain/mapping/record-types.ts';
import type { CounterpartObject, FieldValue } from '../domain/record.ts';
import type { RecordFile } from './compile-records.ts';

/** What an example misses: where in the example, and in words. */
export type Miss = { path: (string | number)[]; what: string };

type Given = Readonly<Record<string, FieldValue>>;
type Example = RecordFile['examples'][number];
type ExampleBack = RecordFile['examples_back'][number];

/** What comes of a record: the values by field, or the problem that keeps it from being created. */
type Outcome = { values: Map<string, FieldValue>; problem: string | undefined };

/** One kind of record as its examples see it. `pipelines`: null for companies. */
export type Played = { object: CounterpartObject; mapping: RecordMapping; pipelines: DealMapping['pipelines'] | null };

/** Plays an example of a record that is created in Salesforce: fields, stage, defaults, what is required. */
export function recordMisses(played: Played, example: Example): Miss[] {
  const { values, problem } = createRecord(played, toProperties(played, example.hubspot));
  if (problem !== example.problem) {
    const what = `"${example.name}" ends with ${problem ?? 'no problem'}, not with ${example.problem ?? 'none'}.`;
    return [{ path: example.problem === undefined ? [] : ['problem'], what }];
  }
  return Object.entries(example.salesforce ?? {}).flatMap(([field, expected]) => {
    const actual = values.get(field) ?? null;
    if (sameValue(actual, expected)) return [];
    const what = `"${example.name}": ${played.object}.${field} becomes ${show(actual)}, not ${show(expected)}.`;
    return [{ path: ['salesforce', field], what }];
  });
}

function createRecord({ object, mapping, pipelines }: Played, properties: Record<string, string | null>): Outcome {
  const values = new Map<string, FieldValue>();
  const problems: string[] = [];
  for (const mapped of mapping.fields) {
    const field = mapped.salesforce[object];
    if (field === undefined || mapped.rule.before === 'salesforce' || mapped.rule.before === 'never') continue;
    const result = mapped.convert(properties, { object, maxLength: () => undefined });
    if (result.kind === 'fault') problems.push(result.code);
    if (result.kind === 'value' && !isBlank(result.value)) values.set(field, result.value);
  }
  if (pipelines !== null) problems.push(...stageOf(pipelines, properties, values));
  for (const [field, value] of Object.entries(mapping.defaults)) if (!values.has(field)) values.set(field, value);
  // What has rules of its own is not filled by an example.
  const mappedFields = new Set(mapping.fields.map(({ salesforce }) => salesforce[object]));
  const isMissing = mapping.required.some((field) => mappedFields.has(field) && isBlank(values.get(field)));
  return { values, problem: problems[0] ?? (isMissing ? 'required_missing' : undefined) };
}

/** An example that names no stage says nothing of it. */
function stageOf(
  { field, list }: DealMapping['pipelines'],
  { pipeline, dealstage }: Record<string, string | null>,
  values: Map<string, FieldValue>,
): string[] {
  if (isBlank(dealstage)) return [];
  const found = list.find(({ hubspot, stages }) => hubspot === (pipeline ?? hubspot) && stages.has(dealstage ?? ''));
  if (found === undefined) return ['deal_stage_unknown'];
  values.set('StageName', found.stages.get(dealstage ?? '') ?? null);
  if (field !== null) values.set(field, found.salesforce);
  return [];
}

/** Plays an example of the way back. */
export function recordMissesBack(played: Played, example: ExampleBack): Miss[] {
  return Object.entries(example.hubspot).flatMap(([property, expected]) => {
    const back = isStage(property) ? stageBack(played, property, example) : fieldBack(played, property, example);
    if (back.kind === 'value' && sameValue(back.value, expected)) return [];
    const actual = back.kind === 'value' ? `becomes ${show(back.value)}` : back.words;
    return [{ path: ['hubspot', property], what: `"${example.name}": ${property} ${actual}, not ${show(expected)}.` }];
  });
}

type Back = { kind: 'value'; value: FieldValue } | { kind: 'none'; words: string };

function fieldBack({ object, mapping }: Played, property: string, { salesforce }: ExampleBack): Back {
  const mapped = mapping.fields.find(({ hubspot }) => hubspot === property);
  const field = mapped?.salesforce[object];
  if (mapped === undefined || field === undefined) {
    return { kind: 'none', words: `is led to by no field of an ${object}` };
  }
  const back = mapped.convertBack(salesforce[field] ?? null, undefined, salesforce);
  return back.kind === 'value' ? back : { kind: 'none', words: `stays as it is (${back.code})` };
}

function isStage(property: string): property is 'pipeline' | 'dealstage' {
  return property === 'pipeline' || property === 'dealstage';
}

/** Where an Opportunity that no deal stands for yet would land. */
function stageBack({ pipelines }: Played, property: 'pipeline' | 'dealstage', { salesforce }: ExampleBack): Back {
  const name = String(salesforce.StageName ?? '');
  const found = pipelines?.list.find((each) => each.stagesBack.has(name) && fits(each, pipelines.field, salesforce));
  if (found === undefined) return { kind: 'none', words: 'stays as it is (deal_stage_unknown)' };
  return { kind: 'value', value: property === 'pipeline' ? found.hubspot : (found.stagesBack.get(name) ?? null) };
}

function fits({ salesforce: value }: PipelineMapping, field: string | null, given: Given): boolean {
  return field === null || given[field] === undefined || sameValue(given[field] ?? null, value);
}

/** HubSpot holds texts only; a property that an example leaves out is empty. */
function toProperties({ mapping }: Played, given: Given): Record<string, string | null> {
  const names = [...mapping.hubspotProperties, ...Object.keys(given)];
  return Object.fromEntries(names.map((name) => [name, given[name] == null ? null : String(given[name])]));
}

function show(value: FieldValue): string {
  return value === null ? 'empty' : JSON.stringify(value);
}
