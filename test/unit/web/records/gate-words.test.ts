import { describe, expect, it } from 'vitest';
import { asSoonAs, type Condition, gateCount, heldNow } from '../../../../web/src/pages/records/gate-words.ts';

const stage: Condition = {
  code: 'stage_below_gate',
  met: false,
  needs: 'The lifecycle stage is SQL, Opportunity or Customer',
  now: [{ property: 'lifecyclestage', value: 'lead', label: 'Lead' }],
};
const excluded: Condition = { ...stage, code: 'excluded_stage', needs: 'The lifecycle stage is not Other' };
const country: Condition = {
  code: 'property_missing',
  met: false,
  needs: 'There is a value in country',
  now: [{ property: 'country', value: null, label: null }],
};
const consent: Condition = { code: 'condition_not_met', met: false, needs: 'GDPR consent was given', now: [] };
const met = (condition: Condition): Condition => ({ ...condition, met: true });

describe('what is missing for the gate', () => {
  it.each([
    { missing: [stage], says: 'the lifecycle stage is SQL, Opportunity or Customer.' },
    { missing: [stage, excluded], says: 'the lifecycle stage is SQL, Opportunity or Customer.' },
    { missing: [country], says: 'there is a value in country.' },
    { missing: [consent], says: 'GDPR consent was given.' },
    { missing: [stage, country], says: 'all 2 missing conditions below are met.' },
  ])('$says', ({ missing, says }) => {
    expect(asSoonAs([met(country), ...missing])).toBe(`It is handed over as soon as ${says}`);
  });

  it('is nothing where all conditions are met', () => {
    expect(asSoonAs([met(stage), met(country)])).toBeNull();
  });

  it('counts what is met', () => {
    expect(gateCount([met(stage), country])).toBe('1 of 2 conditions met');
  });
});

describe('what HubSpot holds of a condition', () => {
  it('names a stage as HubSpot shows it', () => {
    expect(heldNow(stage)).toEqual([{ property: 'lifecyclestage', text: 'Lead', isEmpty: false }]);
  });

  it('says that a property is empty, but nothing of second emails that nobody has', () => {
    const now = [
      { property: 'email', value: ' ', label: null },
      { property: 'hs_additional_emails', value: null, label: null },
    ];

    expect(heldNow({ ...country, now })).toEqual([{ property: 'email', text: ' ', isEmpty: true }]);
  });
});
