import { describe, expect, it } from 'vitest';
import { readFacts } from '../../../src/domain/lifecycle/facts.ts';
import { stageFactsKey } from '../../../src/domain/lifecycle/types.ts';
import type { FieldValues, SalesforcePerson } from '../../../src/domain/record.ts';
import type { KnownPerson } from '../../../src/ports/ledger-sweep.ts';
import { type LookCause, worthALook } from '../../../src/usecases/poll-salesforce/worth-a-look.ts';
import { mapping, person } from '../domain/given.ts';

const contactId = '101';
const agreed = person('Lead', { externalId: contactId, fields: { Status: 'Open - Not Contacted', Title: 'CTO' } });

const base: FieldValues = { ...agreed.fields, [stageFactsKey]: readFacts(mapping.lifecycle, agreed).signature };
const { City: _, ...withoutCity } = base;
const live: KnownPerson = {
  pairId: '1',
  contactId,
  status: 'live',
  base,
  tombstone: null,
  handedOver: true,
  isBusy: false,
};

const typeOf = (_object: string, field: string) => (field === 'Phone' ? ('phone' as const) : undefined);
const look = (held: Partial<SalesforcePerson>, known: Partial<KnownPerson> = {}): LookCause | null =>
  worthALook({ ...agreed, ...held }, { ...live, ...known }, { mapping, dealsOf: () => [], typeOf });
const fields = (values: SalesforcePerson['fields']) => ({ fields: { ...agreed.fields, ...values } });

describe('a person is worth a look when Salesforce holds something else than the ledger knows', () => {
  it.each<[string, Partial<SalesforcePerson>, Partial<KnownPerson>, LookCause | null]>([
    ['nothing differs', {}, {}, null],
    ['a field was edited', fields({ Title: 'CEO' }), {}, 'value_changed'],
    ['a field was emptied', fields({ Title: null }), {}, 'value_changed'],
    ['only blanks and case of an email differ', fields({ Title: ' CTO ', Email: null }), {}, null],
    ['the owner changed', fields({ OwnerId: '005000000000009AAA' }), {}, 'value_changed'],
    ['a field without a base has a value', fields({ City: 'Graz' }), { base: withoutCity }, 'value_changed'],
    ['a field without a base is blank', fields({ City: null }), { base: withoutCity }, null],
    ['the status says another stage', fields({ Status: 'Closed - Not Converted' }), {}, 'value_changed'],
    [
      'an opportunity was opened',
      { object: 'Contact', opportunities: [{ isClosed: false, isWon: false }] },
      {},
      'stage_facts_changed',
    ],
    ['it was deleted', { isDeleted: true }, {}, 'deleted'],
    ['it was merged away', { isDeleted: true, masterRecordId: '00Q000000000009AAA' }, {}, 'deleted'],
    ['it was converted', { isConverted: true }, {}, 'converted'],
    ['its id of ours was emptied', { externalId: null }, {}, 'id_moved'],
    ['its id of ours is another one', { externalId: '102' }, {}, 'id_moved'],
    ['the ledger knows that it was deleted', { isDeleted: true }, { tombstone: 'person_deleted' }, null],
    ['it is there again', {}, { tombstone: 'person_deleted' }, 'restored'],
    ['a deleted memory is there again', {}, { status: 'deleted' }, 'restored'],
    ['a deleted memory is still gone', { isDeleted: true }, { status: 'deleted' }, null],
    ['a merged memory is still gone', { isDeleted: true }, { status: 'merged' }, null],
    ['a converted memory was edited', fields({ Title: 'CEO' }), { status: 'converted' }, null],
    ['a write of ours is under way', fields({ Title: 'CEO' }), { status: 'reserved' }, null],
    ['it was erased', fields({ Title: 'CEO' }), { status: 'erased' }, null],
    ['its pair was erased', fields({ Title: 'CEO' }), { tombstone: 'erased' }, null],
    ['its contact is gone', fields({ Title: 'CEO' }), { contactId: null }, null],
    ['it is linked below the gate and was edited', fields({ Title: 'CEO' }), { handedOver: false }, null],
    ['it is linked below the gate and was deleted', { isDeleted: true }, { handedOver: false }, 'deleted'],
    ['nothing was ever agreed on', {}, { base: null }, 'value_changed'],
  ])('%s', (_what, held, known, cause) => {
    expect(look(held, known)).toBe(cause);
  });

  it('a field that nobody owns is nobody’s business', () => {
    const never = { before: 'never', after: 'never' } as const;
    const unowned = mapping.contact.fields.map((field) =>
      field.hubspot === 'jobtitle' ? { ...field, rule: never } : field,
    );
    const changed = { ...mapping, contact: { ...mapping.contact, fields: unowned } };

    expect(
      worthALook({ ...agreed, ...fields({ Title: 'CEO' }) }, live, { mapping: changed, dealsOf: () => [], typeOf }),
    ).toBeNull();
  });
});
