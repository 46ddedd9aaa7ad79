import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { OpportunityFact } from '../../../src/domain/record.ts';
import { input, paired } from './given.ts';

const open: OpportunityFact = { isClosed: false, isWon: false };
const won: OpportunityFact = { isClosed: true, isWon: true };

describe('the deals of a contact', () => {
  it('move it forward in the look that hands it over', () => {
    const decided = plan(input({ deals: [open] }));

    expect(decided.outcome).toBe('create');
    expect(decided.stage).toMatchObject({
      move: { kind: 'forward', to: 'opportunity' },
      agreed: { hubspot: 'opportunity' },
    });
    expect(decided.reasons.map(({ code }) => code)).toContain('stage_forward');
  });

  it.each([
    { deals: [open], to: 'opportunity' },
    { deals: [open, won], to: 'customer' },
  ])('move it to $to while its person is a Lead', ({ deals, to }) => {
    const decided = plan(paired({}, { Status: 'Open - Not Contacted' }, null, { deals }));

    expect([decided.outcome, decided.person?.object, decided.stage.move?.to]).toStrictEqual(['update', 'Lead', to]);
  });

  it('say nothing of it below the gate', () => {
    const given = input({ deals: [won] });
    const properties = { ...given.contact.properties, lifecyclestage: 'lead' };
    const decided = plan({ ...given, contact: { ...given.contact, properties } });

    expect([decided.outcome, decided.stage.move]).toStrictEqual(['below_gate', null]);
  });
});
