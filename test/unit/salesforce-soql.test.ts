import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPersonIds, toLongId } from '../../src/domain/salesforce-ids.ts';
import {
  maxEncodedBytes,
  toEncodedLength,
  toLiteral,
  toName,
  toPattern,
  toStatements,
} from '../../src/salesforce/soql.ts';

const UNESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** Reads literals as Salesforce does; `null` where a quote closes a literal too early or never. */
function readLiterals(list: string): string[] | null {
  const found: string[] = [];
  for (let at = 0; at < list.length; ) {
    if (list[at] !== "'") return null;
    let text = '';
    for (at += 1; list[at] !== "'"; at += 1) {
      if (at >= list.length) return null;
      if (list[at] === '\\') {
        at += 1;
        text += UNESCAPED[list.charAt(at)] ?? list.charAt(at);
      } else text += list.charAt(at);
    }
    found.push(text);
    at += 1;
    if (at < list.length && list[at] !== ',') return null;
    at += 1;
  }
  return found;
}

const nasty = fc.string({ unit: fc.constantFrom("'", '\\', '\n', ' ', ')', 'a', '"', '%', 'é', 'O', 'R', '=') });
const select = { object: 'Lead', fields: ['Id'] };

describe('SOQL literals', () => {
  it.each([
    { value: "O'Neil", literal: "'O\\'Neil'" },
    { value: '\\', literal: "'\\\\'" },
    { value: "\\' OR Id != null", literal: "'\\\\\\' OR Id != null'" },
    { value: 'a\nb', literal: "'a\\nb'" },
    { value: '', literal: "''" },
  ])('writes $value as $literal', ({ value, literal }) => {
    expect(toLiteral(value)).toBe(literal);
  });

  it('never lets a value out of its quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(nasty, fc.string()), { minLength: 1, maxLength: 20 }), (values) => {
        const distinct = [...new Set(values)];

        const [statement = ''] = toStatements(select, [{ field: 'Email', values }]);

        const list = statement.slice('SELECT Id FROM Lead WHERE Email IN ('.length, -1);
        expect(readLiterals(list)).toEqual(distinct);
      }),
    );
  });
});

describe('SOQL patterns', () => {
  it.each([
    { text: 'example.com', pattern: "'%example.com'" },
    { text: '100%_sure', pattern: "'%100\\%\\_sure'" },
    { text: "O'Neil", pattern: "'%O\\'Neil'" },
  ])('writes what ends with $text as $pattern', ({ text, pattern }) => {
    expect(toPattern('%', text, '')).toBe(pattern);
  });

  it('never let a text out of its quotes, nor be a wildcard', () => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string()), (text) => {
        const pattern = toPattern('', text, '');

        expect(readLiterals(pattern)).toHaveLength(1);
        expect(pattern.replaceAll('\\\\', '').match(/(?<!\\)[%_]/)).toBeNull();
      }),
    );
  });
});

describe('SOQL names', () => {
  it.each(['Id', 'HubSpot_Contact_Id__c', 'Owner.Email'])('takes %s', (name) => {
    expect(toName(name)).toBe(name);
  });

  it.each(['', '1st', 'Id FROM User', 'a-b', "Id'", 'Owner.', 'Id,Name', 'Näme', 'Id\n'])('refuses %j', (name) => {
    expect(() => toName(name)).toThrow('not a Salesforce API name');
  });
});

describe('statements', () => {
  it('joins conditions by OR and leaves out empty lists', () => {
    const statements = toStatements({ ...select, fields: ['Id', 'Email', 'Id'], newestFirst: 'Id' }, [
      { field: 'Email', values: ['a', 'b', 'a'] },
      { field: 'Name', values: [] },
      { field: 'Id', values: ['c'] },
    ]);

    expect(statements).toEqual(["SELECT Id,Email FROM Lead WHERE Email IN ('a','b') OR Id IN ('c') ORDER BY Id DESC"]);
  });

  it('cuts patterns as it cuts lists, each in one statement', () => {
    const patterns = Array.from({ length: 500 }, (_, n) => toPattern('%', `company-${n}.example`, ''));

    const statements = toStatements(select, [
      { field: 'Id', values: ['c'] },
      { field: 'Website', patterns },
    ]);

    expect(statements.length).toBeGreaterThan(1);
    expect(
      statements[0]?.startsWith("SELECT Id FROM Lead WHERE Id IN ('c') OR Website LIKE '%company-0.example' OR "),
    ).toBe(true);
    for (const statement of statements) expect(toEncodedLength(statement)).toBeLessThanOrEqual(maxEncodedBytes);
    const asked = statements.flatMap((each) => [...each.matchAll(/Website LIKE ('[^']*')/g)].map(([, text]) => text));
    expect(asked).toEqual(patterns);
  });

  it('asks nothing where there is nothing to ask for', () => {
    expect(toStatements(select, [{ field: 'Email', values: [] }])).toEqual([]);
  });

  it('stays below the URL limit, and asks for every value exactly once', () => {
    const values = fc.array(fc.oneof(nasty, fc.string({ maxLength: 200 }), fc.emailAddress()), { maxLength: 400 });
    fc.assert(
      fc.property(values, values, (emails, ids) => {
        const statements = toStatements(select, [
          { field: 'Email', values: emails },
          { field: 'Id', values: ids },
        ]);

        for (const statement of statements) expect(toEncodedLength(statement)).toBeLessThanOrEqual(maxEncodedBytes);
        const asked = { Email: [] as string[], Id: [] as string[] };
        for (const statement of statements) {
          const where = statement.slice(statement.indexOf('WHERE ') + 6);
          for (const [, field = '', list = ''] of where.matchAll(/(Email|Id) IN \(((?:'(?:\\.|[^'\\])*',?)+)\)/gs)) {
            asked[field === 'Id' ? 'Id' : 'Email'].push(...(readLiterals(list) ?? ['unreadable']));
          }
        }
        expect(asked).toEqual({ Email: [...new Set(emails)], Id: [...new Set(ids)] });
      }),
      { numRuns: 50 },
    );
  });
});

describe('ids', () => {
  it.each([
    { id: '00QDE00000abcDE', long: '00QDE00000abcDE2AY' },
    { id: '0015000000Gv7qJ', long: '0015000000Gv7qJAAR' },
    { id: '0015000000Gv7qJAAR', long: '0015000000Gv7qJAAR' },
    { id: '0015000000Gv7qJaar', long: '0015000000Gv7qJAAR' },
    { id: ' 0015000000Gv7qJ ', long: '0015000000Gv7qJAAR' },
    { id: '0015000000Gv7q', long: null },
    { id: "00Q000000000001'", long: null },
    { id: '', long: null },
  ])('writes $id as $long', ({ id, long }) => {
    expect(toLongId(id)).toBe(long);
  });

  it('takes nothing but ids of persons out of a text', () => {
    const text = 'duplicate value found: ann@example.test duplicates value on record with id: 00Q000000000001';

    expect(findPersonIds(text)).toEqual([toLongId('00Q000000000001')]);
    expect(findPersonIds('record 001000000000001 of 003 people')).toEqual([]);
  });
});
