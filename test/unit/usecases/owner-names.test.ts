import { expect, it } from 'vitest';
import type { FieldValue } from '../../../src/domain/record.ts';
import { ownersNamed } from '../../../src/usecases/explain/owner-names.ts';

const names = new Map([
  ['76000001', 'Sam Seller (sam@example.com)'],
  ['76000002', 'Jane Doe (jane@example.com)'],
  ['005A', 'Sam Seller (sam@example.com)'],
]);

function field(hubspotName: string, salesforceName: string, values: readonly [FieldValue, FieldValue]) {
  const [hubspot, salesforce] = values;
  const unknown = { changedAtMs: null, changedBy: null, changeOf: null };
  return {
    rule: 'newest' as const,
    frozen: false,
    held: null,
    hubspot: { name: hubspotName, value: hubspot, ...unknown },
    salesforce: { name: salesforceName, value: salesforce, ...unknown },
  };
}

const owner = (hubspot: FieldValue, salesforce: FieldValue) =>
  field('hubspot_owner_id', 'OwnerId', [hubspot, salesforce]);

it('names the owners of both sides, and those that were or would be written', () => {
  const changes = [
    { field: 'hubspot_owner_id', before: '76000002', after: '76000001' },
    { field: 'OwnerId', before: null, after: '005A' },
  ];

  expect(ownersNamed(names, [owner('76000001', '005A')], changes)).toEqual(Object.fromEntries(names));
});

it('names nobody whom neither CRM knows, and takes no other value for an owner', () => {
  const fields = [owner('76000099', '00G000000000001'), field('phone', 'Phone', ['76000001', '76000002'])];

  expect(ownersNamed(names, fields, [{ field: 'phone', before: '76000001', after: 76000002 }])).toEqual({});
});
