import { describe, expect, it } from 'vitest';
import { decideStage } from '../../../../src/domain/lifecycle/decide-stage.ts';
import { effectiveStage } from '../../../../src/domain/lifecycle/effective-stage.ts';
import type { OpenStageMove } from '../../../../src/domain/lifecycle/types.ts';
import type { SalesforcePerson } from '../../../../src/domain/record.ts';
import {
  begun,
  contact,
  factsSignature,
  lead,
  lifecycle,
  look,
  mappingWith,
  pairAgreed,
  sfContact,
  won,
} from './given.ts';

const sql = 'salesqualifiedlead';
const working = { stage: sql, person: lead('Working') };
const returned = lead('Unqualified');

function decide(
  stage: string | null,
  stageMove: OpenStageMove,
  person: SalesforcePerson | null = returned,
  changes = {},
) {
  const pair = pairAgreed(working, { stageMove });
  return decideStage(look({ contact: contact(stage), person, pair, mapping: mappingWith(changes) }));
}

describe('a recycle that was begun, by what HubSpot holds', () => {
  it.each([
    { step: 'clearing', stage: sql, open: 'resume_clearing', to: 'lead', because: 'the clearing was never sent' },
    {
      step: 'clearing',
      stage: null,
      open: 'resume_setting',
      to: 'lead',
      because: 'the clearing arrived and its answer did not',
    },
    { step: 'clearing', stage: 'lead', open: 'verified', to: null, because: 'all was carried out' },
    { step: 'setting', stage: null, open: 'resume_setting', to: 'lead', because: 'the setting was never sent' },
    { step: 'setting', stage: 'lead', open: 'verified', to: null, because: 'only the answer was lost' },
    { step: 'setting', stage: sql, open: 'conflict', to: 'lead', because: 'somebody put it back; sales says it still' },
    {
      step: 'setting',
      stage: 'customer',
      open: 'conflict',
      to: 'lead',
      because: 'somebody set a third stage; sales says it still',
    },
    {
      step: 'clearing',
      stage: 'subscriber',
      open: 'conflict',
      to: null,
      because: 'it lies further back than the recycle',
    },
  ] as const)('$step, and HubSpot holds $stage: $open, because $because', ({ step, stage, open, to }) => {
    const { decision } = decide(stage, begun({ step }));

    expect(decision.open).toBe(open);
    expect(decision.move?.to ?? null).toBe(to);
  });

  it('is carried on as the ledger has it, and agrees on the same in the end', () => {
    const { step: _, openedAtMs: __, ...move } = begun({ text: 'As it was told then.' });

    const outcome = decide(null, begun({ text: 'As it was told then.' }));

    expect(outcome.decision.move).toStrictEqual(move);
    expect(outcome.decision.agreed).toStrictEqual({ hubspot: 'lead', facts: factsSignature(lifecycle, returned) });
    expect(outcome.decision.seen).toStrictEqual([]);
    expect(outcome.contactChanges).toMatchObject([{ field: 'recycle_reason', after: 'not ready' }]);
  });

  it('that is verified leaves nothing to do but its reason', () => {
    const outcome = decide('lead', begun({ step: 'setting' }));

    expect(outcome.decision).toMatchObject({ move: null, seen: [], standing: { cause: null } });
    expect(outcome.decision.agreed).toStrictEqual({ hubspot: 'lead', facts: factsSignature(lifecycle, returned) });
    expect(outcome.contactChanges).toMatchObject([{ field: 'recycle_reason' }]);
  });
});

describe('a recycle that was begun, and sales takes the person up again meanwhile', () => {
  it('is dropped where nothing was cleared yet', () => {
    const { decision } = decide(sql, begun({}), lead('Working'));

    expect(decision).toMatchObject({ move: null, open: 'conflict', standing: { hubspot: sql, cause: null } });
  });

  it('puts back what was cleared', () => {
    const { decision } = decide(null, begun({ step: 'setting' }), lead('Working'));

    expect(decision.open).toBe('conflict');
    expect(decision.move).toMatchObject({ from: null, to: sql, mustClear: false, code: 'stage_put_back' });
  });

  it('sets what is wanted now instead of what was wanted then', () => {
    const { decision } = decide(null, begun({ step: 'setting' }), sfContact('Working', won));

    expect(decision.open).toBe('conflict');
    expect(decision.move).toMatchObject({ from: null, to: 'customer', kind: 'forward', mustClear: false });
  });

  it('moves forward again where it had arrived', () => {
    const { decision } = decide('lead', begun({ step: 'setting' }), lead('Working'));

    expect(decision.open).toBe('verified');
    expect(decision.move).toMatchObject({ from: 'lead', to: sql, kind: 'forward' });
  });
});

