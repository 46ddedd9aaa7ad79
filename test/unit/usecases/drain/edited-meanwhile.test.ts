import { describe, expect, it } from 'vitest';
import { seesEdit, showsNoEdit } from '../../../../src/usecases/drain/edited-meanwhile.ts';
import { givenContact, givenLook, toCity } from './given.ts';

const names = ['city', 'jobtitle', 'lifecyclestage', 'hs_v2_date_entered_lead'];
const contact = givenContact({ city: 'Bonn', jobtitle: 'A', lifecyclestage: 'lead', hs_v2_date_entered_lead: null });
const look = givenLook({ contact });
const moving = givenLook({
  contact,
  changes: [toCity, { field: 'lifecyclestage', before: 'lead', after: 'customer', rule: 'lifecycle' }],
});

describe('what the answer to an update says of edits in between', () => {
  it.each([
    { name: 'all as read', answered: { ...contact.properties, city: 'Kiel' }, edit: false, none: true },
    { name: 'another title', answered: { ...contact.properties, jobtitle: 'B' }, edit: true, none: false },
    { name: 'a title that was emptied', answered: { ...contact.properties, jobtitle: null }, edit: true, none: false },
    { name: 'only what was written', answered: { city: 'Kiel' }, edit: false, none: false },
  ])('$name', ({ answered, edit, none }) => {
    expect(seesEdit(names, look, answered)).toBe(edit);
    expect(showsNoEdit(names, look, answered)).toBe(none);
  });

  it('a date that HubSpot calculates from the stage is no edit while we move the stage', () => {
    const answered = { ...contact.properties, hs_v2_date_entered_lead: '2026-11-22T12:00:00Z' };

    expect(seesEdit(names, moving, answered)).toBe(false);
    expect(seesEdit(names, look, answered)).toBe(true);
  });
});
