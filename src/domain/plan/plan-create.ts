import { isBlank } from '../mapping/normalise.ts';
import type { MappedField } from '../mapping/types.ts';
import { convertField } from '../merge/convert-field.ts';
import { fallbackOwner, mappedOwner, ownerField, ownerOf, ownerProperty, ownerUnmapped } from '../merge/owner.ts';
import { contactIdField, type PersonObject } from '../record.ts';
import { accountOfNew } from './account-of-new.ts';
import type { FieldChange, HubSpotKey, PersonWrite, Plan, PlanInput, PlanProblem, Reason } from './types.ts';

export type CreateDecision =
  | { kind: 'write'; write: PersonWrite; blanks: Plan['blanks']; reasons: readonly Reason[] }
  | { kind: 'problem'; problem: PlanProblem; reasons: readonly Reason[] }
  | { kind: 'waits'; waitsFor: readonly HubSpotKey[]; reason: Reason };

/** What to create for a contact that nobody in Salesforce stands for: mapped values, its Account, then defaults, then the owner. */
export function planCreate(input: PlanInput): CreateDecision {
  const { mapping, contact } = input;
  const object = mapping.contact.create;
  const account = accountOfNew(input, object);
  if (account.kind === 'waits') return account;
  const reasons: Reason[] = [...account.reasons];
  const problems: PlanProblem[] = [];
  const changes: FieldChange[] = [{ field: contactIdField, before: null, after: contact.id, rule: 'id' }];
  for (const mapped of mapping.contact.fields) {
    const result = firstValue(input, mapped, object);
    if (result.problem) problems.push(result.problem);
    if (result.reason) reasons.push(result.reason);
    if (result.change) changes.push(result.change);
  }
  changes.push(...account.changes);
  changes.push(...defaultChanges(input, object, changes));
  const owner = ownerChange(input);
  if (owner !== null) changes.push(owner);
  const problem = problems[0] ?? missingFields(input, object, changes) ?? (owner === null ? ownerProblem(input) : null);
  if (problem !== null) return { kind: 'problem', problem: withFields(problem, problems), reasons };
  const blanks = [...blanksOf(input, object, changes), ...account.blanks];
  return { kind: 'write', write: { operation: 'create', object, id: null, changes }, blanks, reasons };
}

function blanksOf({ mapping, contact }: PlanInput, object: PersonObject, made: readonly FieldChange[]): Plan['blanks'] {
  return mapping.contact.fields.flatMap(({ hubspot: property, salesforce }) => {
    const field = salesforce[object];
    const isWritten = field === undefined || made.some((change) => change.field === field);
    const isEmpty = contact.properties[property] !== undefined && isBlank(contact.properties[property]);
    return isWritten || !isEmpty ? [] : [{ property, field }];
  });
}

type FirstValue = { change?: FieldChange; reason?: Reason | null; problem?: PlanProblem };

function firstValue(input: PlanInput, mapped: MappedField, object: PersonObject): FirstValue {
  const field = mapped.salesforce[object];
  const rule = mapped.rule.before;
  if (field === undefined || rule === 'salesforce' || rule === 'never') return {};
  const way = convertField({ properties: input.contact.properties, object, fieldFacts: input.fieldFacts }, mapped);
  if (way.kind === 'problem') return { problem: way.problem };
  if (way.kind === 'obstacle') return { reason: way.reason };
  if (isBlank(way.value)) return { reason: way.note };
  const sourceValue = input.contact.properties[mapped.hubspot] ?? null;
  const change: FieldChange = { field, before: null, after: way.value, rule, source: mapped.hubspot, sourceValue };
  return { change, reason: way.note };
}

/** Defaults fill what is still blank; they remember the blank property they stand for, so that a later value replaces them. */
function defaultChanges(input: PlanInput, object: PersonObject, made: readonly FieldChange[]): FieldChange[] {
  const { defaults, fields } = input.mapping.contact;
  return Object.entries(defaults[object])
    .filter(([field, value]) => !isBlank(value) && !made.some((change) => change.field === field))
    .map(([field, value]) => {
      const source = fields.find((mapped) => mapped.salesforce[object] === field)?.hubspot;
      const change: FieldChange = { field, before: null, after: value, rule: 'default' };
      if (source === undefined) return change;
      return { ...change, source, sourceValue: input.contact.properties[source] ?? null };
    });
}

function ownerChange({ mapping, owners, contact }: PlanInput): FieldChange | null {
  const user = mappedOwner(mapping.contact.owner, owners, contact.properties);
  const after = user ?? fallbackOwner(mapping.contact.owner, owners, contact.properties);
  if (after === null) return null;
  const sourceValue = contact.properties[ownerProperty] ?? null;
  return { field: ownerField, before: null, after, rule: 'owner', source: ownerProperty, sourceValue };
}

function ownerProblem({ contact }: PlanInput): PlanProblem {
  const ownerId = ownerOf(contact.properties);
  return ownerId === null ? ownerMissing : ownerUnmapped(ownerId);
}

const ownerMissing: PlanProblem = {
  code: 'owner_missing',
  message: 'The contact has no owner, and owners.yaml names no fallback who is an active Salesforce user.',
  advice:
    'Give the contact an owner in HubSpot, or set "fallback" in owners.yaml to the email of an active Salesforce user.',
  fields: [ownerField],
  recordIds: [],
};

function missingFields(input: PlanInput, object: PersonObject, made: readonly FieldChange[]): PlanProblem | null {
  const { required, fields } = input.mapping.contact;
  const missing = required[object].filter((field) => !made.some((change) => change.field === field));
  if (missing.length === 0) return null;
  const sources = missing.map(
    (field) => fields.find((mapped) => mapped.salesforce[object] === field)?.hubspot ?? field,
  );
  return {
    code: 'required_missing',
    message: `Salesforce requires ${missing.join(', ')} for a new ${object}, and HubSpot has nothing for it.`,
    advice: `Fill in ${sources.join(', ')} in HubSpot, or give a value under "defaults" in contacts.yaml.`,
    fields: missing,
    recordIds: [],
  };
}

function withFields(problem: PlanProblem, all: readonly PlanProblem[]): PlanProblem {
  const fields = [...new Set([...problem.fields, ...all.flatMap((each) => each.fields)])];
  return { ...problem, fields };
}