describe('a forward move that was begun', () => {
  const forward = (values: Partial<OpenStageMove> = {}) =>
    begun({ to: 'customer', kind: 'forward', mustClear: false, step: 'setting', ...values });
  const customer = sfContact('Working', won);

  it.each([
    { stage: sql, person: customer, open: 'resume_setting', to: 'customer', because: 'it was never sent' },
    { stage: 'customer', person: customer, open: 'verified', to: null, because: 'it arrived' },
    { stage: 'lead', person: customer, open: 'conflict', to: 'customer', because: 'Salesforce says it still' },
    { stage: 'evangelist', person: customer, open: 'conflict', to: null, because: 'somebody went further' },
    { stage: null, person: customer, open: 'conflict', to: 'customer', because: 'somebody emptied it' },
    {
      stage: 'customer',
      person: sfContact('Returned', won),
      open: 'verified',
      to: 'lead',
      because: 'sales has returned it since',
    },
    { stage: sql, person: returned, open: 'conflict', to: 'lead', because: 'sales has returned it before it was sent' },
  ])('and HubSpot holds $stage: $open, because $because', ({ stage, person, open, to }) => {
    const { decision } = decide(stage, forward(), person);

    expect(decision.open).toBe(open);
    expect(decision.move?.to ?? null).toBe(to);
  });

  it('from no stage at all is sent again', () => {
    const { decision } = decide(null, forward({ from: null }), customer);

    expect(decision).toMatchObject({ open: 'resume_setting', move: { from: null, to: 'customer' } });
  });
});

describe('a restoring move that was begun', () => {
  const restored = begun({ from: 'lead', to: sql, kind: 'restored', mustClear: false, step: 'setting' });

  it.each([
    { stage: 'lead', movedBack: 'restore', open: 'resume_setting', to: sql, problem: null },
    { stage: sql, movedBack: 'restore', open: 'verified', to: null, problem: null },
    { stage: 'subscriber', movedBack: 'restore', open: 'conflict', to: sql, problem: null },
    { stage: 'lead', movedBack: 'accept', open: 'conflict', to: null, problem: null },
    { stage: 'lead', movedBack: 'ask', open: 'conflict', to: null, problem: 'stage_moved_back' },
  ] as const)('and HubSpot holds $stage with $movedBack: $open', ({ stage, movedBack, open, to, problem }) => {
    const outcome = decide(stage, restored, working.person, { movedBack });

    expect(outcome.decision.open).toBe(open);
    expect(outcome.decision.move?.to ?? null).toBe(to);
    expect(outcome.problem?.code ?? null).toBe(problem);
  });
});

describe('a move that was begun, without a person or with a frozen stage', () => {
  it.each([
    { stage: sql, open: 'resume_clearing', to: 'lead' },
    { stage: null, open: 'resume_setting', to: 'lead' },
    { stage: 'lead', open: 'verified', to: null },
    { stage: 'customer', open: 'conflict', to: null },
  ])('is finished although the person is gone: HubSpot holds $stage: $open', ({ stage, open, to }) => {
    const { decision } = decide(stage, begun({}), null);

    expect(decision.open).toBe(open);
    expect(decision.move?.to ?? null).toBe(to);
  });

  it.each([
    { stage: null, person: returned, to: 'lead' },
    { stage: null, person: lead('Working'), to: sql },
    { stage: 'customer', person: returned, to: null },
  ])('never leaves a frozen stage empty: HubSpot holds $stage, then $to', ({ stage, person, to }) => {
    const pair = pairAgreed(working, {
      stageMove: begun({ step: 'setting' }),
      frozen: [{ system: 'hubspot', field: 'lifecyclestage' }],
    });

    const { decision } = decideStage(look({ contact: contact(stage), person, pair }));

    expect(decision.move?.to ?? null).toBe(to);
  });

  it.each([
    { stage: null, move: begun({}), effective: 'lead' },
    { stage: ' ', move: begun({}), effective: 'lead' },
    { stage: 'customer', move: begun({}), effective: 'customer' },
    { stage: null, move: null, effective: null },
  ])('counts for the gate as where it leads to while the stage is empty: $effective', ({ stage, move, effective }) => {
    expect(effectiveStage(contact(stage), { stageMove: move })).toBe(effective);
  });
});
