import { describe, expect, it } from 'vitest';
import { noStageDecision } from '../../../../src/domain/lifecycle/types.ts';
import { joinBases } from '../../../../src/domain/merge/base.ts';
import { SyncError } from '../../../../src/errors.ts';
import { endedMove, pairFacts } from '../../../../src/usecases/drain/pair-facts.ts';
import { decisionOf, endOf, movedOnResult } from '../../../../src/usecases/drain/results.ts';
import { givenClaimed, givenDependencies, givenLook, givenPair, givenPlan, toCity } from './given.ts';

const { clock } = givenDependencies({}).dependencies;
const problem = { code: 'status_unknown', message: 'm', advice: 'a', fields: ['Status'], recordIds: [] };

describe('how a look ends', () => {
  it('with its problem as a failure, also where something was written', () => {
    expect(endOf(givenPlan())).toEqual({ failure: null, settle: { kind: 'done' } });
    expect(endOf(givenPlan({ problem }))).toMatchObject({
      failure: { kind: 'needs-human', code: 'status_unknown' },
      settle: { kind: 'failed' },
    });
  });

  it('names the fields of both sides, each once', () => {
    const move = { from: 'lead', to: 'customer', kind: 'forward', mustClear: false, code: 'won', text: 'x' } as const;
    const write = {
      operation: 'update' as const,
      object: 'Lead' as const,
      id: 'x',
      changes: [{ ...toCity, field: 'Title' }],
    };
    const plan = givenPlan({ write, contact: [toCity, toCity], stage: { ...noStageDecision, move } });

    expect(decisionOf(plan, true)).toMatchObject({ fields: ['Title', 'city', 'lifecyclestage'], observedOnly: true });
  });
});

describe('a record that was another one by the time of the write', () => {
  const error = new SyncError('retryable', 'record_moved_on', 'Moved on.');

  it.each([
    { attempts: 0, delayMs: 0, shown: false },
    { attempts: 1, delayMs: 0, shown: false },
    { attempts: 2, delayMs: 10_000, shown: true },
  ])('is looked at again at once, and shown when that repeats ($attempts)', ({ attempts, delayMs, shown }) => {
    const result = movedOnResult(givenClaimed({ attempts }), error, clock);

    expect(result.settle).toEqual({ kind: 'later', delayMs, counts: true, code: 'record_moved_on' });
    expect(result.failure !== undefined).toBe(shown);
  });
});

describe('what a plan says of the pair', () => {
  it('is told once: a tombstone that is there already is not set again', () => {
    const claimed = (tombstone: 'person_deleted' | null) => givenClaimed({ pair: givenPair({ tombstone }) });
    const ended = givenPlan({ tombstone: 'person_deleted' });

    expect(pairFacts(givenLook({ plan: ended, claimed: claimed(null) })).tombstone).toBe('person_deleted');
    expect(pairFacts(givenLook({ plan: ended, claimed: claimed('person_deleted') }))).not.toHaveProperty('tombstone');
    expect(pairFacts(givenLook({ claimed: claimed('person_deleted') })).tombstone).toBeNull();
  });

  it.each([
    { open: 'verified' as const, ends: { stageMove: 'verified' } },
    { open: 'conflict' as const, ends: { stageMove: 'conflict' } },
    { open: 'resume_setting' as const, ends: {} },
    { open: 'none' as const, ends: {} },
  ])('an open move that is $open', ({ open, ends }) => {
    expect(endedMove(givenPlan({ stage: { ...noStageDecision, open } }))).toEqual(ends);
  });

  it('bases join field by field, and nothing stays nothing', () => {
    const one = { hubspot: { city: 'A' }, salesforce: { City: 'A' } };

    expect(joinBases(null, null)).toBeNull();
    expect(joinBases(one, { hubspot: { city: 'B' }, salesforce: {} })).toEqual({
      hubspot: { city: 'B' },
      salesforce: { City: 'A' },
    });
  });
});
