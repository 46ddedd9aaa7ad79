import { isBlank } from '../mapping/normalise.ts';
import type { Conversion, MappedField } from '../mapping/types.ts';
import { ownerField, ownerOfUser, ownerProperty } from '../merge/owner.ts';
import type { FieldChange, PlanProblem } from '../plan/types.ts';
import { idNames, type SalesforceRecord } from '../record.ts';
import { stageContext } from './deal-sides.ts';
import { currencyField, moneyFields, orgCurrencyOf, unknownToHubSpot } from './money-fields.ts';
import { stageFields } from './stage-fields.ts';
import { ignoredBy, placeOfOpportunity } from './stage-map.ts';
import type { CompanyInput, DealInput } from './types.ts';

/** What a company or deal begins with that is created in HubSpot; or why it cannot be. Its own look completes the pair. */
export type Born =
  | { problem: null; changes: readonly FieldChange[] }
  | { problem: PlanProblem; changes: readonly never[] };

type Given = Pick<CompanyInput, 'owners' | 'fieldFacts'>;

/**
 * What a company begins with that is created for an Account: the mapped fields that have a way back, its owner and the Account's id. What is
 * blank or cannot be converted is left out. Pure.
 */
export function companyOfAccount(account: SalesforceRecord, given: Given & Pick<CompanyInput, 'mapping'>): Born {
  const { mapping } = given;
  const id = idChange(idNames.company.property, account);
  return bornOf([...mapping.fields.map((field) => carry(account, field, given)), owner(account, given), id]);
}

/**
 * The same of a deal for an Opportunity: pipeline, stage and close date, amount and currency besides. Contacts and company are associated once
 * it is there. Pure.
 */
export function dealOfOpportunity(
  opportunity: SalesforceRecord,
  given: Given & Pick<DealInput, 'mapping' | 'facts'>,
): Born {
  const { mapping, facts, fieldFacts } = given;
  const amount = fieldFacts('Opportunity', 'Amount');
  const currency = currencyChange(opportunity, given);
  // In the currency that the deal will have: a deal without a code is in HubSpot's home currency.
  const code = currency !== null && 'after' in currency ? String(currency.after) : facts.homeCurrency;
  const stage = stageFields(stageContext(given), {});
  const money = moneyFields({ mapping, facts, amount }, { deal_currency_code: code });
  return bornOf([
    ...stage.map((field) => carry(opportunity, field, given)),
    // Several pipelines may stand for one process.
    ...(mapping.pipelines.field === null ? [pipelineChange(opportunity, given)] : []),
    ...money.filter(({ hubspot }) => hubspot === 'amount').map((field) => carry(opportunity, field, given)),
    currency,
    ...mapping.fields.map((field) => carry(opportunity, field, given)),
    owner(opportunity, given),
    idChange(idNames.deal.property, opportunity),
  ]);
}

/** Why an Opportunity becomes no deal although it could: the stage or pipeline that the mapping ignores; null: nothing of it is ignored. */
export function ignoredOpportunity(
  { fields }: Pick<SalesforceRecord, 'fields'>,
  given: Pick<DealInput, 'mapping' | 'facts'>,
): string | null {
  return ignoredBy(stageContext(given), {}, fields);
}

type Part = FieldChange | PlanProblem | null;

function bornOf(parts: readonly Part[]): Born {
  const problem = parts.find((part): part is PlanProblem => part !== null && 'message' in part);
  if (problem !== undefined) return { problem, changes: [] };
  return { problem: null, changes: parts.filter((part): part is FieldChange => part !== null && 'after' in part) };
}

function carry({ object, fields }: SalesforceRecord, mapped: MappedField, { fieldFacts }: Given): Part {
  const name = mapped.salesforce[object];
  const held = name === undefined ? undefined : fields[name];
  if (name === undefined || held === undefined) return null;
  const isStage = name === 'StageName' || mapped.hubspot === 'pipeline';
  if ((isBlank(held) && !isStage) || (mapped.rule.before === 'never' && !isStage)) return null;
  const back = mapped.convertBack(held, fieldFacts(object, name)?.type, fields);
  if (back.kind === 'fault') return toProblem(name, back);
  if (back.kind !== 'value' || isBlank(back.value)) return null;
  const { hubspot, rule } = mapped;
  return { field: hubspot, before: null, after: back.value, rule: rule.before, source: name, sourceValue: held };
}

function pipelineChange({ fields }: SalesforceRecord, given: Pick<DealInput, 'mapping' | 'facts'>): Part {
  const context = stageContext(given);
  const found = placeOfOpportunity(context, fields, {});
  // Faults are the stage's to tell.
  if (found.kind === 'unknown') return null;
  return { field: 'pipeline', before: null, after: found.place.pipeline, rule: context.pipelines.rule };
}

/** Nothing where the deal would have that currency anyway. */
function currencyChange({ fields }: SalesforceRecord, given: Pick<DealInput, 'mapping' | 'facts'>): Part {
  const { mapping, facts } = given;
  const held = fields[currencyField];
  const isMulti = facts.orgCurrencies !== null;
  const code = isMulti && typeof held === 'string' && held !== '' ? held : orgCurrencyOf({ mapping, facts });
  if (code === facts.homeCurrency && !isMulti) return null;
  if (code !== facts.homeCurrency && !facts.hubspotCurrencies.has(code)) {
    return toProblem(currencyField, unknownToHubSpot(code, facts.hubspotCurrencies));
  }
  const { rule } = mapping.amountRule;
  const source = isMulti ? { source: currencyField, sourceValue: held ?? null } : {};
  return { field: 'deal_currency_code', before: null, after: code, rule, ...source };
}

/** The owner as the two-way merge would have it; left out where nobody stands for the user. */
function owner(
  { fields }: SalesforceRecord,
  { mapping, owners }: Given & Pick<CompanyInput | DealInput, 'mapping'>,
): Part {
  const userId = fields[ownerField];
  if (mapping.owner.rule.before === 'never' || typeof userId !== 'string') return null;
  const ownerId = ownerOfUser(mapping.owner, owners, userId);
  if (ownerId === null) return null;
  return { field: ownerProperty, before: null, after: ownerId, rule: 'owner', source: ownerField, sourceValue: userId };
}

function idChange(property: string, { id }: SalesforceRecord): FieldChange {
  return { field: property, before: null, after: id, rule: 'id' };
}

function toProblem(field: string, { code, message, advice }: Extract<Conversion, { kind: 'fault' }>): PlanProblem {
  return { code, message, advice, fields: [field], recordIds: [] };
}
