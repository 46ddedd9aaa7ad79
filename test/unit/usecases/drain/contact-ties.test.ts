import { describe, expect, it } from 'vitest';
import type { PersonMatches } from '../../../../src/domain/plan/types.ts';
import type { KnownPair } from '../../../../src/ports/ledger-relations.ts';
import { contactRelations } from '../../../../src/usecases/drain/contact-relations.ts';
import { accountOfCompany, dealFacts, readTies } from '../../../../src/usecases/drain/contact-ties.ts';
import type { DrainDependencies } from '../../../../src/usecases/drain/dependencies.ts';
import type { PlannedLook } from '../../../../src/usecases/drain/look.ts';
import {
  givenClaimed,
  givenContact,
  givenDependencies,
  givenLook,
  givenPair,
  givenPerson,
  givenPlan,
} from './given.ts';

const pair = (more: Partial<KnownPair & { failure: string | null }> = {}) => ({
  counterpart: { object: 'Account', id: '001A' } as const,
  handedOver: true,
  tombstone: null,
  dealState: null,
  failure: null,
  ...more,
});

describe('the Account of a company', () => {
  it.each([
    ['that is paired', pair(), '001A'],
    ['that fails for another reason', pair({ failure: 'required_missing' }), '001A'],
    ['that nobody knows', undefined, null],
    ['that is not paired', pair({ counterpart: null }), null],
    ['whose Account was deleted', pair({ tombstone: 'person_deleted' }), null],
    ['whose Account is another company’s by now', pair({ failure: 'account_taken' }), null],
  ])('%s', (_name, known, account) => {
    expect(accountOfCompany(known)).toBe(account);
  });
});

describe('what the deals of a contact came to', () => {
  it('is told of those alone that have an Opportunity', () => {
    const deal = (more: object) => ({ recordId: '1', passedGate: true, pair: { ...pair(), ...more } });
    const deals = [
      deal({ dealState: 'won' }),
      deal({ dealState: null }),
      deal({ dealState: 'lost', tombstone: 'person_deleted' }),
      { recordId: '2', passedGate: true, pair: null },
    ];
    expect(dealFacts(deals)).toEqual([{ isClosed: true, isWon: true }]);
  });
});

const mapping = (isOn: boolean) =>
  ({ company: { isOn, createInHubSpot: 'with_person' }, deal: { isOn } }) as DrainDependencies['mapping'];

describe('what surrounds a contact', () => {
  it('costs no statement where companies and deals are off', async () => {
    const { dependencies } = givenDependencies({});
    const look = givenLook({ contact: givenContact({ associatedcompanyid: '5' }) });
    const persons = new Map<string, PersonMatches>([
      [
        '1',
        { byExternalId: [], byId: [givenPerson({ object: 'Contact', fields: { AccountId: '001A' } })], byEmail: [] },
      ],
    ]);
    const ties = await readTies({ ...dependencies, mapping: mapping(false) }, [look], persons);
    expect(ties.get('1')).toEqual({ company: null, deals: [] });
    expect(contactRelations({ mapping: mapping(false) }, look)).toEqual({});
  });
});

describe('what a look says of the company', () => {
  const company = { object: 'company', recordId: '5' } as const;
  const said = (more: Partial<PlannedLook>) =>
    contactRelations(
      { mapping: mapping(true) },
      givenLook({
        contact: givenContact({ associatedcompanyid: '5' }),
        ties: { company: { accountId: null, companyId: null }, deals: [] },
        ...more,
      }),
    );
  const shut = givenPlan({ gate: { passes: false, code: 'stage_below_gate', text: '', lacking: [] } });

  it('wants it, and waits for it, once the contact has passed the gate', () => {
    expect(said({})).toMatchObject({ relations: [{ to: company, passedGate: true }], waitsFor: [company] });
  });

  it('wants it no more where the contact has fallen back before it was handed over', () => {
    expect(said({ plan: shut })).toEqual({ relations: [] });
    const pairOf = givenPair({ handedOverAtMs: 1 });
    expect(said({ plan: shut, claimed: givenClaimed({ pair: pairOf }) }).relations).toHaveLength(1);
  });

  it('names the company to which the Account moves the contact, which nobody has to wait for', () => {
    const move = { field: 'associatedcompanyid', before: '5', after: '6', rule: 'newest' } as const;
    const told = said({ plan: givenPlan({ contact: [move] }) });
    expect(told).toEqual({ relations: [{ to: { object: 'company', recordId: '6' }, passedGate: true }] });
  });

  it('marks and waits for the Account of a Contact whom no company stands for', () => {
    const person = { object: 'Contact', id: '003A' } as const;
    const found = givenPerson({ object: 'Contact', id: '003A', fields: { AccountId: '001A' } });
    const told = said({ contact: givenContact({}), plan: givenPlan({ person }), found });
    expect(told.waitsFor).toEqual([{ object: 'Account', recordId: '001A' }]);
    expect(told.marks).toMatchObject([{ system: 'salesforce', object: 'Account', recordId: '001A' }]);
  });
});
