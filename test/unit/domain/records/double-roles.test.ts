import { expect, it } from 'vitest';
import type { ContactRole, FieldValue } from '../../../../src/domain/record.ts';
import { doubleRoles } from '../../../../src/domain/records/double-roles.ts';
import { deal, pairWith } from './given.ts';

const role = (id: string, name: string | null = null, isPrimary = false): ContactRole => ({
  id,
  contactId: '003A',
  role: name,
  isPrimary,
});

function doublesOf(roles: readonly ContactRole[], wrote: FieldValue, changed: string[] = []): string[] {
  const recentWrites = [{ system: 'salesforce' as const, field: 'roles/1', after: wrote, atMs: 0 }];
  const input = deal({ pair: pairWith(null, { recentWrites }), contactOfPerson: new Map([['003A', '1']]) });
  const changes = changed.map((field) => ({ field, before: null, after: null, rule: 'newest' as const }));
  return doubleRoles(input, { roles }, changes).map(({ field }) => field);
}

it.each<[string, string[], string[]]>([
  ['the later one of ours goes', doublesOf([role('00K1'), role('00K2')], '*'), ['roles/double/00K2']],
  ['the primary one stays', doublesOf([role('00K1'), role('00K2', null, true)], '*'), ['roles/double/00K1']],
  [
    'one with a name of its own is no double',
    doublesOf([role('00K1', 'Evaluator'), role('00K2', 'Influencer')], 'Evaluator'),
    [],
  ],
  ['what we have not written is people’s', doublesOf([role('00K1'), role('00K2')], null), []],
  ['what changes anyway waits', doublesOf([role('00K1'), role('00K2')], '*', ['roles/1']), []],
  ['a single one stays', doublesOf([role('00K1')], '*'), []],
])('of roles that one Contact has twice: %s', (_name, doubles, expected) => {
  expect(doubles).toEqual(expected);
});
