import { partOf, stageFieldNames } from '../../domain/lifecycle/facts.ts';
import { partDiffers, readSignature } from '../../domain/lifecycle/signature.ts';
import { stageFactsKey } from '../../domain/lifecycle/types.ts';
import { normalise, sameHeld } from '../../domain/mapping/normalise.ts';
import type { CompiledMapping, FieldFacts, FieldRule, MappedField } from '../../domain/mapping/types.ts';
import { ownerField, ownerProperty } from '../../domain/merge/owner.ts';
import {
  accountField,
  contactCompanyProperty,
  dealCompanyProperty,
  type FieldValues,
  type HubSpotObject,
  type SalesforceObject,
  type SalesforcePerson,
} from '../../domain/record.ts';
import { currencyField } from '../../domain/records/money-fields.ts';
import { closeDateField } from '../../domain/records/stage-fields.ts';
import type { ComparedPair } from '../../ports/ledger-compare.ts';
import { hasMoved } from '../has-moved.ts';

type FactsOf = (object: SalesforceObject, field: string) => FieldFacts | undefined;

/** Names on either side that are nobody's business: rules say `never`, or the counterpart has no such field. */
type Unheeded = { hubspot: ReadonlySet<string>; salesforce: ReadonlySet<string> };

/** What the mapping says of one kind of pair; made once for a page. */
export type ComparedKind = {
  object: HubSpotObject;
  unheeded(counterpart: SalesforceObject): Unheeded;
  /** The field that a property is mapped to. */
  fieldOf(property: string, counterpart: SalesforceObject): string | undefined;
  propertyOf(field: string, counterpart: SalesforceObject): string | undefined;
  fieldFacts: FactsOf;
};

/** Prepares the comparison of one kind of record. */
export function comparedKind(mapping: CompiledMapping, object: HubSpotObject, fieldFacts: FactsOf): ComparedKind {
  const { fields } = mapping[object];
  const byProperty = new Map(fields.map((field) => [field.hubspot, field]));
  return {
    object,
    fieldFacts,
    unheeded: (counterpart) => unheededNames(mapping, object, counterpart),
    fieldOf: (property, counterpart) =>
      property === ownerProperty ? ownerField : byProperty.get(property)?.salesforce[counterpart],
    propertyOf: (field, counterpart) =>
      field === ownerField
        ? ownerProperty
        : fields.find(({ salesforce }) => salesforce[counterpart] === field)?.hubspot,
  };
}

function unheededNames(mapping: CompiledMapping, object: HubSpotObject, counterpart: SalesforceObject): Unheeded {
  const { fields, owner } = mapping[object];
  const isUnheeded = ({ rule, salesforce }: MappedField) =>
    rule.after === 'never' || salesforce[counterpart] === undefined;
  const never = fields.filter(isUnheeded);
  const others: readonly (readonly [rule: FieldRule, property: string, field: string])[] = [
    [owner.rule.after, ownerProperty, ownerField],
    ...(object === 'contact' ? [[contactRule(mapping), contactCompanyProperty, accountField] as const] : []),
    ...(object === 'deal' ? ofDeal(mapping) : []),
  ];
  const left = others.filter(([rule]) => rule === 'never');
  return {
    hubspot: new Set([...never.map(({ hubspot }) => hubspot), ...left.map(([, property]) => property)]),
    salesforce: new Set([
      ...never.flatMap(({ salesforce }) => salesforce[counterpart] ?? []),
      ...left.map(([, , field]) => field),
    ]),
  };
}

function contactRule({ company }: CompiledMapping): FieldRule {
  return company.isOn ? company.contactRule : 'never';
}

/** Pipeline, stage and close date go together, amount and currency too. */
function ofDeal({ deal, company }: CompiledMapping): (readonly [FieldRule, string, string])[] {
  const stage = deal.pipelines.rule;
  const money = deal.amountRule.rule;
  return [
    [stage, 'dealstage', 'StageName'],
    [stage, 'pipeline', deal.pipelines.field ?? 'StageName'],
    [stage, 'closedate', closeDateField],
    [money, 'amount', 'Amount'],
    [money, 'deal_currency_code', currencyField],
    [company.isOn ? deal.accountRule : 'never', dealCompanyProperty, accountField],
  ];
}

/** Properties of a HubSpot record that are not as both sides agreed on last. Only what was agreed on is compared. Pure. */
export function movedProperties(
  kind: ComparedKind,
  properties: Readonly<Record<string, string | null>>,
  pair: ComparedPair,
): string[] {
  const { counterpart, base } = pair;
  if (base === null || counterpart === null) return [];
  const { hubspot: unheeded } = kind.unheeded(counterpart.object);
  return Object.entries(base).flatMap(([name, agreed]) => {
    const value = properties[name];
    const field = kind.fieldOf(name, counterpart.object);
    if (value === undefined || unheeded.has(name) || pair.held.includes(name)) return [];
    if (isFrozen(pair, { hubspot: name, salesforce: field })) return [];
    const facts = field === undefined ? undefined : kind.fieldFacts(counterpart.object, field);
    return sameHeld(agreed, value, facts) ? [] : [name];
  });
}

/** The same of the fields of a Salesforce record. Pure. */
export function movedFields(
  kind: ComparedKind,
  { object, fields }: { object: SalesforceObject; fields: FieldValues },
  pair: Pick<ComparedPair, 'base' | 'frozen' | 'held'>,
): string[] {
  const { base, held } = pair;
  if (base === null) return [];
  const { salesforce: unheeded } = kind.unheeded(object);
  return Object.entries(base).flatMap(([name, agreed]) => {
    if (unheeded.has(name) || held.includes(name)) return [];
    if (isFrozen(pair, { hubspot: kind.propertyOf(name, object), salesforce: name })) return [];
    return hasMoved(fields[name], agreed, kind.fieldFacts(object, name)?.type) ? [name] : [];
  });
}

/** Whichever side is left alone: what the other one holds is not carried over then. */
function isFrozen(
  { frozen }: Pick<ComparedPair, 'frozen'>,
  names: { hubspot: string | undefined; salesforce: string | undefined },
): boolean {
  return frozen.some(({ system, field }) => names[system] === field);
}

/**
 * Whether a status field of the person says something else of the stage than when it was settled. Opportunities are not read for a comparison:
 * their own changes tell their contacts. Pure.
 */
export function hasNewStatus(
  { lifecycle }: Pick<CompiledMapping, 'lifecycle'>,
  { object, fields }: Pick<SalesforcePerson, 'object' | 'fields'>,
  base: FieldValues | null,
): boolean {
  const known = base?.[stageFactsKey];
  if (typeof known !== 'string') return false;
  const parts = readSignature(known);
  return stageFieldNames(lifecycle, object).some((name) => {
    const value = fields[name];
    return value !== undefined && partDiffers(parts, partOf(object, name), String(normalise(value) ?? ''));
  });
}
