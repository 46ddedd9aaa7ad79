import { describe, expect, it } from 'vitest';
import { compareMapped } from '../../../../src/domain/merge/compare.ts';
import type { FieldValues } from '../../../../src/domain/record.ts';
import { compared, factsFor, field, holding } from './given.ts';

const phone = field('phone', { Account: 'Phone' });
const nothing: Record<string, string> = {};
const how = { rule: 'newest' as const };

describe('a mapped field of any kind of record', () => {
  it.each([
    { what: 'equal', hubspot: 'A', salesforce: ' A ', base: null, equal: true, situation: 'no_base' },
    { what: 'different since ever', hubspot: 'A', salesforce: 'B', base: null, equal: false, situation: 'no_base' },
    { what: 'changed in HubSpot', hubspot: 'B', salesforce: 'A', base: 'A', equal: false, situation: 'hubspot' },
    { what: 'changed in Salesforce', hubspot: 'A', salesforce: 'B', base: 'A', equal: false, situation: 'salesforce' },
    { what: 'changed on both', hubspot: 'B', salesforce: 'C', base: 'A', equal: false, situation: 'both' },
  ])('is $what', ({ hubspot, salesforce, base, equal, situation }) => {
    const agreed = base === null ? null : { hubspot: { phone: base }, salesforce: { Phone: base } };

    const result = compared(compareMapped(holding({ phone: hubspot }, { Phone: salesforce }, agreed), phone, how));

    expect([result.equal, result.situation]).toStrictEqual([equal, situation]);
  });

  it.each([
    {
      what: 'passed over where the object has no such field',
      properties: { phone: 'A' },
      fields: nothing,
      mapped: field('phone', { Contact: 'Phone' }),
      code: undefined,
    },
    {
      what: 'told of where HubSpot did not answer it',
      properties: nothing,
      fields: { Phone: 'A' },
      mapped: phone,
      code: 'property_not_read',
    },
    {
      what: 'told of where Salesforce did not answer it',
      properties: { phone: 'A' },
      fields: nothing,
      mapped: phone,
      code: 'field_not_read',
    },
  ])('is $what', ({ properties, fields, mapped, code }) => {
    const result = compareMapped(holding(properties, fields), mapped, how);

    expect(result === null || !('text' in result) ? undefined : result.code).toBe(code);
    expect(result === null).toBe(code === undefined);
  });

  it('is converted back with all that was read of the Salesforce record', () => {
    const seen: (FieldValues | undefined)[] = [];
    const stage = field(
      'dealstage',
      { Opportunity: 'StageName' },
      {
        convertBack: (value, _type, fields) => {
          seen.push(fields);
          return { kind: 'value', value: `${fields?.RecordTypeId}/${value}` };
        },
      },
    );
    const fields = { StageName: 'Won', RecordTypeId: '012' };
    const given = holding({ dealstage: 'x' }, fields);
    const deal = { ...given, salesforce: { ...given.salesforce, object: 'Opportunity' as const } };

    expect(compared(compareMapped(deal, stage, how)).back).toStrictEqual({
      kind: 'value',
      value: '012/Won',
      note: null,
    });
    expect(seen).toStrictEqual([fields]);
  });

  it('keeps the default of the mapping out of HubSpot as long as nothing was agreed on', () => {
    const given = holding({ phone: null }, { Phone: '0' });
    const agreed = holding({ phone: null }, { Phone: '0' }, { hubspot: { phone: null }, salesforce: { Phone: null } });

    expect(compared(compareMapped(given, phone, { ...how, standIn: '0' })).back).toMatchObject({
      reason: { code: 'default_stays' },
    });
    expect(compared(compareMapped(given, phone, { ...how, standIn: '1' })).back.kind).toBe('value');
    expect(compared(compareMapped(agreed, phone, { ...how, standIn: '0' })).back.kind).toBe('value');
  });

  it('takes over what the audit log shall say, the base by its former name, and that a checkbox is never empty', () => {
    const given = holding({ phone: 'A' }, { Phone: 'A' }, { hubspot: { phone: 'A' }, salesforce: { Telephone: 'A' } });
    const result = compared(
      compareMapped({ ...given, fieldFacts: () => factsFor('boolean') }, phone, {
        rule: 'hubspot',
        writtenAs: 'lifecycle',
        leadField: 'Telephone',
      }),
    );

    expect(result).toMatchObject({ rule: 'hubspot', writtenAs: 'lifecycle', situation: 'nobody', required: true });
    expect(compared(compareMapped(given, phone, how))).toMatchObject({
      writtenAs: 'newest',
      situation: 'no_base',
      required: false,
    });
    expect(compared(compareMapped(given, phone, { ...how, required: true })).required).toBe(true);
  });

  it.each([
    { object: 'company' as const, recordId: '501', isOurs: true },
    { object: 'contact' as const, recordId: '501', isOurs: false },
  ])('knows the value of a lost write to the $object as its own: $isOurs', ({ object, recordId, isOurs }) => {
    const lost = {
      field: 'phone',
      before: 'A',
      after: 'B',
      rule: 'newest' as const,
      source: 'Phone',
      sourceValue: 'B',
    };
    const intent = { id: '1', system: 'hubspot' as const, object, recordId, fields: [lost], openedAtMs: 0 };
    const given = holding({ phone: 'B' }, { Phone: 'C' });
    const pair = { openIntents: [intent], base: null, agreedAtMs: null, frozen: [], recentWrites: [] };

    expect(compared(compareMapped({ ...given, pair }, phone, how)).situation).toBe(isOurs ? 'salesforce' : 'no_base');
  });
});
