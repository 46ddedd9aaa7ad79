import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, domainOf, type Expression } from '../../../src/domain/mapping/expression.ts';

function compiled(source: string, result: 'condition' | 'value' = 'value'): Expression {
  const outcome = compileExpression(source, result);
  if (!outcome.ok) throw new Error(outcome.fault.message);
  return outcome.expression;
}

describe('expressions of a mapping', () => {
  it.each([
    { source: 'lower(value)', value: 'ADA', yields: 'ada' },
    { source: 'upper(value)', value: 'at', yields: 'AT' },
    { source: 'value.trim()', value: ' x ', yields: 'x' },
    { source: "contact.firstname + ' ' + contact.lastname", value: '', yields: 'Ada Lovelace' },
    { source: "contact['firstname']", value: '', yields: 'Ada' },
    { source: 'contact.not_there', value: '', yields: '' },
    { source: 'domain(contact.email)', value: '', yields: 'example.com' },
    { source: 'number(value, 0)', value: '12.5', yields: 12.5 },
    { source: 'number(value, 7)', value: 'many', yields: 7 },
    { source: 'size(value)', value: 'abc', yields: 3 },
    { source: "value == '' ? 'none' : value", value: '', yields: 'none' },
    { source: "value in ['a', 'b']", value: 'b', yields: true },
    { source: "value.startsWith('a') && !value.contains('x') && value.endsWith('c')", value: 'abc', yields: true },
  ])('$source yields $yields', ({ source, value, yields }) => {
    const properties = { firstname: 'Ada', lastname: 'Lovelace', email: 'Ada@Example.com' };

    expect(compiled(source).evaluate(properties, value)).toStrictEqual({ ok: true, value: yields });
  });

  it.each([
    { source: 'contact.a ==', offset: 12, says: /EOF/ },
    { source: 'lower(valeu)', offset: 6, says: /Unknown variable: valeu/ },
    { source: 'value + 1', offset: 0, says: /overload/ },
    { source: "value.matches('a')", offset: 0, says: /no function "matches"/ },
    { source: '[value].map(x, x)', offset: 0, says: /no function "map"/ },
    { source: "has(contact.a) ? 'x' : 'y'", offset: 0, says: /no function "has"/ },
    { source: 'lower(contact.toString())', offset: 6, says: /no function "toString"/ },
    { source: 'size(contact)', offset: 5, says: /Name one property/ },
    { source: 'contact[value]', offset: 0, says: /Name one property/ },
    { source: '[value]', offset: 0, says: /must yield/ },
    { source: '{1: 2}', offset: 0, says: /./ },
    { source: `value${' + value'.repeat(300)}`, offset: 0, says: /./ },
    { source: `${'('.repeat(60)}value${')'.repeat(60)}`, offset: 0, says: /./ },
  ])('refuses $source', ({ source, offset, says }) => {
    const outcome = compileExpression(source, 'value');

    expect(outcome.ok).toBe(false);
    if (outcome.ok) return;
    expect(outcome.fault.message).toMatch(says);
    expect(outcome.fault.offset).toBeGreaterThanOrEqual(offset);
  });

  it('wants true or false from a condition', () => {
    expect(compileExpression('contact.country', 'condition').ok).toBe(false);
    expect(compileExpression("contact.country != ''", 'condition').ok).toBe(true);
  });

  it('tells which properties it reads', () => {
    const { reads } = compiled("contact.a + contact['b'] + (lower(contact.c) == 'x' ? contact.a : value)");

    expect(reads).toStrictEqual(['a', 'b', 'c']);
  });

  it('reaches nothing of JavaScript through a property name', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      expect(compiled(`contact.${name}`).evaluate({}, '')).toStrictEqual({ ok: true, value: '' });
    }
  });

  it('tells a fault instead of throwing when a value does not fit', () => {
    const outcome = compiled('1 / (size(value) - size(value))').evaluate({}, 'x');

    expect(outcome.ok).toBe(false);
  });

  it('reads any text without throwing', () => {
    fc.assert(fc.property(fc.string(), (source) => void compileExpression(source, 'value')));
  });

  it.each([
    ['ada@Example.COM', 'example.com'],
    ['ada', ''],
    ['"a@b"@example.com', 'example.com'],
    ['', ''],
  ])('the domain of %s is %s', (email, domain) => {
    expect(domainOf(email)).toBe(domain);
  });
});
