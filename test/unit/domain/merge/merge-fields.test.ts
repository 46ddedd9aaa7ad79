import { describe, expect, it } from 'vitest';
import { baseAfterHubSpot, baseAfterWrite } from '../../../../src/domain/merge/base.ts';
import { compareMapped } from '../../../../src/domain/merge/compare.ts';
import { fieldFrozen } from '../../../../src/domain/merge/fights.ts';
import { mergeFields } from '../../../../src/domain/merge/merge-fields.ts';
import { compareOwner, ownerReport } from '../../../../src/domain/merge/owner.ts';
import type { MergeInput } from '../../../../src/domain/merge/types.ts';
import { mapping, owners } from '../given.ts';
import { compared, field, holding } from './given.ts';

const names = ['name', 'phone', 'city', 'zip'];
const fields = [
  field('name', { Account: 'Name' }),
  field('phone', { Account: 'Phone' }),
  field('city', { Account: 'City' }, { unit: 'address' }),
  field('zip', { Account: 'Zip' }, { unit: 'address' }),
];
const agreedOn = (value: string) => ({
  hubspot: Object.fromEntries(names.map((name) => [name, value])),
  salesforce: { Name: value, Phone: value, City: value, Zip: value },
});

function merged(given: MergeInput) {
  return mergeFields(
    given,
    fields.map((each) => compared(compareMapped(given, each, { rule: 'newest' }))),
  );
}

describe('the fields of a company and its Account', () => {
  it('go to the side that has not moved, those of a unit together', () => {
    const { hubspot, salesforce } = agreedOn('a');
    const given = holding({ ...hubspot, name: 'b', city: 'b' }, { ...salesforce, Phone: 'c' }, agreedOn('a'));

    const result = merged(given);

    expect(result.toSalesforce.map(({ field: name, after, before }) => [name, before, after])).toStrictEqual([
      ['Name', 'a', 'b'],
      ['City', 'a', 'b'],
    ]);
    expect(result.toHubSpot.map(({ field: name, after }) => [name, after])).toStrictEqual([['phone', 'c']]);
    expect(result).toMatchObject({ agreed: null, asks: null, freezes: [], problem: null });
    expect(result.decided.map(([{ field: name }, { kind }]) => [name, kind])).toStrictEqual([
      ['Name', 'change'],
      ['Phone', 'change'],
      ['City', 'change'],
    ]);
  });

  it('are not written to Salesforce where one of them is a problem, and go to HubSpot all the same', () => {
    const { hubspot, salesforce } = agreedOn('a');
    const given = holding({ ...hubspot, name: 'b' }, { ...salesforce, Phone: 'c' }, agreedOn('a'));
    const fault = { kind: 'fault' as const, code: 'too_much', message: 'm', advice: 'a' };
    const faulty = fields.map((each) => (each.hubspot === 'name' ? { ...each, convert: () => fault } : each));

    const result = mergeFields(
      given,
      faulty.map((each) => compared(compareMapped(given, each, { rule: 'newest' }))),
    );

    expect(result.toSalesforce).toStrictEqual([]);
    expect(result.toHubSpot).toHaveLength(1);
    expect(result.problem).toMatchObject({ code: 'too_much', fields: ['Name'] });
  });

  it('are asked for their past where both sides have moved, and the later one wins', () => {
    const { hubspot, salesforce } = agreedOn('a');
    const given = holding({ ...hubspot, name: 'b' }, { ...salesforce, Name: 'c' }, agreedOn('a'));
    const past = (atMs: number) => [{ value: null, atMs, by: 'x' }];
    const histories = { hubspot: { name: past(9_000) }, salesforce: { Name: past(1_000) } };

    expect(merged(given).asks).toStrictEqual({ properties: ['name'], fields: ['Name'] });
    expect(merged({ ...given, histories }).toSalesforce[0]).toMatchObject({
      field: 'Name',
      after: 'b',
      conflict: 'hubspot',
    });
  });

  it('agree on what is equal, once', () => {
    const { hubspot, salesforce } = agreedOn('a');

    expect(merged(holding(hubspot, salesforce)).agreed).toStrictEqual(agreedOn('a'));
    expect(merged(holding(hubspot, salesforce, agreedOn('a'))).agreed).toBeNull();
  });

  it('that somebody else keeps changing back are frozen for the company', () => {
    const { hubspot, salesforce } = agreedOn('a');
    const given = holding({ ...hubspot, name: 'b' }, { ...salesforce, Name: 'x' }, agreedOn('a'));
    const write = { system: 'salesforce' as const, field: 'Name', after: 'b', atMs: given.now - 1 };
    const pair = {
      base: agreedOn('a'),
      openIntents: [],
      agreedAtMs: null,
      frozen: [],
      recentWrites: [write, write, write],
    };
    const past = (atMs: number) => [{ value: null, atMs, by: 'Flow' }];
    const histories = { hubspot: { name: past(9_000) }, salesforce: { Name: past(1_000) } };

    const { freezes, toSalesforce } = merged({ ...given, pair, histories });

    expect(toSalesforce).toStrictEqual([]);
    expect(freezes[0]?.text).toMatch(/Flow changed it again\. It is frozen for this company\.$/);
    expect(fieldFrozen({ pair: null, object: 'company' }, freezes)).toMatchObject({
      message: expect.stringContaining('for this company'),
      advice: expect.stringContaining('handoff thaw --company <id>'),
    });
    expect(fieldFrozen({ pair: null, object: 'deal' }, [])).toBeNull();
  });
});

