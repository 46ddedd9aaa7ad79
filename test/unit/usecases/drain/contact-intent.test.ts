import { describe, expect, it } from 'vitest';
import type { StageDecision, StageMove } from '../../../../src/domain/lifecycle/types.ts';
import { noStageDecision } from '../../../../src/domain/lifecycle/types.ts';
import {
  contactChanges,
  contactIntent,
  settingIntent,
  toProperties,
} from '../../../../src/usecases/drain/contact-intent.ts';
import { givenContact, givenLook, givenPlan, toCity } from './given.ts';

const forward: StageMove = {
  from: 'salesqualifiedlead',
  to: 'opportunity',
  kind: 'forward',
  mustClear: false,
  code: 'opportunity_open',
  text: 'An opportunity is open.',
};
const recycle: StageMove = { ...forward, to: 'lead', kind: 'recycle', mustClear: true, code: 'recycled' };
const decided = (stage: Partial<StageDecision>) => givenPlan({ contact: [], stage: { ...noStageDecision, ...stage } });
const inStage = (stage: string | null) =>
  givenContact({ lifecyclestage: stage, salesforce_person_id: '00Q000000000001AAA' });

describe('one update of a contact', () => {
  it('carries the id, the mapped properties and the stage together', () => {
    const plan = givenPlan({ contact: [toCity], stage: { ...noStageDecision, move: forward } });
    const look = givenLook({ plan, contact: givenContact({ city: 'Bonn', lifecyclestage: 'salesqualifiedlead' }) });
    const changes = contactChanges(look, { object: 'Lead', id: '00Q1' });

    expect(changes.map(({ field, after }) => [field, after])).toEqual([
      ['salesforce_person_id', '00Q1'],
      ['city', 'Kiel'],
      ['lifecyclestage', 'opportunity'],
    ]);
  });

  it.each([
    { name: 'forward is set at once', stage: { move: forward }, held: 'salesqualifiedlead', after: 'opportunity' },
    { name: 'a recycle clears first', stage: { move: recycle }, held: 'salesqualifiedlead', after: null },
    {
      name: 'an interrupted clearing clears again',
      stage: { move: recycle, open: 'resume_clearing' as const },
      held: 'salesqualifiedlead',
      after: null,
    },
    {
      name: 'an interrupted setting only sets',
      stage: { move: recycle, open: 'resume_setting' as const },
      held: null,
      after: 'lead',
    },
    { name: 'a stage that is blank already needs no clearing', stage: { move: recycle }, held: null, after: 'lead' },
  ])('$name', ({ stage, held, after }) => {
    const look = givenLook({ plan: decided(stage), contact: inStage(held) });

    expect(contactChanges(look, look.plan.person)).toEqual([
      { field: 'lifecyclestage', before: held, after, rule: 'lifecycle' },
    ]);
  });

  it('opens the move with its first request only', () => {
    const of = (stage: Partial<StageDecision>) =>
      contactIntent(givenLook({ plan: decided(stage) }), [toCity]).stageMove;

    expect(of({ move: recycle })).toEqual(recycle);
    expect(of({ move: forward, open: 'conflict' })).toEqual(forward);
    expect(of({ move: recycle, open: 'resume_clearing' })).toBeUndefined();
    expect(of({ move: recycle, open: 'resume_setting' })).toBeUndefined();
    expect(of({})).toBeUndefined();
    expect(settingIntent(inStage(null), 'lead').stageMove).toBeUndefined();
  });

  it('clears with an empty text and writes every value as a text', () => {
    const changes = [null, 0, false, 'x'].map((after, place) => ({ ...toCity, field: `p${place}`, after }));

    expect(toProperties(changes)).toEqual({ p0: '', p1: '0', p2: 'false', p3: 'x' });
  });
});
