import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import { loadMappings } from '../../../src/mappings/load.ts';
import { type FieldPair, fieldPairs } from '../../../src/usecases/field-pairs.ts';
import { shippedMappings } from '../live-schemas.ts';

const loaded = loadMappings(shippedMappings);
if (!loaded.ok) throw new Error('the mapping that comes with the project holds faults');
const { mapping } = loaded;

const keys = (given: CompiledMapping) => fieldPairs(given).map(keyOf);
const keyOf = ({ object, hubspot, salesforce }: FieldPair) => `${object} ${hubspot} ${salesforce}`;
const lost = (after: CompiledMapping) => keys(mapping).filter((key) => !keys(after).includes(key));

function withDeal(change: Partial<CompiledMapping['deal']>): CompiledMapping {
  return { ...mapping, deal: { ...mapping.deal, ...change } };
}

describe('the pairs of fields whose base holds', () => {
  it('are those of all kinds, of settings and owners too, each once', () => {
    const all = keys(mapping);

    expect(all).toEqual(
      expect.arrayContaining([
        'contact city City',
        'contact city MailingCity',
        'contact associatedcompanyid AccountId',
        'company domain Website',
        'company hubspot_owner_id OwnerId',
        'deal dealname Name',
        'deal dealstage StageName',
        'deal closedate CloseDate',
        'deal amount Amount',
        'deal deal_currency_code CurrencyIsoCode',
        'deal hs_primary_associated_company AccountId',
      ]),
    );
    expect(new Set(all).size).toBe(all.length);
    expect(all).not.toContain('deal contacts/primary roles/primary');
  });

  it.each<[string, CompiledMapping, string[]]>([
    [
      'a line that left deals.yaml',
      withDeal({ fields: mapping.deal.fields.filter(({ hubspot }) => hubspot !== 'description') }),
      ['deal description Description'],
    ],
    [
      'a line with another counterpart',
      withDeal({
        fields: mapping.deal.fields.map((each) =>
          each.hubspot === 'description' ? { ...each, salesforce: { Opportunity: 'Notes__c' } } : each,
        ),
      }),
      ['deal description Description'],
    ],
    ['a kind that is switched off: it is a pause', withDeal({ isOn: false }), []],
  ])('after %s are without what is not mapped any more', (_, after, expected) => {
    expect(lost(after)).toEqual(expected);
  });

  it('tell pipelines by the field that holds them, and the primary role where a label stands for it', () => {
    const { pipelines, roles } = mapping.deal;
    const told = keys(
      withDeal({ pipelines: { ...pipelines, field: 'RecordTypeId' }, roles: { ...roles, primaryLabel: 'Primary' } }),
    );

    expect(told).toEqual(expect.arrayContaining(['deal pipeline RecordTypeId', 'deal contacts/primary roles/primary']));
  });

  it('say by what a line of a file is decided, of all kinds; settings and owners say nothing', () => {
    const all = fieldPairs(mapping);
    const definitionOf = (key: string) => all.find((pair) => keyOf(pair) === key)?.definition;
    for (const key of ['contact city City', 'company name Name', 'deal description Description'])
      expect(definitionOf(key), key).toMatch(/^[0-9a-f]{64}$/);
    for (const key of ['company hubspot_owner_id OwnerId', 'deal dealstage StageName', 'deal amount Amount'])
      expect(definitionOf(key), key).toBeUndefined();
    expect(definitionOf('contact city City')).toBe(definitionOf('contact city MailingCity'));
  });
});
