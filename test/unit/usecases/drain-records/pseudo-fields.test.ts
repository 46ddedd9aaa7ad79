import { describe, expect, it } from 'vitest';
import type { FieldChange } from '../../../../src/domain/plan/types.ts';
import type { Association, FieldValue } from '../../../../src/domain/record.ts';
import { contactsIn, toAssociationWrites, toRoleWrites } from '../../../../src/usecases/drain-records/pseudo-fields.ts';

const change = (field: string, after: FieldValue, before: FieldValue = null): FieldChange => ({
  field,
  before,
  after,
  rule: 'newest',
});

describe('contact roles to be written', () => {
  const personOf = new Map([
    ['1', '003A'],
    ['2', '003B'],
  ]);
  const held = [{ id: '00KA', contactId: '003A', role: 'Decision Maker', isPrimary: true }];
  const roles = (...changes: FieldChange[]) => toRoleWrites(changes, { held, personOf });

  it.each<[string, FieldChange[], object[]]>([
    ['a new one', [change('roles/2', '*')], [{ operation: 'create', contactId: '003B', role: null, isPrimary: false }]],
    [
      'a new one with its name',
      [change('roles/2', 'Evaluator')],
      [{ operation: 'create', contactId: '003B', role: 'Evaluator', isPrimary: false }],
    ],
    [
      'another name: the primary one stays it',
      [change('roles/1', 'Evaluator')],
      [{ operation: 'update', id: '00KA', role: 'Evaluator', isPrimary: true }],
    ],
    ['one that ends', [change('roles/1', null)], [{ operation: 'delete', id: '00KA' }]],
    ['one that ended already', [change('roles/2', null)], []],
    ['somebody whose Contact is not known', [change('roles/3', '*')], []],
    [
      'a new one that is the primary one',
      [change('roles/2', '*'), change('roles/primary', '2')],
      [{ operation: 'create', contactId: '003B', role: null, isPrimary: true }],
    ],
    [
      'the primary one alone keeps its name',
      [change('roles/primary', '1')],
      [{ operation: 'update', id: '00KA', role: 'Decision Maker', isPrimary: true }],
    ],
    ['one that is there twice', [change('roles/double/00KZ', null, '*')], [{ operation: 'delete', id: '00KZ' }]],
    ['no role at all', [change('Amount', '5')], []],
  ])('%s', (_name, changes, writes) => {
    expect(roles(...changes)).toEqual(writes);
  });

  it('of somebody with several: the primary one counts, and all of them end', () => {
    const several = [{ id: '00KB', contactId: '003A', role: 'Evaluator', isPrimary: false }, ...held];
    const write = (after: FieldValue) => toRoleWrites([change('roles/1', after)], { held: several, personOf });
    expect(write('Influencer')).toEqual([{ operation: 'update', id: '00KA', role: 'Influencer', isPrimary: true }]);
    expect(write(null)).toEqual([
      { operation: 'delete', id: '00KB' },
      { operation: 'delete', id: '00KA' },
    ]);
  });

  it('are those of these contacts', () => {
    expect(
      contactsIn([change('roles/1', '*'), change('roles/primary', '1'), change('roles/double/00KZ', null)]),
    ).toEqual(['1']);
  });
});

describe('associations to be written', () => {
  const associations: Association[] = [
    { toObject: 'contact', toId: '1', labels: ['Friend', 'Primary contact'], isPrimary: false },
    { toObject: 'contact', toId: '2', labels: ['Buyer'], isPrimary: false },
  ];
  const writes = (primaryLabel: string | null, ...changes: FieldChange[]) =>
    toAssociationWrites({ type: 'deals', id: '9' }, changes, { associations, primaryLabel }).map(
      ({ to, operation, labels, isPrimary }) => [`${to.type}/${to.id}`, operation, labels, isPrimary],
    );

  it('a contact comes, goes, and gets other labels; the primary one keeps its mark', () => {
    expect(writes('Primary contact', change('contacts/3', '*'))).toEqual([['contacts/3', 'set', [], false]]);
    expect(writes('Primary contact', change('contacts/2', null))).toEqual([['contacts/2', 'remove', [], false]]);
    expect(writes('Primary contact', change('contacts/1', 'Buyer;Friend'))).toEqual([
      ['contacts/1', 'set', ['Buyer', 'Friend', 'Primary contact'], false],
    ]);
  });

  it('another primary contact takes the label from the one before, and both keep the others', () => {
    expect(writes('Primary contact', change('contacts/primary', '2', '1'))).toEqual([
      ['contacts/1', 'set', ['Friend'], false],
      ['contacts/2', 'set', ['Buyer', 'Primary contact'], false],
    ]);
  });

  it('a company becomes the primary one, or none is', () => {
    const property = 'hs_primary_associated_company';
    expect(writes(null, change(property, '5'))).toMatchObject([['companies/5', 'set', expect.anything(), true]]);
    expect(writes(null, change(property, null, '5'))).toMatchObject([['companies/5', 'remove', [], false]]);
    expect(writes(null, change(property, null))).toEqual([]);
  });
});