describe('the owners of a company and its Account', () => {
  const { owner } = mapping.contact;
  const given = holding(
    { hubspot_owner_id: '99' },
    { OwnerId: '005000000000002AAA' },
    {
      hubspot: { hubspot_owner_id: '11' },
      salesforce: { OwnerId: '005000000000002AAA' },
    },
  );

  it('stay where nobody is mapped, which is reported where there is no fallback', () => {
    const comparison = compared(compareOwner(given, owner, owners, 'newest'));
    const { decided, toSalesforce } = mergeFields(given, [comparison]);

    expect(toSalesforce).toStrictEqual([]);
    expect(ownerReport(given, owner, owners, decided)).toBeNull();
    expect(ownerReport(given, { ...owner, fallbackEmail: null }, owners, decided)?.code).toBe('owner_unmapped');
  });

  it('are told of in words for a company', () => {
    const given11 = holding(
      { hubspot_owner_id: '11' },
      { OwnerId: '005000000000009AAA' },
      {
        hubspot: { hubspot_owner_id: '11' },
        salesforce: { OwnerId: '005000000000002AAA' },
      },
    );
    const { decided } = mergeFields(given11, [compared(compareOwner(given11, owner, owners, 'newest'))]);

    expect(ownerReport(given11, owner, owners, decided)?.message).toContain('the company keeps its owner');
  });

  it('are not compared where HubSpot has no such property', () => {
    expect(compareOwner(holding({}, { OwnerId: 'x' }), owner, owners, 'newest')).toBeNull();
    expect(compareOwner(holding({ hubspot_owner_id: '11' }, {}), owner, owners, 'newest')).toMatchObject({
      code: 'field_not_read',
    });
  });
});

describe('the base after a write', () => {
  const change = { field: 'Name', before: null, after: 'b', rule: 'newest' as const, source: 'name', sourceValue: 'b' };

  it('of a create holds what was read back, and blanks that are still blank', () => {
    const blanks = [
      { property: 'phone', field: 'Phone' },
      { property: 'city', field: 'City' },
    ];
    const agreed = { hubspot: { zip: 'a' }, salesforce: { Zip: 'a' } };
    const written = { operation: 'create' as const, changes: [change], agreed, blanks };

    expect(baseAfterWrite(written, { Name: 'B', Phone: null, City: 'Rome' })).toStrictEqual({
      hubspot: { phone: null, name: 'b' },
      salesforce: { Phone: null, Name: 'B' },
    });
  });

  it('is none where nothing was written and nothing agreed on', () => {
    expect(baseAfterWrite({ operation: null, changes: [], agreed: null, blanks: [] }, {})).toBeNull();
    expect(baseAfterHubSpot([], {})).toBeNull();
  });
});
