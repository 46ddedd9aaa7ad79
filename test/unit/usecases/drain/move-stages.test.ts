import { describe, expect, it } from 'vitest';
import { noStageDecision } from '../../../../src/domain/lifecycle/types.ts';
import { SyncError } from '../../../../src/errors.ts';
import type { HubSpotRead } from '../../../../src/ports/hubspot.ts';
import { setStages, verifyStages } from '../../../../src/usecases/drain/move-stages.ts';
import { givenBatch, givenClaimed, givenContact, givenDependencies, givenLook, givenPlan, now } from './given.ts';

const move = {
  from: 'opportunity',
  to: 'lead',
  kind: 'recycle',
  mustClear: true,
  code: 'recycled',
  text: 'x',
} as const;
const agreed = { hubspot: 'lead', facts: 'Lead|Closed' };
const plan = givenPlan({ stage: { ...noStageDecision, move, agreed } });

function moved(attempts = 0) {
  const look = givenLook({
    plan,
    changes: [{ field: 'lifecyclestage', before: 'opportunity', after: null, rule: 'lifecycle' }],
    contact: givenContact({ lifecyclestage: 'opportunity' }),
    claimed: givenClaimed({ attempts }),
  });
  return { look, answer: { ok: true as const, properties: { lifecyclestage: 'lead' }, updatedAtMs: now } };
}

async function verified(read: HubSpotRead, attempts = 0) {
  const { dependencies, committed } = givenDependencies({ hubspot: { read: async () => new Map([['1', read]]) } });
  await verifyStages(dependencies, givenBatch(), [moved(attempts)]);
  return committed[0];
}

const found = (lifecyclestage: string | null): HubSpotRead => ({
  kind: 'found',
  record: givenContact({ lifecyclestage }),
  readAtMs: now,
});

describe('a moved stage is read back', () => {
  it('is verified by what HubSpot holds, and only then becomes the base', async () => {
    expect(await verified(found('lead'))).toMatchObject({
      stageMove: 'verified',
      agreed: { hubspot: { lifecyclestage: 'lead' }, salesforce: { 'stage facts': 'Lead|Closed' } },
      failure: null,
      settle: { kind: 'done' },
    });
  });

  it.each(['opportunity', null])(
    'that stays %s was ignored: tried again first, then shown to a person',
    async (held) => {
      expect(await verified(found(held))).toMatchObject({
        stageMove: 'ignored',
        settle: { kind: 'later', counts: true, code: 'stage_ignored' },
      });
      expect(await verified(found(held), 2)).toMatchObject({
        stageMove: 'ignored',
        failure: { kind: 'needs-human', code: 'stage_ignored' },
        settle: { kind: 'failed' },
      });
    },
  );

  it('that is a third one by now is a conflict, looked at again at once, and leaves the base alone', async () => {
    const result = await verified(found('customer'));

    expect(result).toMatchObject({
      stageMove: 'conflict',
      settle: { kind: 'later', delayMs: 0, code: 'stage_conflict' },
    });
    expect(result?.agreed).toBeUndefined();
  });

  it('that nobody could read back stays open', async () => {
    const error = new SyncError('retryable', 'hubspot_unavailable', 'Away.');

    expect(await verified({ kind: 'error', error })).not.toHaveProperty('stageMove');
    expect(await verified({ kind: 'missing' })).not.toHaveProperty('stageMove');
  });
});

describe('a stage that was cleared is set', () => {
  it('and goes on to be read back where HubSpot answers', async () => {
    const written: unknown[] = [];
    const { dependencies, committed } = givenDependencies({
      hubspot: {
        async update(_type, writes) {
          written.push(...writes);
          return new Map([['1', { ok: true, properties: {}, updatedAtMs: now }]]);
        },
      },
    });
    const answered = await setStages(dependencies, givenBatch(), [{ ...moved().look, intentId: '101' }]);

    expect(written).toEqual([{ id: '1', properties: { lifecyclestage: 'lead' } }]);
    expect(answered).toHaveLength(1);
    expect(committed).toEqual([
      expect.objectContaining({ outcomes: [expect.objectContaining({ intentId: '101', state: 'done' })] }),
    ]);
  });

  it('and stays open under its intent where the answer is lost', async () => {
    const { dependencies, committed } = givenDependencies({ hubspot: { update: async () => new Map() } });
    const answered = await setStages(dependencies, givenBatch(), [{ ...moved().look, intentId: '101' }]);

    expect(answered).toEqual([]);
    expect(committed).toMatchObject([{ outcomes: [{ intentId: '101', state: 'unknown' }] }]);
  });
});
