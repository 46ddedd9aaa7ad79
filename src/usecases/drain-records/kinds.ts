import type { RecordMapping } from '../../domain/mapping/record-types.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { type CounterpartObject, contactCompanyProperty, dealCompanyProperty, idNames } from '../../domain/record.ts';
import { currencyField } from '../../domain/records/money-fields.ts';
import type { HubSpotType } from '../../ports/hubspot.ts';
import type { OrgFacts } from '../drain/dependencies.ts';

/** Contacts have a drain of their own. */
export type RecordKind = 'company' | 'deal';

/** What tells one kind of record from the other, wherever both are worked off alike. */
export type KindNames = {
  kind: RecordKind;
  /** In HubSpot's paths. */
  type: HubSpotType;
  object: CounterpartObject;
  /** HubSpot's property of the counterpart's id, and Salesforce's field of the record's. */
  property: string;
  field: string;
};

export const kinds: Readonly<Record<RecordKind, KindNames>> = {
  company: { kind: 'company', type: 'companies', ...idNames.company },
  deal: { kind: 'deal', type: 'deals', ...idNames.deal },
};

/** The kind whose counterpart is such an object. */
export function kindOfObject(object: CounterpartObject): KindNames {
  return object === 'Account' ? kinds.company : kinds.deal;
}

/** What both kinds have in common of their mapping. */
export function mappingOf(mapping: Pick<CompiledMapping, 'company' | 'deal'>, kind: RecordKind): RecordMapping {
  return mapping[kind];
}

/**
 * What is to be read of the counterparts: the mapped fields, and of an Opportunity the currency where the org has several. Without it an amount
 * says nothing.
 */
export function fieldsToRead(
  mapping: Pick<CompiledMapping, 'company' | 'deal'>,
  { kind }: Pick<KindNames, 'kind'>,
  { deal }: Pick<OrgFacts, 'deal'>,
): readonly string[] {
  const { salesforceFields } = mappingOf(mapping, kind);
  const hasCurrencies = kind === 'deal' && deal !== null && deal.orgCurrencies !== null;
  return hasCurrencies ? [...salesforceFields, currencyField] : salesforceFields;
}

/** Properties that HubSpot calculates from associations, and that only an association changes. */
export const companyProperties: ReadonlySet<string> = new Set([contactCompanyProperty, dealCompanyProperty]);
