import { describe, expect, it } from 'vitest';
import type { BornInSalesforce } from '../../../src/domain/mapping/types.ts';
import type { KnownPerson } from '../../../src/ports/ledger-sweep.ts';
import { fateOfPerson, type PersonFacts } from '../../../src/usecases/drain-persons/person-fate.ts';
import { person } from '../domain/given.ts';

const born = (what: BornInSalesforce['do'], wanted: boolean | null = true): BornInSalesforce => ({
  do: what,
  stage: 'salesqualifiedlead',
  isWanted: () => wanted,
});
const ada = person('Lead', { email: 'ada@example.com' });
const known: KnownPerson = {
  pairId: '1',
  contactId: null,
  status: 'reserved',
  base: null,
  tombstone: null,
  handedOver: false,
};
const fate = (facts: Partial<PersonFacts>) =>
  fateOfPerson({ person: ada, known: null, born: born('create'), isErased: false, contactIdByEmail: null, ...facts });

describe('what becomes of a person that was born in Salesforce', () => {
  it.each<[string, Partial<PersonFacts>, string, string]>([
    ['nobody has its email, and the mapping creates', {}, 'create', 'born_create'],
    ['nobody has its email, and the mapping links', { born: born('link') }, 'nothing', 'born_nobody'],
    ['the mapping ignores', { born: born('ignore') }, 'nothing', 'born_ignored'],
    ['a contact has its email', { contactIdByEmail: '7' }, 'contact', 'born_found_by_email'],
    ['it is paired by now', { known: { ...known, contactId: '7' } }, 'contact', 'person_paired'],
    ['it carries the id of a contact', { person: { ...ada, externalId: '7' } }, 'contact', 'born_has_contact'],
    ['the answer to its birth was lost', { known }, 'create', 'born_create'],
    ['its pair was erased', { known: { ...known, tombstone: 'erased' } }, 'nothing', 'born_erased'],
    ['its link was erased', { known: { ...known, status: 'erased' } }, 'nothing', 'born_erased'],
    ['its contact was deleted', { known: { ...known, tombstone: 'contact_deleted' } }, 'nothing', 'person_pair_ended'],
    ['its email is that of somebody erased', { isErased: true }, 'nothing', 'born_erased'],
    [
      'somebody erased, although a contact has the email again',
      { isErased: true, contactIdByEmail: '7' },
      'nothing',
      'born_erased',
    ],
    ['it is gone', { person: null }, 'nothing', 'person_gone'],
    ['it was deleted', { person: { ...ada, isDeleted: true } }, 'nothing', 'person_gone'],
    ['the filter does not want it', { born: born('create', false) }, 'nothing', 'born_not_wanted'],
    ['the filter cannot be evaluated', { born: born('create', null) }, 'problem', 'born_filter_fault'],
    ['it has no email', { person: { ...ada, email: null } }, 'nothing', 'born_without_email'],
    [
      'it was converted',
      { person: { ...ada, isConverted: true, convertedContactId: '003000000000001AAA' } },
      'successor',
      'person_converted',
    ],
    ['it was converted to nobody we see', { person: { ...ada, isConverted: true } }, 'nothing', 'person_converted'],
  ])('%s', (_what, facts, kind, code) => {
    expect(fate(facts)).toMatchObject({ kind, code });
  });

  it('no text names the person', () => {
    const texts = [fate({}), fate({ contactIdByEmail: '7' }), fate({ isErased: true })].map(({ text }) => text);

    expect(texts.join(' ')).not.toMatch(/ada|Lovelace/i);
  });
});
