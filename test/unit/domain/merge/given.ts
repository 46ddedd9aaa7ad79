import type { FieldFacts, MappedField } from '../../../../src/domain/mapping/types.ts';
import type { Comparison } from '../../../../src/domain/merge/compare.ts';
import type { MergeInput } from '../../../../src/domain/merge/types.ts';
import type { Reason } from '../../../../src/domain/plan/types.ts';

export const accountId = '001000000000001AAA';

/** A company and its Account, that never agreed on anything. */
export function companyPair(values: Partial<MergeInput> = {}): MergeInput {
  return {
    now: 1_000_000,
    hubspot: { object: 'company', id: '501', properties: {}, updatedAtMs: 0 },
    salesforce: {
      object: 'Account',
      id: accountId,
      externalId: null,
      fields: {},
      modifiedAtMs: 0,
      lastModifiedBy: null,
    },
    pair: { base: null, openIntents: [], agreedAtMs: null, frozen: [], recentWrites: [] },
    histories: null,
    fights: { withinMs: 3_600_000, repeats: 3, writes: 6 },
    ourUserId: null,
    sendsToSalesforce: true,
    fieldFacts: () => undefined,
    ...values,
  };
}

/** The same with these values on both sides, and their base. */
export function holding(
  properties: MergeInput['hubspot']['properties'],
  fields: MergeInput['salesforce']['fields'],
  base: NonNullable<MergeInput['pair']>['base'] = null,
  values: Partial<MergeInput> = {},
): MergeInput {
  const given = companyPair(values);
  return {
    ...given,
    hubspot: { ...given.hubspot, properties },
    salesforce: { ...given.salesforce, fields },
    pair: { openIntents: [], agreedAtMs: null, frozen: [], recentWrites: [], ...given.pair, base },
  };
}

/** A field that goes both ways as it is. */
export function field(
  hubspot: string,
  salesforce: MappedField['salesforce'],
  values: Partial<MappedField> = {},
): MappedField {
  return {
    hubspot,
    salesforce,
    rule: { before: 'newest', after: 'newest' },
    empty: 'clear',
    values: null,
    isTransformed: false,
    hasWayBack: true,
    fallback: 'salesforce',
    convert: (properties) => ({ kind: 'value', value: properties[hubspot] ?? null }),
    convertBack: (value) => ({ kind: 'value', value }),
    ...values,
  };
}

export function factsFor(type: FieldFacts['type']): FieldFacts {
  return { type, maxLength: null, valuesByLabel: new Map() };
}

/** The comparison that must be one. */
export function compared(result: Comparison | Reason | null): Comparison {
  if (result === null || 'text' in result) throw new Error(`No comparison: ${result?.code ?? 'null'}`);
  return result;
}
