import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { PlanInput, RecentWrite } from '../../../src/domain/plan/types.ts';
import { codesFor, leadId, mapping, paired, sentBack, written } from './given.ts';

describe('an intent whose outcome is not known', () => {
  const openIntents = [
    {
      id: '1',
      system: 'salesforce' as const,
      object: 'Lead' as const,
      recordId: leadId,
      openedAtMs: 1,
      fields: [
        {
          field: 'Title',
          before: 'CTO',
          after: 'CEO',
          rule: 'newest' as const,
          source: 'jobtitle',
          sourceValue: 'CEO',
        },
      ],
    },
  ];
  const base = { hubspot: { jobtitle: 'CTO' }, salesforce: { Title: 'CTO' } };

  it.each([
    { name: 'it arrived', hubspot: 'CEO', salesforce: 'CEO', writes: {}, back: {} },
    {
      name: 'it arrived, and HubSpot changed since',
      hubspot: 'Chair',
      salesforce: 'CEO',
      writes: { Title: 'Chair' },
      back: {},
    },
    { name: 'it did not arrive', hubspot: 'CEO', salesforce: 'CTO', writes: { Title: 'CEO' }, back: {} },
    { name: 'a person wrote over it', hubspot: 'CEO', salesforce: 'Dr.', writes: {}, back: { jobtitle: 'Dr.' } },
  ])('$name', ({ hubspot, salesforce, writes, back }) => {
    const given = paired({ jobtitle: hubspot }, { Title: salesforce }, base);

    const histories = { hubspot: {}, salesforce: {} };
    const decided = plan({ ...given, histories, pair: given.pair && { ...given.pair, openIntents } });

    expect([written(decided), sentBack(decided)]).toStrictEqual([writes, back]);
  });

  it.each([
    { name: 'arrived', hubspot: 'Dr.', salesforce: 'Dr.', writes: {}, back: {} },
    {
      name: 'arrived, and Salesforce changed since',
      hubspot: 'Dr.',
      salesforce: 'Mr.',
      writes: {},
      back: { jobtitle: 'Mr.' },
    },
    {
      name: 'arrived, and HubSpot changed since',
      hubspot: 'CEO',
      salesforce: 'Dr.',
      writes: {},
      back: { jobtitle: 'Dr.' },
    },
    { name: 'did not arrive', hubspot: 'CTO', salesforce: 'Dr.', writes: {}, back: { jobtitle: 'Dr.' } },
  ])('to HubSpot: it $name', ({ hubspot, salesforce, writes, back }) => {
    const fields = [
      { field: 'jobtitle', before: 'CTO', after: 'Dr.', rule: 'newest' as const, source: 'Title', sourceValue: 'Dr.' },
    ];
    const open = [
      { id: '2', system: 'hubspot' as const, object: 'contact' as const, recordId: '101', openedAtMs: 1, fields },
    ];
    const given = paired({ jobtitle: hubspot }, { Title: salesforce }, base);
    const histories = { hubspot: {}, salesforce: {} };

    const decided = plan({ ...given, histories, pair: given.pair && { ...given.pair, openIntents: open } });

    expect([written(decided), sentBack(decided)]).toStrictEqual([writes, back]);
  });
});

