import { describe, expect, it } from 'vitest';
import { stageDateProperties, stagesSeen } from '../../../../src/domain/lifecycle/transitions.ts';
import { accepted, contact, lifecycle, now } from './given.ts';

const { stages } = lifecycle;
const day = 24 * 60 * 60 * 1000;
const at = (daysAgo: number) => now - daysAgo * day;
const iso = (daysAgo: number) => new Date(at(daysAgo)).toISOString();

describe('the stages a contact has come to without us', () => {
  it('reads the date property of every stage, custom ones too', () => {
    expect(stageDateProperties(stages)).toContain('hs_v2_date_entered_salesqualifiedlead');
    expect(stageDateProperties(stages)).toContain(`hs_v2_date_entered_${accepted}`);
    expect(stageDateProperties(stages)).toHaveLength(stages.length);
  });

  it('a first look tells the present one as reached and earlier ones as inferred, in the order of time', () => {
    const seen = stagesSeen(
      contact('marketingqualifiedlead', {
        hs_v2_date_entered_marketingqualifiedlead: iso(2),
        hs_v2_date_entered_subscriber: iso(30),
        hs_v2_date_entered_lead: String(at(9)),
      }),
      stages,
      undefined,
      now,
    );

    expect(seen).toStrictEqual([
      { stage: 'subscriber', atMs: at(30), source: 'hubspot', code: 'inferred' },
      { stage: 'lead', atMs: at(9), source: 'hubspot', code: 'inferred' },
      { stage: 'marketingqualifiedlead', atMs: at(2), source: 'hubspot', code: 'reached' },
    ]);
  });

  it('later looks tell only what came since', () => {
    const properties = {
      hs_v2_date_entered_subscriber: iso(30),
      hs_v2_date_entered_lead: iso(9),
      hs_v2_date_entered_marketingqualifiedlead: iso(2),
      hs_v2_date_entered_salesqualifiedlead: iso(1),
    };

    const seen = stagesSeen(contact('salesqualifiedlead', properties), stages, 'lead', now);

    expect(seen.map(({ stage, code }) => [stage, code])).toStrictEqual([
      ['marketingqualifiedlead', 'inferred'],
      ['salesqualifiedlead', 'reached'],
    ]);
  });

  it.each([
    { what: 'nothing where the stage is as it was', stage: 'lead', previous: 'lead', codes: [] },
    { what: 'nothing where there still is none', stage: null, previous: null, codes: [] },
    { what: 'a change without a date, as of now', stage: 'lead', previous: 'subscriber', codes: ['reached'] },
    { what: 'a stage that the mapping does not know', stage: 'strange', previous: 'lead', codes: ['reached'] },
    { what: 'not a stage of an unknown date on a first look', stage: 'lead', previous: undefined, codes: [] },
  ])('tells $what', ({ stage, previous, codes }) => {
    expect(stagesSeen(contact(stage), stages, previous, now).map(({ code }) => code)).toStrictEqual(codes);
  });

  it.each(['', 'yesterday', iso(-1), null])('passes over a date that cannot be (%s)', (date) => {
    const seen = stagesSeen(contact('lead', { hs_v2_date_entered_subscriber: date }), stages, 'other', now);

    expect(seen).toStrictEqual([{ stage: 'lead', atMs: now, source: 'hubspot', code: 'reached' }]);
  });
});
