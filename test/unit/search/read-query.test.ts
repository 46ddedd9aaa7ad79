import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQuery } from '../../../src/usecases/search/read-query.ts';

describe('what a query is taken for', () => {
  it.each([
    ['contact', 'Anna Muster', { by: 'text', text: 'Anna Muster' }],
    ['contact', ' anna@acme.example ', { by: 'email', text: 'anna@acme.example' }],
    ['contact', '@acme.example', { by: 'text', text: '@acme.example' }],
    ['contact', 'anna@', { by: 'text', text: 'anna@' }],
    ['contact', 'a@b@c.example', { by: 'text', text: 'a@b@c.example' }],
    ['company', 'anna@acme.example', { by: 'text', text: 'anna@acme.example' }],
    ['contact', '210000000001', { by: 'hubspot_id', text: '210000000001' }],
    ['contact', '123456789012345678901', { by: 'text', text: '123456789012345678901' }],
    ['contact', '00Q000000000001', { by: 'salesforce_id', object: 'Lead', text: '00Q000000000001EAA' }],
    ['contact', '00Q000000000001EAA', { by: 'salesforce_id', object: 'Lead', text: '00Q000000000001EAA' }],
    ['contact', '003000000000aBC', { by: 'salesforce_id', object: 'Contact', text: '003000000000aBCAAY' }],
    ['company', '001000000000001', { by: 'salesforce_id', object: 'Account', text: '001000000000001AAA' }],
    ['deal', '006000000000001', { by: 'salesforce_id', object: 'Opportunity', text: '006000000000001AAA' }],
    ['contact', '001000000000001', { by: 'other_kind', object: 'Account' }],
    ['contact', '030123456', { by: 'text', text: '030123456' }],
    ['contact', '001000000000001AAA', { by: 'other_kind', object: 'Account' }],
    ['deal', '00Q00000000000a', { by: 'other_kind', object: 'Lead' }],
    ['contact', '00Q', { by: 'text', text: '00Q' }],
    ['contact', '\u0000\u0007', { by: 'nothing' }],
    ['contact', 'An\u0000na\tMuster', { by: 'text', text: 'An na Muster' }],
    ['contact', 'Zoë 👩‍🚀 Łódź', { by: 'text', text: 'Zoë 👩‍🚀 Łódź' }],
    ['contact', '<script>alert(1)</script>', { by: 'text', text: '<script>alert(1)</script>' }],
    ['contact', '%', { by: 'text', text: '%' }],
  ] as const)('%s: %j', (kind, query, wanted) => {
    expect(readQuery(kind, query)).toEqual(wanted);
  });

  it('holds no control characters and no halves of characters, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (query) => {
        const wanted = readQuery('contact', query);
        const text = 'text' in wanted ? wanted.text : '';
        expect(text).not.toMatch(/\p{Cc}/u);
        expect(text.isWellFormed()).toBe(true);
        expect(text.length).toBeLessThanOrEqual(query.length);
      }),
    );
  });
});
