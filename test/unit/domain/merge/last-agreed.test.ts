import { describe, expect, it } from 'vitest';
import { lastAgreed, situationOf } from '../../../../src/domain/merge/last-agreed.ts';
import type { FieldChange, OpenIntent } from '../../../../src/domain/plan/types.ts';
import { accountId, companyPair } from './given.ts';

const id: FieldChange = { field: 'HubSpot_Company_Id__c', before: null, after: '501', rule: 'id' };
const phone: FieldChange = {
  field: 'Phone',
  before: null,
  after: '+43 1',
  rule: 'newest',
  source: 'phone',
  sourceValue: '+43 1',
};
const create: OpenIntent = {
  id: '1',
  system: 'salesforce',
  object: 'Account',
  recordId: null,
  fields: [id, phone],
  openedAtMs: 0,
};

const held = { source: 'phone', field: 'Phone', hubspot: '+43 1', salesforce: '+43 2' };

function agreedOn(intents: readonly OpenIntent[], externalId: string | null, more: Record<string, string | null> = {}) {
  const { pair, salesforce, hubspot, ...sides } = companyPair();
  const properties = { ...hubspot.properties, ...more };
  const input = {
    ...sides,
    hubspot: { ...hubspot, properties },
    salesforce: { ...salesforce, id: accountId, externalId },
  };
  return lastAgreed({ ...input, pair: pair === null ? null : { ...pair, openIntents: intents } }, held);
}

describe('a create whose answer was lost', () => {
  it('is what both sides agreed on where its record is there: what sales typed since is news', () => {
    const legs = agreedOn([create], '501');

    expect(legs).toEqual({ hubspot: '+43 1', salesforce: '+43 1' });
    expect(situationOf(legs, held)).toBe('salesforce');
  });

  it('says nothing of a record that does not carry our id', () => {
    expect(agreedOn([create], null)).toBeNull();
    expect(agreedOn([create], '777')).toBeNull();
  });

  it('the same in HubSpot, where the id that it gave the record tells', () => {
    const born: OpenIntent = {
      ...create,
      system: 'hubspot',
      object: 'company',
      fields: [
        { field: 'salesforce_account_id', before: null, after: accountId, rule: 'id' },
        { ...phone, field: 'phone', source: 'Phone', after: '+43 2', sourceValue: '+43 2' },
      ],
    };
    const legs = agreedOn([born], null, { salesforce_account_id: accountId });

    expect(legs).toEqual({ hubspot: '+43 2', salesforce: '+43 2' });
    expect(situationOf(legs, held)).toBe('hubspot');
    expect(agreedOn([born], null, { salesforce_account_id: null })).toBeNull();
  });

  it('an update that may not have been carried out says nothing of another value', () => {
    expect(agreedOn([{ ...create, recordId: accountId }], '501')).toBeNull();
  });
});
