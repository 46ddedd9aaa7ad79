import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/domain/plan/plan.ts';
import { sentenceOf } from '../../../src/usecases/explain/sentences.ts';
import { contact, input, withCompanies } from '../domain/given.ts';

describe('a contact that waits for its company', () => {
  it.each([true, false])('is explained by what it waits for (observe: %s)', (observe) => {
    const decided = plan(
      input({
        mapping: withCompanies,
        contact: contact({ associatedcompanyid: '501' }),
        company: { accountId: null, companyId: null },
      }),
    );

    expect(sentenceOf(decided, { observe, paused: false })).toBe(
      'It waits: The company of the contact is not in Salesforce yet: the Contact is created as soon as its Account is there.',
    );
  });
});
