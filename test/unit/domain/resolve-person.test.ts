import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { SalesforcePerson } from '../../../src/domain/record.ts';
import { contact, contactId, input, leadId, pairWith, person } from './given.ts';

const otherLeadId = '00Q000000000002AAA';
const email = 'ada@example.com';
const lead = (values: Partial<SalesforcePerson> = {}) => person('Lead', values);
const sfContact = (values: Partial<SalesforcePerson> = {}) => person('Contact', values);

describe('who a contact is in Salesforce', () => {
  it.each([
    {
      name: 'the external id finds a Lead',
      given: input({ persons: { byExternalId: [lead({ externalId: '101' })] } }),
      finds: leadId,
      code: 'found_by_external_id',
    },
    {
      name: 'the id of a contact that was merged into this one finds a Lead',
      given: input({
        contact: contact({}, { mergedIds: ['99'] }),
        persons: { byExternalId: [lead({ externalId: '99' })] },
      }),
      finds: leadId,
      code: 'found_by_external_id',
    },
    {
      name: 'the ledger goes before the external id',
      given: input({
        pair: pairWith({ object: 'Contact', id: contactId }),
        contact: contact({}, { mergedIds: ['99'] }),
        persons: { byId: [sfContact()], byExternalId: [lead({ externalId: '99' })] },
      }),
      finds: contactId,
      code: 'found_by_ledger',
    },
    {
      name: 'the person id in HubSpot finds a Lead, also in its 15-character form',
      given: input({
        contact: contact({ salesforce_person_id: leadId.slice(0, 15) }),
        persons: { byId: [lead()] },
      }),
      finds: leadId,
      code: 'found_by_person_id',
    },
    {
      name: 'a former pairing finds a Lead',
      given: input({
        pair: { ...pairWith({ object: 'Lead', id: leadId }), person: null, formerPersonIds: [leadId] },
        persons: { byId: [lead()] },
      }),
      finds: leadId,
      code: 'found_by_former_id',
    },
    {
      name: 'an email finds a Contact before a Lead, whatever its case',
      given: input({ persons: { byEmail: [lead({ email }), sfContact({ email: 'Ada@EXAMPLE.com' })] } }),
      finds: contactId,
      code: 'found_by_email',
    },
    {
      name: 'a secondary email finds a Lead',
      given: input({
        contact: contact({ hs_additional_emails: 'x@example.com;old@example.com' }),
        persons: { byEmail: [lead({ email: 'old@example.com' })] },
      }),
      finds: leadId,
      code: 'found_by_email',
    },
    {
      name: 'a merged Lead leads to the survivor',
      given: input({
        pair: pairWith({ object: 'Lead', id: otherLeadId }),
        persons: { byId: [lead({ id: otherLeadId, isDeleted: true, masterRecordId: leadId }), lead()] },
      }),
      finds: leadId,
      code: 'found_by_ledger',
    },
    {
      name: 'a converted Lead leads to its Contact',
      given: input({
        pair: pairWith({ object: 'Lead', id: leadId }),
        persons: { byId: [lead({ isConverted: true, convertedContactId: contactId }), sfContact()] },
      }),
      finds: contactId,
      code: 'found_by_ledger',
    },
    {
      name: 'a converted Lead found by email leads to its Contact',
      given: input({
        persons: { byEmail: [lead({ email, isConverted: true, convertedContactId: contactId })], byId: [sfContact()] },
      }),
      finds: contactId,
      code: 'found_by_email',
    },
    {
      name: 'a converted Lead and its Contact with the same email are one person',
      given: input({
        persons: {
          byEmail: [lead({ email, isConverted: true, convertedContactId: contactId }), sfContact({ email })],
        },
      }),
      finds: contactId,
      code: 'found_by_email',
    },
    {
      name: 'a Lead that carries an id from an earlier merge, which only the ledger remembers, is ours',
      given: input({
        pair: pairWith({ object: 'Lead', id: leadId }, { formerContactIds: ['42'] }),
        persons: { byId: [lead({ externalId: '42' })] },
      }),
      finds: leadId,
      code: 'found_by_ledger',
    },
    {
      name: 'a deleted Lead in the ledger gives way to a living one that carries our id',
      given: input({
        pair: pairWith({ object: 'Lead', id: otherLeadId }),
        persons: {
          byId: [lead({ id: otherLeadId, isDeleted: true })],
          byExternalId: [lead({ externalId: '101' })],
        },
      }),
      finds: leadId,
      code: 'found_by_external_id',
    },
  ])('$name', ({ given, finds, code }) => {
    const decided = plan(given);

    expect(decided.person?.id).toBe(finds);
    expect(decided.reasons[0]?.code).toBe(code);
    expect(decided.write?.operation).not.toBe('create');
  });

  it.each([
    {
      name: 'two Leads with the email',
      given: input({ persons: { byEmail: [lead({ email }), lead({ email, id: otherLeadId })] } }),
      code: 'several_persons',
      ids: [leadId, otherLeadId],
    },
    {
      name: 'a Lead and a Contact that both carry the id',
      given: input({
        persons: { byExternalId: [lead({ externalId: '101' }), sfContact({ externalId: '101' })] },
      }),
      code: 'several_persons',
      ids: [leadId, contactId],
    },
    {
      name: 'a linked person while another one carries the id',
      given: input({
        pair: pairWith({ object: 'Lead', id: leadId }),
        persons: { byId: [lead()], byExternalId: [lead({ id: otherLeadId, externalId: '101' })] },
      }),
      code: 'several_persons',
      ids: [leadId, otherLeadId],
    },
    {
      name: 'a person that carries the id of another contact',
      given: input({ persons: { byEmail: [lead({ email, externalId: '555' })] } }),
      code: 'person_taken',
      ids: [leadId],
    },
    {
      name: 'a linked person of whom nothing is left, although an email leads to somebody',
      given: input({
        pair: pairWith({ object: 'Lead', id: otherLeadId }),
        persons: { byEmail: [lead({ email })] },
      }),
      code: 'person_deleted',
      ids: [otherLeadId],
    },
    {
      name: 'a person id in HubSpot that leads nowhere',
      given: input({ contact: contact({ salesforce_person_id: 'what' }) }),
      code: 'person_deleted',
      ids: ['what'],
    },
    {
      name: 'merges that go round in a circle',
      given: input({
        pair: pairWith({ object: 'Lead', id: leadId }),
        persons: {
          byId: [
            lead({ isDeleted: true, masterRecordId: otherLeadId }),
            lead({ id: otherLeadId, isDeleted: true, masterRecordId: leadId }),
          ],
        },
      }),
      code: 'person_deleted',
      ids: [leadId],
    },
    {
      name: 'a converted Lead whose Contact was deleted',
      given: input({
        persons: {
          byEmail: [lead({ email, isConverted: true, convertedContactId: contactId })],
          byId: [sfContact({ isDeleted: true })],
        },
      }),
      code: 'person_deleted',
      ids: [leadId],
    },
  ])('$name: a person must decide ($code)', ({ given, code, ids }) => {
    const decided = plan(given);

    expect(decided.outcome).toBe('needs_person');
    expect(decided.problem?.code).toBe(code);
    expect(decided.problem?.recordIds).toStrictEqual(ids);
    expect(decided.write).toBeNull();
  });

  it.each([
    { name: 'a deleted Lead with the email', persons: [lead({ email, isDeleted: true })] },
    { name: 'a Lead that has another email by now', persons: [lead({ email: 'other@example.com' })] },
    { name: 'nobody at all', persons: [] },
  ])('$name does not keep a Lead from being created', ({ persons }) => {
    expect(plan(input({ persons: { byEmail: persons } })).outcome).toBe('create');
  });

  it('another person with an id of a merged contact is told, and the link stays', () => {
    const decided = plan(
      input({
        pair: pairWith({ object: 'Lead', id: leadId }),
        contact: contact({}, { mergedIds: ['98', '99'] }),
        persons: {
          byId: [lead({ externalId: '98' })],
          byExternalId: [lead({ externalId: '98' }), lead({ id: otherLeadId, externalId: '99' })],
        },
      }),
    );

    expect(decided.reasons.map(({ code }) => code)).toContain('other_person_carries_id');
    expect(decided.write?.changes).toContainEqual({
      field: 'HubSpot_Contact_Id__c',
      before: '98',
      after: '101',
      rule: 'id',
    });
  });
});
