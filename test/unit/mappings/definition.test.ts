import { describe, expect, it } from 'vitest';
import { definitionOf } from '../../../src/mappings/definition.ts';
import { mappingSchemas } from '../../../src/mappings/schema.ts';

const ofContacts = mappingSchemas.contacts.shape.fields;
const ofCompanies = mappingSchemas.companies.shape.fields;

/** The definition of one line of contacts.yaml. */
function defined(line: Record<string, unknown>): string {
  const [entry] = ofContacts.parse([{ hubspot: 'jobtitle', salesforce: 'Title', rule: 'hubspot', ...line }]);
  if (entry === undefined) throw new Error('no line');
  return definitionOf(entry);
}

const values = { A: 'One', B: 'Two' };

describe('the definition of a field', () => {
  it.each([
    ['a rule for before and after that are the same', {}, { rule: { before: 'hubspot', after: 'hubspot' } }],
    ['the order of its values', { values }, { values: { B: 'Two', A: 'One' } }],
    ['unmapped: fail, which is the default', { values }, { values, unmapped: 'fail' }],
    ['too_long: truncate, which is the default', {}, { too_long: 'truncate' }],
    ['one_way: false, which is the default', {}, { one_way: false }],
    ['what it does with later edits: empty', {}, { empty: 'keep' }],
    ['what it does with later edits: unit', {}, { unit: 'name' }],
    ['what it does with later edits: fallback', { rule: 'newest' }, { rule: 'newest', fallback: 'hubspot' }],
  ])('does not tell %s', (_, one, other) => {
    expect(defined(other)).toBe(defined(one));
  });

  it.each([
    ['its rule', {}, { rule: 'salesforce' }],
    ['its rule after the handoff', {}, { rule: { before: 'hubspot', after: 'salesforce' } }],
    ['its transform', {}, { transform: 'lower(value)' }],
    ['one of its values', { values }, { values: { ...values, B: 'Three' } }],
    ['a value that is new', { values }, { values: { ...values, C: 'Three' } }],
    ['unmapped', { values }, { values, unmapped: 'pass' }],
    ['the value of unmapped', { values, unmapped: { default: 'X' } }, { values, unmapped: { default: 'Y' } }],
    ['too_long', {}, { too_long: 'skip' }],
    ['the length of too_long', { too_long: { max: 40 } }, { too_long: { max: 50 } }],
    ['values_back', { values }, { values, values_back: { One: 'B' } }],
    ['transform_back', { transform: 'lower(value)' }, { transform: 'lower(value)', transform_back: 'upper(value)' }],
    ['one_way', {}, { one_way: true }],
  ])('tells %s', (_, one, other) => {
    expect(defined(other)).not.toBe(defined(one));
  });

  it('tells which property stands in for an empty one', () => {
    const line = { hubspot: 'name', salesforce: 'Name', rule: 'hubspot' };
    const [plain, other] = ofCompanies.parse([line, { ...line, if_empty: 'domain' }]);
    if (plain === undefined || other === undefined) throw new Error('no lines');
    expect(definitionOf(other)).not.toBe(definitionOf(plain));
  });
});
