import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { Base } from '../../../src/domain/plan/types.ts';
import { codesFor, deskUser, janeUser, leadId, mapping, paired, sentBack, written } from './given.ts';

const withoutFallback: CompiledMapping = {
  ...mapping,
  contact: { ...mapping.contact, owner: { ...mapping.contact.owner, fallbackEmail: null } },
};

describe('the owner, after the handoff', () => {
  it('a new owner in HubSpot is passed on, one whom nobody stands for is not', () => {
    const known = { hubspot: { hubspot_owner_id: '13' }, salesforce: { OwnerId: deskUser } };

    expect(written(plan(paired({ hubspot_owner_id: '11' }, {}, known)))).toStrictEqual({ OwnerId: janeUser });
    const unmapped = plan(paired({ hubspot_owner_id: '12' }, {}, known));
    expect(written(unmapped)).toStrictEqual({});
    expect(unmapped.problem).toBeNull();
    expect(unmapped.reasons.find(({ field }) => field === 'OwnerId')).toMatchObject({
      code: 'owner_unmapped',
      text: expect.stringContaining('HubSpot owner 12'),
    });
  });

  it('an owner whom nobody maps is a failure that names them where no fallback is known, and the rest goes on', () => {
    const known = { hubspot: { hubspot_owner_id: '13', jobtitle: 'A' }, salesforce: { OwnerId: deskUser, Title: 'A' } };
    const given = { hubspot_owner_id: '12', jobtitle: 'B' };

    const decided = plan(paired(given, { Title: 'A' }, known, { mapping: withoutFallback }));

    expect(decided).toMatchObject({ outcome: 'update', problem: { code: 'owner_unmapped' } });
    expect(decided.problem?.message).toContain('12');
    expect(written(decided)).toStrictEqual({ Title: 'B' });
  });

  it.each([
    { user: janeUser, sends: { hubspot_owner_id: '11' }, codes: [] },
    { user: '00G000000000001AAA', sends: {}, codes: ['owner_is_queue'] },
    { user: '005000000000009AAA', sends: {}, codes: ['owner_unmapped'] },
  ])('the owner $user in Salesforce: $sends', ({ user, sends, codes }) => {
    const known = { hubspot: { hubspot_owner_id: '13' }, salesforce: { OwnerId: deskUser } };

    const decided = plan(paired({ hubspot_owner_id: '13' }, { OwnerId: user }, known));

    expect(sentBack(decided)).toStrictEqual(sends);
    expect(codesFor(decided, 'OwnerId')).toStrictEqual(codes);
  });

  const withTeam: CompiledMapping = {
    ...mapping,
    contact: {
      ...mapping.contact,
      owner: { ...mapping.contact.owner, fallbackEmail: null, fallbackByTeam: new Map([['dach', 'desk@example.com']]) },
    },
  };

  it.each([
    { who: 'of the team', teams: ['dach'], problem: null },
    { who: 'of another team', teams: ['emea'], problem: { code: 'owner_unmapped' } },
    { who: 'of no team', teams: [], problem: { code: 'owner_unmapped' } },
  ])('the fallback of one team speaks for no other: an owner $who', ({ teams, problem }) => {
    const known = { hubspot: { hubspot_owner_id: '13' }, salesforce: { OwnerId: deskUser } };
    const given = paired({ hubspot_owner_id: '12' }, {}, known, { mapping: withTeam });

    const decided = plan({ ...given, owners: { ...given.owners, teamsByOwner: new Map([['12', teams]]) } });

    if (problem === null) expect(decided.problem).toBeNull();
    else expect(decided.problem).toMatchObject(problem);
  });

  const stranger = '005000000000009AAA';
  const settled = { hubspot: { hubspot_owner_id: '11', jobtitle: 'A' }, salesforce: { OwnerId: janeUser, Title: 'A' } };

  it('a user in Salesforce whom no owner in HubSpot stands for is a failure that names the user, and the rest goes on', () => {
    const decided = plan(paired({ hubspot_owner_id: '11', jobtitle: 'B' }, { OwnerId: stranger, Title: 'A' }, settled));

    expect(decided).toMatchObject({ outcome: 'update', problem: { code: 'owner_unmapped', fields: ['OwnerId'] } });
    expect(decided.problem?.message).toContain(stranger);
    expect(written(decided)).toStrictEqual({ Title: 'B' });
    expect(sentBack(decided)).toStrictEqual({});
  });

  it.each([
    { who: 'the fallback', user: deskUser, base: settled, values: {} },
    { who: 'ourselves', user: stranger, base: settled, values: { ourUserId: stranger } },
    { who: 'a queue', user: '00G000000000001AAA', base: settled, values: {} },
    { who: 'whoever had it before the link', user: stranger, base: null, values: {} },
    {
      who: 'the one it was created with',
      user: stranger,
      base: { hubspot: { hubspot_owner_id: null }, salesforce: { OwnerId: stranger } },
      values: {},
    },
  ])('a person that belongs to $who is no failure', ({ user, base, values }) => {
    const held = base === settled ? '11' : null;

    const decided = plan(paired({ hubspot_owner_id: held }, { OwnerId: user }, base, values));

    expect(decided.problem).toBeNull();
    expect(sentBack(decided)).toStrictEqual({});
  });

  it('an owner whose emails differ is found by the pair of them', () => {
    const emails = new Map([['nobody@example.com', 'jane@example.com']]);
    const paired13 = { ...mapping, contact: { ...mapping.contact, owner: { ...mapping.contact.owner, emails } } };
    const known = { hubspot: { hubspot_owner_id: '12' }, salesforce: { OwnerId: deskUser } };

    const decided = plan(paired({ hubspot_owner_id: '12' }, { OwnerId: janeUser }, known, { mapping: paired13 }));

    expect(sentBack(decided)).toStrictEqual({ hubspot_owner_id: '13' });
  });
});

describe('the stage', () => {
  it('a contact that qualifies again reopens the same person', () => {
    const given = paired({}, { Status: 'Closed - Not Converted' });
    const facts = plan(paired({ lifecyclestage: 'lead' }, { Status: 'Closed - Not Converted' })).stage.agreed?.facts;
    const base: Base = {
      hubspot: { lifecyclestage: 'lead', hs_lead_status: null },
      salesforce: { 'stage facts': facts ?? '', Status: 'Closed - Not Converted' },
    };

    const decided = plan({ ...given, pair: given.pair && { ...given.pair, base, recycles: 1 } });

    expect(decided.write?.changes).toContainEqual(
      expect.objectContaining({ field: 'Status', after: 'Open - Not Contacted', rule: 'lifecycle' }),
    );
    expect(decided.person?.id).toBe(leadId);
  });

  it('a problem with it keeps no field from being synced', () => {
    const base = { hubspot: { jobtitle: 'A' }, salesforce: { Title: 'A' } };

    const decided = plan(paired({ jobtitle: 'B' }, { Title: 'A', Status: 'Never heard of' }, base));

    expect(decided.problem?.code).toBe('status_unknown');
    expect(written(decided)).toStrictEqual({ Title: 'B' });
  });
});
