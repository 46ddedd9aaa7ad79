import { describe, expect, it } from 'vitest';
import { stageFactsKey } from '../../../src/domain/lifecycle/types.ts';
import { baseAfter } from '../../../src/domain/plan/base.ts';
import { plan } from '../../../src/domain/plan/plan.ts';
import { codesFor, contact, contactId, input, mapping, paired, pairWith, person, sentBack, written } from './given.ts';

const otherLead = '00Q000000000009AAA';

describe('where both sides never agreed on anything', () => {
  it("the mapping's default in Salesforce is nobody's value and does not fill HubSpot's blank", () => {
    const decided = plan(paired({ company: null }, { Company: '[not provided]' }));

    expect(sentBack(decided)).toStrictEqual({});
    expect(codesFor(decided, 'Company')).toContain('default_stays');
  });

  it('a value of somebody does', () => {
    expect(sentBack(plan(paired({ company: null }, { Company: 'ACME' })))).toStrictEqual({ company: 'ACME' });
  });

  it('the base of a former person is not held against another one, to whom a human has led the contact', () => {
    const base = { hubspot: { jobtitle: 'CTO' }, salesforce: { Title: 'CTO' } };
    const other = person('Lead', { id: otherLead, fields: { Title: 'CEO', Company: 'ACME' } });
    const given = input({
      contact: contact({ salesforce_person_id: otherLead, jobtitle: 'CTO', company: 'ACME' }),
      pair: { ...pairWith(other, { base }), person: null, tombstone: 'person_deleted' },
      persons: { byId: [other] },
    });

    const decided = plan(given);

    expect(sentBack(decided)).not.toHaveProperty('jobtitle');
    expect(codesFor(decided, 'Title')).toStrictEqual(['differs_since_link']);
  });
});

describe('a person who was just created', () => {
  const decided = plan(input({ contact: contact({ company: 'ACME', jobtitle: 'CTO' }) }));
  const held = { Title: 'CTO', Company: 'ACME', Phone: null, City: 'Filled by a flow' };

  it('both sides agree on what is blank on both: the first edits of it are compared with that', () => {
    const base = baseAfter(decided, held);

    expect(base).toMatchObject({
      hubspot: { jobtitle: 'CTO', phone: null },
      salesforce: { Title: 'CTO', Phone: null },
    });
    const later = plan(
      paired({ jobtitle: 'CTO', phone: '222' }, { Title: 'CTO', Phone: '111' }, base, {
        histories: {
          hubspot: { phone: [{ value: '222', atMs: 900_000, by: 'marketing' }] },
          salesforce: { Phone: [{ value: '111', atMs: 800_000, by: 'sales' }] },
        },
      }),
    );
    expect(later.write?.changes).toMatchObject([{ field: 'Phone', before: '111', after: '222', conflict: 'hubspot' }]);
  });

  it('what a flow filled in as the person was created comes to HubSpot', () => {
    expect(baseAfter(decided, held)?.salesforce).not.toHaveProperty('City');
  });
});

describe('a Lead that has become a Contact', () => {
  const base = { hubspot: { city: 'Berlin' }, salesforce: { City: 'Berlin' } };

  it.each([
    { who: 'HubSpot', city: 'Graz', there: 'Berlin', toSalesforce: { MailingCity: 'Graz' }, toHubSpot: {} },
    { who: 'Salesforce', city: 'Berlin', there: 'Graz', toSalesforce: {}, toHubSpot: { city: 'Graz' } },
  ])('keeps the base under the new name of a field: $who changed it', ({ city, there, toSalesforce, toHubSpot }) => {
    const now = person('Contact', { externalId: '101', email: 'ada@example.com', fields: { MailingCity: there } });
    const given = input({
      contact: contact({ salesforce_person_id: contactId, city }),
      pair: pairWith(now, { base }),
      persons: { byId: [now] },
    });

    const decided = plan(given);

    expect(written(decided)).toStrictEqual(toSalesforce);
    expect(sentBack(decided)).toStrictEqual(toHubSpot);
  });
});

describe('a stage that somebody else keeps moving', () => {
  it('is frozen with the pair, and reported', () => {
    const writes = Array.from({ length: mapping.fights.repeats }, (_, index) => ({
      system: 'hubspot' as const,
      field: 'lifecyclestage',
      after: 'customer',
      atMs: 900_000 + index,
    }));
    const won = person('Contact', {
      externalId: '101',
      email: 'ada@example.com',
      opportunities: [{ isClosed: true, isWon: true }],
    });
    const base = { hubspot: { lifecyclestage: 'customer' }, salesforce: { [stageFactsKey]: 'object=Lead' } };
    const given = input({
      contact: contact({ salesforce_person_id: contactId }),
      pair: pairWith(won, { base, recentWrites: writes }),
      histories: { hubspot: { lifecyclestage: [{ value: 'lead', atMs: 1, by: 'Workflow 7' }] }, salesforce: {} },
      persons: { byId: [won] },
    });

    const decided = plan(given);

    expect(plan({ ...given, histories: null }).asks).toEqual({ properties: ['lifecyclestage'], fields: [] });
    expect(decided.freezes[0]?.text).toContain('Workflow 7');
    expect(decided.stage.move).toBeNull();
    expect(decided.freezes).toMatchObject([{ system: 'hubspot', field: 'lifecyclestage' }]);
    expect(decided.problem).toMatchObject({ code: 'field_frozen' });
  });
});
