import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { SalesforcePerson } from '../../../src/domain/record.ts';
import { contact, input, leadId, mapping, pairWith, person } from './given.ts';

const otherLeadId = '00Q000000000002AAA';
const email = 'ada@example.com';
const lead = (values: Partial<SalesforcePerson> = {}) => person('Lead', values);
const ends = (events: Partial<CompiledMapping['events']>) => ({ ...mapping, events: { ...mapping.events, ...events } });

describe('a linked person that was deleted', () => {
  const given = input({
    pair: pairWith({ object: 'Lead', id: leadId }),
    persons: { byId: [lead({ isDeleted: true })], byEmail: [lead({ email, id: otherLeadId })] },
  });

  it('ends the pair and is reported, and nobody takes its place, not even by email', () => {
    expect(plan(given)).toMatchObject({
      outcome: 'unlinked',
      person: null,
      write: null,
      contact: [],
      linkBack: false,
      tombstone: 'person_deleted',
      archivesContact: false,
      problem: { code: 'person_deleted', recordIds: [leadId] },
    });
  });

  it('takes the contact with it where the mapping says so, but not one that was brought back', () => {
    const mapped = { ...given, mapping: ends({ deletedInSalesforce: 'delete' }) };
    const back = { ...mapped, pair: pairWith({ object: 'Lead', id: leadId }, { tombstone: 'person_deleted' }) };

    expect(plan(mapped)).toMatchObject({ outcome: 'unlinked', archivesContact: true, problem: null });
    expect(plan(back)).toMatchObject({ outcome: 'unlinked', archivesContact: false });
  });

  it('ends the pair also where the contact has fallen below the gate', () => {
    const below = { ...given, contact: contact({ lifecyclestage: 'lead' }) };

    expect(plan(below)).toMatchObject({ outcome: 'unlinked', tombstone: 'person_deleted' });
  });
});

describe('a pair that has ended', () => {
  const ended = (tombstone: 'person_deleted' | 'contact_deleted' | 'erased') => ({
    ...pairWith({ object: 'Lead', id: leadId }, { tombstone }),
    person: null,
    formerPersonIds: [leadId],
  });

  it.each(['person_deleted', 'contact_deleted'] as const)('by %s goes on with the former person', (tombstone) => {
    const decided = plan(input({ pair: ended(tombstone), persons: { byId: [lead()] } }));

    expect(decided).toMatchObject({ outcome: 'link', person: { id: leadId }, tombstone: null, problem: null });
    expect(decided.reasons.some(({ code }) => code === 'person_restored')).toBe(tombstone === 'person_deleted');
  });

  it('asks before a person that was deleted is linked again, where the mapping says so', () => {
    const restored = { pair: ended('person_deleted'), persons: { byId: [lead()] } };
    const decided = plan(input({ ...restored, mapping: ends({ restoredInSalesforce: 'ask' }) }));

    expect(decided).toMatchObject({
      outcome: 'needs_person',
      write: null,
      tombstone: 'person_deleted',
      problem: { code: 'person_restored' },
    });
  });

  it('is linked to another person whose id was entered at the contact', () => {
    const entered = contact({ salesforce_person_id: otherLeadId });
    const persons = { byId: [lead({ isDeleted: true }), lead({ id: otherLeadId })] };
    const given = { pair: ended('person_deleted'), contact: entered, persons };

    expect(plan(input({ ...given, mapping: ends({ restoredInSalesforce: 'ask' }) }))).toMatchObject({
      outcome: 'link',
      person: { id: otherLeadId },
      tombstone: null,
    });
  });

  it.each([
    { name: 'a dead one', persons: { byId: [lead({ isDeleted: true })] } },
    { name: 'nobody', persons: {} },
    { name: 'somebody with the email', persons: { byEmail: [lead({ email, id: otherLeadId })] } },
  ])('by person_deleted stays ended with $name', ({ persons }) => {
    expect(plan(input({ pair: ended('person_deleted'), persons }))).toMatchObject({
      outcome: 'unlinked',
      write: null,
      tombstone: 'person_deleted',
      problem: { code: 'person_unlinked' },
    });
  });

  it('by erasure never comes back', () => {
    expect(plan(input({ pair: ended('erased'), persons: { byId: [lead()] } }))).toMatchObject({
      outcome: 'needs_person',
      tombstone: 'erased',
      problem: { code: 'contact_erased' },
    });
  });
});

describe('a person that was merged into another', () => {
  const persons = { byId: [lead({ id: otherLeadId, isDeleted: true, masterRecordId: leadId }), lead()] };
  const pair = pairWith({ object: 'Lead', id: otherLeadId });
  const asks = ends({ mergedInSalesforce: 'ask' });

  it('is asked about where the mapping says so', () => {
    expect(plan(input({ mapping: asks, pair, persons })).problem?.code).toBe('person_merged');
  });

  it('is followed once somebody entered the survivor at the contact', () => {
    const entered = contact({ salesforce_person_id: leadId });

    expect(plan(input({ mapping: asks, pair, persons, contact: entered })).person?.id).toBe(leadId);
  });
});

describe('several persons with an email of the contact', () => {
  const older = lead({ email, modifiedAtMs: 1 });
  const newer = lead({ email, id: otherLeadId, modifiedAtMs: 2 });
  const newest = ends({ sameEmail: 'newest' });

  it.each([
    { name: 'the one changed last is taken', byEmail: [older, newer], finds: otherLeadId },
    { name: 'one of another contact does not count', byEmail: [older, { ...newer, externalId: '555' }], finds: leadId },
  ])('$name where the mapping says so', ({ byEmail, finds }) => {
    const decided = plan(input({ mapping: newest, persons: { byEmail } }));

    expect(decided.person?.id).toBe(finds);
    expect(decided.reasons[0]?.code).toBe('found_newest_by_email');
  });

  it('are not guessed between when they were changed at the same time', () => {
    const decided = plan(input({ mapping: newest, persons: { byEmail: [older, { ...newer, modifiedAtMs: 1 }] } }));

    expect(decided.problem?.code).toBe('several_persons');
  });
});

describe('a person that carries the id of a contact that HubSpot no longer has', () => {
  const orphan = lead({ email, externalId: '555' });

  it('is free, and gets the id of this contact', () => {
    const decided = plan(input({ persons: { byEmail: [orphan] }, deadContactIds: new Set(['555']) }));

    expect(decided).toMatchObject({ outcome: 'link', person: { id: leadId }, problem: null });
    expect(decided.reasons.map(({ code }) => code)).toContain('found_orphan');
    expect(decided.write?.changes[0]).toMatchObject({ before: '555', after: '101', rule: 'id' });
  });
});
