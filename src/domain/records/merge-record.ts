import type { FieldFacts, FieldRule, MappedField } from '../mapping/types.ts';
import { type Comparison, compareMapped } from '../merge/compare.ts';
import { judgeIntents } from '../merge/judge-intents.ts';
import { mergeFields } from '../merge/merge-fields.ts';
import { compareOwner } from '../merge/owner.ts';
import { sameId } from '../merge/same-id.ts';
import type { MergeInput } from '../merge/types.ts';
import type { FieldChange, IntentVerdict, OpenIntent, Reason } from '../plan/types.ts';
import { contactKey, type FieldValues, idNames, roleKey, type SalesforceRecord, type SystemName } from '../record.ts';
import type { CompanyInput, DealInput, RecordPlan } from './types.ts';

type Input = CompanyInput | DealInput;
type Kind = keyof typeof idNames;

/**
 * Both sides of a found pair, as the merge wants them. A base about another record than this one says nothing.
 *
 * @param hasPassed somebody of theirs passes the gate: until then nothing is sent to Salesforce but our id. What was handed over once is kept
 *   in step whoever falls back.
 */
export function sidesOf(kind: Kind, input: Input, found: SalesforceRecord, hasPassed: boolean): MergeInput {
  const { record, pair } = input;
  const known = [pair?.person?.id ?? '', ...(pair?.formerPersonIds ?? [])];
  const isOurs = known.some((id) => sameId(id, found.id));
  const { object, id, externalId, fields, modifiedAtMs, lastModifiedBy } = found;
  return {
    now: input.now,
    hubspot: { object: kind, id: record.id, properties: record.properties, updatedAtMs: record.updatedAtMs },
    salesforce: { object, id, externalId, fields, modifiedAtMs, lastModifiedBy },
    pair: pair === null || isOurs ? pair : { ...pair, base: null, agreedAtMs: null },
    histories: input.histories,
    fights: input.fights,
    ourUserId: input.ourUserId,
    sendsToSalesforce: hasPassed || isHandedOver(input),
    fieldFacts: input.fieldFacts,
  };
}

/** The fields that the mapping file names, and the owner. What one side did not answer is a reason. */
export function compareFields(
  input: Input,
  sides: MergeInput,
  special: readonly MappedField[],
  required: readonly string[],
): { comparisons: Comparison[]; reasons: Reason[] } {
  const { mapping, owners } = input;
  const { object } = sides.salesforce;
  const all = [...mapping.fields, ...special].map((mapped) => {
    const field = mapped.salesforce[object] ?? '';
    const how = {
      rule: ruleNow(input, mapped.rule),
      required: mapping.required.includes(field) || required.includes(field),
      ...(mapping.defaults[field] === undefined ? {} : { standIn: mapping.defaults[field] }),
    };
    return compareMapped(sides, mapped, how);
  });
  const owner = compareOwner(sides, mapping.owner, owners, ruleNow(input, mapping.owner.rule));
  return sortOut([...all, owner]);
}

/** Comparisons, and the reasons where one could not be made. */
export function sortOut(results: readonly (Comparison | Reason | null)[]): {
  comparisons: Comparison[];
  reasons: Reason[];
} {
  const comparisons: Comparison[] = [];
  const reasons: Reason[] = [];
  for (const result of results) {
    if (result === null) continue;
    if ('text' in result) reasons.push(result);
    else comparisons.push(result);
  }
  return { comparisons, reasons };
}

/** The merge, in which a field that is equal on both sides does not count as a part of its unit: it makes nobody's side filled. */
export function mergeRecord(sides: MergeInput, comparisons: readonly Comparison[]): ReturnType<typeof mergeFields> {
  return mergeFields(
    sides,
    comparisons.map((each) => (each.equal ? { ...each, unit: `${each.unit} ${each.field}` } : each)),
  );
}

/** The change of our id on the Salesforce record; none where it holds the right one. */
export function idChange(kind: Kind, { record: { id } }: Input, { externalId }: SalesforceRecord): FieldChange[] {
  const { field } = idNames[kind];
  return externalId === id ? [] : [{ field, before: externalId, after: id, rule: 'id' }];
}

/** A company or deal is handed over as soon as it is linked and somebody of theirs has passed the gate. */
export function isHandedOver({ pair }: Pick<Input, 'pair'>): boolean {
  return pair?.person != null && pair.handedOverAtMs !== null;
}

function ruleNow(input: Input, rule: { before: FieldRule; after: FieldRule }): FieldRule {
  return isHandedOver(input) ? rule.after : rule.before;
}

/** Who takes part on neither side any more has no field there: nobody is what both sides hold of him. */
function absentPeople(intents: readonly OpenIntent[]): FieldValues {
  const names = intents.flatMap(({ fields }) => fields.map(({ field }) => field));
  const people = names.filter((name) => name.startsWith(contactKey('')) || name.startsWith(roleKey('')));
  return Object.fromEntries(people.map((name) => [name, null]));
}

/** What became of writes whose answers were lost. @param sides null where nothing in Salesforce was found */
export function verdictsOf(
  kind: Kind,
  input: Input,
  plan: Omit<RecordPlan, 'intents'>,
  sides: { properties: FieldValues; found: SalesforceRecord | null },
): IntentVerdict[] {
  const { property, field, object } = idNames[kind];
  const { record, pair, mapping, now } = input;
  const { found } = sides;
  const linkBack: FieldChange[] =
    plan.linkBack && found !== null ? [{ field: property, before: null, after: found.id, rule: 'id' }] : [];
  const factsOf = (system: SystemName, name: string): FieldFacts | undefined => {
    const mapped = mapping.fields.find(({ hubspot }) => hubspot === name)?.salesforce[object];
    const asked = system === 'salesforce' ? name : mapped;
    return asked === undefined ? undefined : input.fieldFacts(object, asked);
  };
  const nobody = absentPeople(pair?.openIntents ?? []);
  const inSalesforce = { ...nobody, ...found?.fields, [field]: found?.externalId ?? null };
  return judgeIntents(pair?.openIntents ?? [], {
    now,
    hubspot: { id: record.id, values: { ...nobody, ...sides.properties } },
    salesforce: found === null ? null : { id: found.id, values: inSalesforce },
    writes: { hubspot: [...plan.changes, ...linkBack], salesforce: plan.write?.changes ?? [] },
    factsOf,
  });
}
