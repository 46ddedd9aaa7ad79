import type { FieldFacts, MappedField } from '../mapping/types.ts';
import { dealCompanyProperty, type FieldValues, type SalesforceRecord } from '../record.ts';
import { takingPart } from './compare-roles.ts';
import { moneyFields } from './money-fields.ts';
import { contactProperties, roleFields } from './role-fields.ts';
import { closeDateField, stageFields } from './stage-fields.ts';
import type { StageContext } from './stage-map.ts';
import type { DealInput } from './types.ts';

/** A deal as it is planned: with its contacts and primary company as properties, and with what is certain of its fields in Salesforce. */
export function withPseudoProperties(deal: DealInput, opportunity: SalesforceRecord | null): DealInput {
  const ids = takingPart(deal, opportunity);
  const properties = {
    ...deal.record.properties,
    ...contactProperties(deal.associations, deal.mapping.roles, ids),
    [dealCompanyProperty]: deal.company.id,
  };
  const fieldFacts: DealInput['fieldFacts'] = (object, field) => deal.fieldFacts(object, field) ?? known[field];
  return { ...deal, fieldFacts, record: { ...deal.record, properties } };
}

/** The fields of an Opportunity with its roles among them. */
export function withPseudoFields(deal: DealInput, opportunity: SalesforceRecord): FieldValues {
  const ids = takingPart(deal, opportunity);
  return { ...opportunity.fields, ...roleFields(opportunity, deal.contactOfPerson, ids) };
}

/** Standard fields have the same type in every org. */
const known: Readonly<Record<string, FieldFacts>> = {
  Amount: { type: 'number', maxLength: null, valuesByLabel: new Map() },
  [closeDateField]: { type: 'date', maxLength: null, valuesByLabel: new Map() },
};

/** Pipeline, stage, close date, amount and currency as mapped fields. */
export function specialFields(deal: DealInput): { stage: MappedField[]; money: MappedField[] } {
  const { mapping, facts, record } = deal;
  const amount = deal.fieldFacts('Opportunity', 'Amount');
  return {
    stage: stageFields(stageContext(deal), record.properties),
    money: moneyFields({ mapping, facts, amount }, record.properties),
  };
}

/** What it takes to tell which stage is which. */
export function stageContext({ mapping, facts }: Pick<DealInput, 'mapping' | 'facts'>): StageContext {
  return { pipelines: mapping.pipelines, facts };
}
