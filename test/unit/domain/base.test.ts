import { describe, expect, it } from 'vitest';
import { noStageDecision } from '../../../src/domain/lifecycle/types.ts';
import { baseAfter, baseAfterContact, baseOfStage } from '../../../src/domain/plan/base.ts';
import { plan } from '../../../src/domain/plan/plan.ts';
import { paired } from './given.ts';

const base = { hubspot: { jobtitle: 'A', phone: '1' }, salesforce: { Title: 'A', Phone: '1' } };
const decided = { ...plan(paired({ jobtitle: 'b', phone: '1' }, { Title: 'A', Phone: '2' }, base)), agreed: null };

describe('the base after a plan was carried out', () => {
  it.each(['B', null])(
    'in Salesforce holds what was read back (%s), and what HubSpot held when it was planned',
    (held) => {
      expect(baseAfter(decided, { Title: held })).toStrictEqual({
        hubspot: { jobtitle: 'b' },
        salesforce: { Title: held },
      });
    },
  );

  it('in HubSpot holds what it answered, and what Salesforce held when it was planned', () => {
    expect(baseAfterContact(decided, { phone: '+2', jobtitle: 'b' })).toStrictEqual({
      hubspot: { phone: '+2' },
      salesforce: { Phone: '2' },
    });
  });

  it('leaves out what was not seen', () => {
    expect(baseAfter(decided, {})).toBeNull();
    expect(baseAfterContact(decided, {})).toBeNull();
  });

  it('adds what the plan found settled', () => {
    const agreed = { hubspot: { city: null }, salesforce: { City: null } };

    expect(baseAfter({ ...decided, agreed }, { Title: 'B' })).toStrictEqual({
      hubspot: { city: null, jobtitle: 'b' },
      salesforce: { City: null, Title: 'B' },
    });
  });

  it('keeps what both sides said of the stage', () => {
    const stage = { ...noStageDecision, agreed: { hubspot: 'customer', facts: 'won' } };

    expect(baseOfStage({ ...decided, stage })).toStrictEqual({
      hubspot: { lifecyclestage: 'customer' },
      salesforce: { 'stage facts': 'won' },
    });
    expect(baseOfStage({ ...decided, stage: noStageDecision })).toBeNull();
  });
});
