import { isBlank } from '../mapping/normalise.ts';
import type { FieldRule, MappedField } from '../mapping/types.ts';
import { convertField, type Way } from '../merge/convert-field.ts';
import { fallbackOwner, mappedOwner, ownerField, ownerOf, ownerProperty, ownerUnmapped } from '../merge/owner.ts';
import type { FieldChange, PlanProblem, Reason } from '../plan/types.ts';
import { type CounterpartObject, type FieldValue, type HubSpotObject, idNames } from '../record.ts';
import type { CompanyInput, DealInput, RecordPlan, RecordWrite } from './types.ts';

/** One field of a record that is to be created: where its value comes from, and what that is in Salesforce. */
export type NewField = { field: string; source: string; sourceValue: FieldValue; rule: FieldRule; way: Way };

export type RecordCreation =
  | { kind: 'write'; write: RecordWrite; blanks: RecordPlan['blanks']; reasons: readonly Reason[] }
  | { kind: 'problem'; problem: PlanProblem; reasons: readonly Reason[] };

type Input = CompanyInput | DealInput;

/** The words by which each kind is told apart. */
const words = {
  company: { object: 'Account', file: 'companies.yaml' },
  deal: { object: 'Opportunity', file: 'deals.yaml' },
} as const satisfies Record<string, { object: CounterpartObject; file: string }>;

/**
 * What to create for a company or deal that nothing in Salesforce stands for: the fields, then defaults, then the owner.
 *
 * @param fields in the order in which their problems are told
 * @param extras what stands in where HubSpot has nothing, such as a close date
 */
export function createRecord(
  kind: keyof typeof words,
  input: Input,
  fields: readonly NewField[],
  extras: readonly FieldChange[] = [],
): RecordCreation {
  const { object } = words[kind];
  const reasons = fields.flatMap(({ way }) => reasonsOf(way));
  const problems = fields.flatMap(({ way }) => (way.kind === 'problem' ? [way.problem] : []));
  const changes: FieldChange[] = [
    { field: idNames[kind].field, before: null, after: input.record.id, rule: 'id' },
    ...fields.flatMap(changeOf),
  ];
  changes.push(...extras.filter(({ field }) => !changes.some((change) => change.field === field)));
  changes.push(...defaultChanges(input, object, changes));
  const owner = ownerChange(input);
  if (owner !== null) changes.push(owner);
  const missing = missingFields(kind, input, changes);
  const isUnowned = owner === null && kind === 'company' && ownerOf(input.record.properties) === null;
  if (isUnowned) reasons.push(ownerLeft);
  const problem = problems[0] ?? missing ?? (owner === null && !isUnowned ? ownerProblem(kind, input) : null);
  if (problem !== null) return { kind: 'problem', problem: withFields(problem, problems), reasons };
  const blanks = fields.flatMap(({ field, source, sourceValue }) =>
    changes.some((change) => change.field === field) || !isBlank(sourceValue) ? [] : [{ property: source, field }],
  );
  return { kind: 'write', write: { operation: 'create', object, id: null, changes }, blanks, reasons };
}

/** A mapped field of a new record; none where Salesforce owns it, or HubSpot did not answer it. */
export function newField(input: Input, object: CounterpartObject, mapped: MappedField): NewField[] {
  const field = mapped.salesforce[object];
  const rule = mapped.rule.before;
  const sourceValue = input.record.properties[mapped.hubspot];
  if (field === undefined || sourceValue === undefined || rule === 'salesforce' || rule === 'never') return [];
  const convertible = { properties: input.record.properties, object, fieldFacts: input.fieldFacts };
  return [{ field, source: mapped.hubspot, sourceValue, rule, way: convertField(convertible, mapped) }];
}

function changeOf({ field, source, sourceValue, rule, way }: NewField): FieldChange[] {
  if (way.kind !== 'value' || isBlank(way.value)) return [];
  return [{ field, before: null, after: way.value, rule, source, sourceValue }];
}

function reasonsOf(way: Way): Reason[] {
  if (way.kind === 'obstacle') return [way.reason];
  return way.kind === 'value' && way.note !== null ? [way.note] : [];
}

/** Defaults fill what is still blank; they remember the blank property they stand for, so that a later value replaces them. */
function defaultChanges(
  { mapping, record }: Input,
  object: CounterpartObject,
  made: readonly FieldChange[],
): FieldChange[] {
  return Object.entries(mapping.defaults)
    .filter(([field, value]) => !isBlank(value) && !made.some((change) => change.field === field))
    .map(([field, value]) => {
      const source = mapping.fields.find((mapped) => mapped.salesforce[object] === field)?.hubspot;
      const change: FieldChange = { field, before: null, after: value, rule: 'default' };
      if (source === undefined) return change;
      return { ...change, source, sourceValue: record.properties[source] ?? null };
    });
}

function ownerChange({ mapping, owners, record: { properties } }: Input): FieldChange | null {
  const after = mappedOwner(mapping.owner, owners, properties) ?? fallbackOwner(mapping.owner, owners, properties);
  if (after === null) return null;
  const sourceValue = properties[ownerProperty] ?? null;
  return { field: ownerField, before: null, after, rule: 'owner', source: ownerProperty, sourceValue };
}

/** HubSpot makes companies without an owner by itself: they hold nobody up. A deal without one would be in nobody's forecast. */
const ownerLeft: Reason = {
  code: 'owner_left_to_salesforce',
  text: `${ownerField}: The company has no owner and owners.yaml names no fallback: Salesforce gives the Account to the user we write as.`,
  field: ownerField,
};

function ownerProblem(kind: HubSpotObject, { record }: Input): PlanProblem {
  const ownerId = ownerOf(record.properties);
  if (ownerId !== null) return ownerUnmapped(ownerId);
  return {
    code: 'owner_missing',
    message: `The ${kind} has no owner, and owners.yaml names no fallback who is an active Salesforce user.`,
    advice: `Give the ${kind} an owner in HubSpot, or set "fallback" in owners.yaml to the email of an active Salesforce user.`,
    fields: [ownerField],
    recordIds: [],
  };
}

function missingFields(kind: keyof typeof words, { mapping }: Input, made: readonly FieldChange[]): PlanProblem | null {
  const { object, file } = words[kind];
  const missing = mapping.required.filter((field) => !made.some((change) => change.field === field));
  if (missing.length === 0) return null;
  const sources = missing.map(
    (field) => mapping.fields.find((mapped) => mapped.salesforce[object] === field)?.hubspot ?? field,
  );
  return {
    code: 'required_missing',
    message: `Salesforce requires ${missing.join(', ')} for a new ${object}, and HubSpot has nothing for it.`,
    advice: `Fill in ${sources.join(', ')} in HubSpot, or give a value under "defaults" in ${file}.`,
    fields: missing,
    recordIds: [],
  };
}

function withFields(problem: PlanProblem, all: readonly PlanProblem[]): PlanProblem {
  return { ...problem, fields: [...new Set([...problem.fields, ...all.flatMap(({ fields }) => fields)])] };
}
