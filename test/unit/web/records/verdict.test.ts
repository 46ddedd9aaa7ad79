import { describe, expect, it } from 'vitest';
import { type Judged, verdictOf } from '../../../../web/src/pages/records/verdict.ts';

const agreed: Judged = {
  sentence: 'It is paired.',
  outcome: 'unchanged',
  standing: 'handed_over',
  mode: 'live',
  pause: null,
  problem: null,
  failure: null,
  hasCounterpart: true,
  isErased: false,
  conditions: [],
};
const stage = { code: 'stage_below_gate', met: false, needs: 'The lifecycle stage is SQL', now: [] };
const advice = { advice: 'Correct the country.', message: 'A rule refused the record.' };

describe('is it in Salesforce, in a few words', () => {
  it.each([
    { given: {}, label: 'In Salesforce, both sides agree', tone: 'good' },
    { given: { outcome: 'below_gate', hasCounterpart: false }, label: 'Not in Salesforce', tone: 'calm' },
    { given: { outcome: 'paused' }, label: 'In Salesforce, not updated at the moment', tone: 'calm' },
    { given: { outcome: 'create', hasCounterpart: false }, label: 'Not in Salesforce yet', tone: 'busy' },
    { given: { outcome: 'waiting', hasCounterpart: false }, label: 'Not in Salesforce yet', tone: 'busy' },
    { given: { outcome: 'update' }, label: 'In Salesforce, with changes to come', tone: 'busy' },
    { given: { outcome: 'unlinked' }, label: 'Not kept in step any more', tone: 'off' },
    { given: { outcome: 'unlinked', isErased: true }, label: 'Erased for privacy', tone: 'off' },
    { given: { outcome: 'needs_person' }, label: 'It needs a person', tone: 'act' },
    { given: { outcome: 'not_wanted', hasCounterpart: false }, label: 'Not in Salesforce', tone: 'calm' },
    { given: { outcome: 'unknown', problem: advice }, label: 'Not known right now', tone: 'act' },
    { given: { failure: advice }, label: 'In Salesforce, but it needs a person', tone: 'act' },
    {
      given: { outcome: 'create', failure: advice, hasCounterpart: false },
      label: 'Not in Salesforce: it needs a person',
      tone: 'act',
    },
  ])('$given: $label', ({ given, label, tone }) => {
    expect(verdictOf({ ...agreed, ...given })).toMatchObject({ label, tone });
  });
});

describe('what comes next', () => {
  it('names what the gate still lacks', () => {
    const { next } = verdictOf({ ...agreed, outcome: 'below_gate', hasCounterpart: false, conditions: [stage] });

    expect(next).toBe('It is handed over as soon as the lifecycle stage is SQL.');
  });

  it('gives the advice of the failure before that of the plan', () => {
    const { next } = verdictOf({ ...agreed, problem: { advice: 'Look at it.' }, failure: advice });

    expect(next).toBe('Correct the country.');
  });

  it.each([
    { given: { mode: 'observe' }, next: 'Handoff only observes for now: it writes once SYNC_MODE is live.' },
    { given: { pause: {} }, next: 'It goes on as soon as an admin resumes the writes.' },
    { given: { standing: 'pending' }, next: 'A look is due: it happens by itself.' },
    { given: {}, next: 'It happens with the next look. Press Resync to look now.' },
  ] as const)('of a change to come: $next', ({ given, next }) => {
    expect(verdictOf({ ...agreed, outcome: 'update', ...given }).next).toBe(next);
  });
});

describe('the sentence', () => {
  it('tells the failure, and the plan only after it', () => {
    const verdict = verdictOf({ ...agreed, outcome: 'create', sentence: 'It will be created.', failure: advice });

    expect(verdict).toMatchObject({ sentence: 'A rule refused the record.', plan: 'It will be created.' });
  });

  it.each([
    { what: 'nothing fails', given: {} },
    { what: 'the plan itself names the problem', given: { failure: advice, problem: advice } },
    { what: 'Salesforce cannot be asked', given: { failure: advice, outcome: 'unknown' } },
    { what: 'the record is gone', given: { failure: advice, outcome: 'unlinked' } },
  ])('is that of the explanation where $what', ({ given }) => {
    expect(verdictOf({ ...agreed, ...given })).toMatchObject({ sentence: 'It is paired.', plan: null });
  });
});