describe('a fight over a field', () => {
  const base = { hubspot: { jobtitle: 'A', phone: '1' }, salesforce: { Title: 'A', Phone: '1' } };
  const histories = { hubspot: { jobtitle: [{ value: 'A', atMs: 1, by: 'Workflow 7' }] }, salesforce: {} };
  const recent = (system: 'hubspot' | 'salesforce', field: string, values: string[], atMs = 999_999) =>
    values.map((after) => ({ system, field, after, atMs }));
  /** Writes of ours to one side, each answered by one to the other: two automations that play ping-pong. */
  const pingPong = (system: 'hubspot' | 'salesforce', values: string[]) => [
    ...recent('hubspot', 'jobtitle', system === 'hubspot' ? values : values.map((value) => `not ${value}`)),
    ...recent('salesforce', 'Title', system === 'salesforce' ? values : values.map((value) => `not ${value}`)),
  ];
  const there = paired({ jobtitle: 'B', phone: '2' }, { Title: 'A', Phone: '1' }, base);
  const back = paired({ jobtitle: 'A', phone: '1' }, { Title: 'B', Phone: '2' }, base);
  const repeats = ['B', 'B', 'B'];
  const many = Array.from({ length: mapping.fights.writes }, (_, index) => String(index));
  const fought = (given: PlanInput, recentWrites: ReturnType<typeof recent>, values: Partial<PlanInput> = {}) =>
    plan({ ...given, histories, ...values, pair: given.pair && { ...given.pair, recentWrites } });

  it.each([
    { name: 'the same value again and again', given: back, system: 'hubspot', field: 'jobtitle', values: repeats },
    { name: 'many values', given: back, system: 'hubspot', field: 'jobtitle', values: many },
    { name: 'the same value again and again', given: there, system: 'salesforce', field: 'Title', values: repeats },
    { name: 'many values', given: there, system: 'salesforce', field: 'Title', values: many },
  ] as const)('$name to $system and back: the field is frozen, and the others go on', (row) => {
    const { given, system, field, values } = row;
    const decided = fought(given, pingPong(system, [...values]));

    expect(decided.freezes).toMatchObject([{ system, field, code: 'field_frozen' }]);
    expect(decided.problem).toMatchObject({ code: 'field_frozen', fields: [field] });
    expect({ ...written(decided), ...sentBack(decided) }).toStrictEqual(
      given === there ? { Phone: '2' } : { phone: '2' },
    );
    expect(decided.outcome).toBe('update');
  });

  const email = 'ada@example.com';
  const overwritten = paired({}, { Email: 'wrong@example.com' }, { hubspot: { email }, salesforce: { Email: email } });
  it.each([
    { name: 'the same value', values: [email, email, email] },
    { name: 'many values', values: many },
  ])(
    '$name to a field that is moved away from what we wrote is a fight without an answer on the other side',
    ({ values }) => {
      const decided = fought(overwritten, recent('salesforce', 'Email', [...values]));

      expect(decided.freezes).toMatchObject([{ system: 'salesforce', field: 'Email' }]);
      expect(written(decided)).toStrictEqual({});
    },
  );

  it.each([
    { name: 'ten values within the hour', given: there, system: 'salesforce', field: 'Title', values: many },
    { name: 'a value set back and forth', given: there, system: 'salesforce', field: 'Title', values: [...'BABABAB'] },
    { name: 'ten values within the hour', given: back, system: 'hubspot', field: 'jobtitle', values: many },
    { name: 'a value set back and forth', given: back, system: 'hubspot', field: 'jobtitle', values: [...'BABABAB'] },
  ] as const)('$name, all from one side, are no fight: they go to $system', ({ given, system, field, values }) => {
    const decided = fought(given, recent(system, field, [...values]));

    expect(decided).toMatchObject({ freezes: [], problem: null, asks: null });
    expect({ ...written(decided), ...sentBack(decided) }[field]).toBe('B');
  });

  it('one answer of the other side among many edits is none either', () => {
    const decided = fought(there, [...recent('salesforce', 'Title', many), ...recent('hubspot', 'jobtitle', ['A'])]);

    expect(decided.freezes).toStrictEqual([]);
    expect(written(decided)).toStrictEqual({ Title: 'B', Phone: '2' });
  });

  it.each([
    { name: 'fewer', writes: pingPong('salesforce', ['B', 'B']) },
    { name: 'of other values', writes: pingPong('salesforce', ['C', 'D', 'E']) },
    { name: 'older', writes: recent('salesforce', 'Title', repeats, 1_000_000 - mapping.fights.withinMs) },
    { name: 'to another field', writes: recent('salesforce', 'City', repeats) },
    { name: 'to the other side', writes: recent('hubspot', 'Title', repeats) },
  ])('writes that are $name are no fight', ({ writes }) => {
    const decided = fought(there, writes);

    expect(decided.freezes).toStrictEqual([]);
    expect(written(decided)).toStrictEqual({ Title: 'B', Phone: '2' });
  });

  it('asks who the other writer is before it freezes, and writes nothing meanwhile', () => {
    const decided = fought(back, pingPong('hubspot', repeats), { histories: null });

    expect(decided).toMatchObject({ asks: { properties: ['jobtitle'], fields: [] }, freezes: [], problem: null });
    expect(sentBack(decided)).toStrictEqual({ phone: '2' });
  });

  it("names the source of HubSpot's newest value", () => {
    expect(fought(back, pingPong('hubspot', repeats)).freezes[0]?.text).toContain('Workflow 7');
  });

  it.each([
    { by: { id: '005X', name: 'Flow Robot' }, names: 'Flow Robot' },
    { by: { id: '005X', name: null }, names: 'the user 005X' },
    { by: { id: '005US', name: 'Handoff' }, names: 'automation after our own write' },
    { by: null, names: 'an unknown writer' },
  ])('names who changed the person last: $names', ({ by, names }) => {
    const byId = there.persons.byId.map((lead) => ({ ...lead, lastModifiedBy: by }));
    const given = { ...there, persons: { ...there.persons, byId }, ourUserId: '005US' };

    expect(fought(given, pingPong('salesforce', repeats)).freezes[0]?.text).toContain(names);
  });

  it.each([
    { what: 'who changed the field last, whoever changed the record since', by: 'Title Flow', names: 'Title Flow' },
    { what: 'automation where that was our own user', by: 'Handoff', names: 'automation after our own write' },
    { what: 'who changed the record where the field tells nobody', by: 'unknown', names: 'automation after' },
  ])('names $what', ({ by, names }) => {
    const byId = there.persons.byId.map((lead) => ({ ...lead, lastModifiedBy: { id: '005US', name: 'Handoff' } }));
    const given = { ...there, persons: { ...there.persons, byId }, ourUserId: '005US' };
    const past = {
      hubspot: {},
      salesforce: {
        Title: [
          { value: 'A', atMs: 2, by },
          { value: 'B', atMs: 1, by: 'X' },
        ],
      },
    };

    const decided = fought(given, pingPong('salesforce', repeats), { histories: past });

    expect(decided.freezes[0]?.text).toContain(`and ${names}`);
  });

  it.each([
    { withinMs: 60_000, values: ['B'], told: 'we wrote it 1 time within 1 minute,' },
    { withinMs: 1_800_000, values: repeats, told: 'we wrote it 3 times within 30 minutes,' },
  ])('tells how often in what time: $told', ({ withinMs, values, told }) => {
    const fights = { withinMs, repeats: values.length, writes: 10 };

    const decided = fought(there, pingPong('salesforce', values), { mapping: { ...mapping, fights } });

    expect(decided.freezes[0]?.text).toContain(told);
  });

  it.each([
    { name: 'puts its own value back', made: () => 'A' },
    { name: 'writes another value each time', made: (round: number) => `A${round}` },
  ])('somebody who $name is stopped after a few of our writes', ({ made }) => {
    const ours: RecentWrite[] = [];
    const held = { jobtitle: 'B', Title: 'A' };
    let base = { hubspot: { jobtitle: 'A' }, salesforce: { Title: 'A' } };
    let freezes = 0;
    for (let look = 0; look < 6 * mapping.fights.writes && freezes === 0; look += 1) {
      const now = paired({ jobtitle: held.jobtitle }, { Title: held.Title }, base);
      const decided = plan({ ...now, histories, pair: now.pair && { ...now.pair, recentWrites: ours } });
      freezes = decided.freezes.length;
      const sent = { ...sentBack(decided), ...written(decided) };
      for (const [field, after] of Object.entries(sent)) {
        ours.push({ system: field === 'Title' ? 'salesforce' : 'hubspot', field, after, atMs: now.now });
      }
      Object.assign(held, sent);
      base = { hubspot: { jobtitle: held.jobtitle }, salesforce: { Title: held.Title } };
      // A flow undoes each of our writes, and a human in HubSpot insists.
      if (held.jobtitle === 'B') held.Title = made(look);
      else held.jobtitle = 'B';
    }

    expect(freezes).toBe(1);
    expect(ours.length).toBeLessThanOrEqual(2 * mapping.fights.writes);
  });

  it('a frozen field is left alone, is reported at every look, and its base still follows an agreement', () => {
    const frozen = [{ system: 'salesforce' as const, field: 'Title' }];
    const held = (given: PlanInput) => plan({ ...given, pair: given.pair && { ...given.pair, frozen } });

    const decided = held(there);
    expect(written(decided)).toStrictEqual({ Phone: '2' });
    expect(codesFor(decided, 'Title')).toStrictEqual(['field_frozen']);
    expect(decided).toMatchObject({ freezes: [], problem: { code: 'field_frozen', fields: ['Title'] } });

    const agreed = held(paired({ jobtitle: 'B' }, { Title: 'B' }, base));
    expect(agreed.agreed?.salesforce.Title).toBe('B');
  });
});
