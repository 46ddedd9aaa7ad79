import { describe, expect, it } from 'vitest';
import type { PairKnowledge } from '../../../src/domain/plan/types.ts';
import { withoutBases } from '../../../src/usecases/preview/after-activation.ts';

const pair: PairKnowledge = {
  person: { object: 'Lead', id: '00Q1' },
  handedOverAtMs: 1,
  base: { hubspot: { city: 'Ulm', phone: '1' }, salesforce: { City: 'Ulm', MailingCity: null, Phone: '1' } },
  openIntents: [],
  formerPersonIds: [],
  tombstone: null,
  agreedAtMs: 1,
  recycles: 0,
  stageMove: null,
  frozen: [],
  recentWrites: [],
};
const city = { hubspot: ['city'], salesforce: ['City', 'MailingCity'] };

describe('what is known of a pair once a mapping is applied', () => {
  it('is without the base of what is decided anew, on both sides, and else as it was', () => {
    const base = { hubspot: { phone: '1' }, salesforce: { Phone: '1' } };
    expect(withoutBases({ pairId: '1', pair }, city)).toEqual({ pairId: '1', pair: { ...pair, base } });
    expect(withoutBases({ pairId: '1', pair }), 'nothing is decided anew').toEqual({ pairId: '1', pair });
  });

  it('is without what a revert had put back: that is synced again', () => {
    const heldBack = [{ hubspot: 'phone', salesforce: 'Phone', runId: '7' }];
    const base = { hubspot: { city: 'Ulm' }, salesforce: { City: 'Ulm', MailingCity: null } };
    expect(withoutBases({ pairId: '1', pair: { ...pair, heldBack } })).toEqual({
      pairId: '1',
      pair: { ...pair, base },
    });
  });

  it('is nothing of a pair that there is none of, and no base where there was none', () => {
    expect(withoutBases({ pairId: null, pair: null }, city)).toEqual({ pairId: null, pair: null });
    const bare = { pairId: '1', pair: { ...pair, base: null } };
    expect(withoutBases(bare, city)).toEqual(bare);
  });
});
