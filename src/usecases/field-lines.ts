import type { CompiledMapping, FieldRule } from '../domain/mapping/types.ts';
import { ownerField, ownerProperty } from '../domain/merge/owner.ts';
import {
  accountField,
  contactCompanyProperty,
  dealCompanyProperty,
  type HubSpotObject,
  primaryContactKey,
  primaryRoleKey,
  type SalesforceObject,
} from '../domain/record.ts';
import { currencyField } from '../domain/records/money-fields.ts';
import { closeDateField } from '../domain/records/stage-fields.ts';

/** A property and the field that it belongs to, whoever decides it: a line of a mapping file, or what a setting there stands for. */
export type FieldLine = {
  hubspot: string;
  salesforce: Readonly<Partial<Record<SalesforceObject, string>>>;
  rule: { before: FieldRule; after: FieldRule };
  /** By what its value is decided; absent: it is no line of a file. */
  definition?: string;
};

/** All that is kept in step of one kind of record: its fields, then what goes by a setting of its own, then the owner. */
export function fieldLines(mapping: CompiledMapping, kind: HubSpotObject): FieldLine[] {
  const { fields, owner } = mapping[kind];
  return [...settingsOf(mapping, kind), ...fields, ownerLine(kind, owner.rule)];
}

function settingsOf({ company, deal }: CompiledMapping, kind: HubSpotObject): FieldLine[] {
  if (kind === 'company') return [];
  if (kind === 'contact') {
    const rule = sameRule(company.contactRule);
    return [{ hubspot: contactCompanyProperty, salesforce: { Contact: accountField }, rule }];
  }
  const line = (hubspot: string, field: string, rule: FieldRule): FieldLine => {
    return { hubspot, salesforce: { Opportunity: field }, rule: sameRule(rule) };
  };
  const { pipelines, amountRule, accountRule, roles } = deal;
  return [
    ...(pipelines.field === null ? [] : [line('pipeline', pipelines.field, pipelines.rule)]),
    line('dealstage', 'StageName', pipelines.rule),
    line('closedate', closeDateField, pipelines.rule),
    line('amount', 'Amount', amountRule.rule),
    line('deal_currency_code', currencyField, amountRule.rule),
    line(dealCompanyProperty, accountField, accountRule),
    ...(roles.primaryLabel === null ? [] : [line(primaryContactKey, primaryRoleKey, roles.rule)]),
  ];
}

const ownedObjects = {
  contact: ['Lead', 'Contact'],
  company: ['Account'],
  deal: ['Opportunity'],
} as const satisfies Record<HubSpotObject, readonly SalesforceObject[]>;

function ownerLine(kind: HubSpotObject, rule: FieldLine['rule']): FieldLine {
  const salesforce = Object.fromEntries(ownedObjects[kind].map((object) => [object, ownerField]));
  return { hubspot: ownerProperty, salesforce, rule };
}

function sameRule(rule: FieldRule): FieldLine['rule'] {
  return { before: rule, after: rule };
}
