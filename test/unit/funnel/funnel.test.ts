import { describe, expect, it } from 'vitest';
import { describeStages, fillWeeks, mondayOf, rankStages } from '../../../src/domain/funnel/funnel.ts';
import { notesOf } from '../../../src/domain/funnel/notes.ts';
import { readPeriod } from '../../../src/usecases/funnel/period.ts';
import { createFunnelReader, type FunnelDependencies } from '../../../src/usecases/funnel/read-funnel.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const ms = (text: string) => Date.parse(text);

describe('the period', () => {
  it.each([
    [{}, '2026-08-24T10:00:00Z', '2026-11-22T10:00:00Z'],
    [{ from: '30d' }, '2026-10-23T10:00:00Z', '2026-11-22T10:00:00Z'],
    [{ from: '2026-10-01', to: '2026-10-31' }, '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'],
    [{ from: '2026-10-01', to: '2026-10-31T12:00:00Z' }, '2026-10-01T00:00:00Z', '2026-10-31T12:00:00Z'],
    [{ from: '2026-11-22', to: '2026-11-22' }, '2026-11-22T00:00:00Z', '2026-11-22T10:00:00Z'],
    [{ from: '2026-11-01', to: '2027-01-01' }, '2026-11-01T00:00:00Z', '2026-11-22T10:00:00Z'],
  ])('%j is from %s to %s', (given, from, to) => {
    expect(readPeriod(given, now)).toEqual({ fromMs: ms(from), toMs: ms(to) });
  });

  it.each([
    { from: 'yesterday' },
    { from: '2026-02-31' },
    { from: '' },
    { to: '<script>' },
    { from: '2026-11-23' },
    { from: '2026-10-02', to: '2026-10-01' },
    { from: '401d' },
    { from: '99999w' },
  ])('%j is none', (given) => {
    expect(() => readPeriod(given, now)).toThrow(expect.objectContaining({ code: 'bad_period' }));
  });
});

describe('weeks', () => {
  it.each([
    ['2026-11-22T23:59:59Z', '2026-11-16T00:00:00Z'],
    ['2026-11-23T00:00:00Z', '2026-11-23T00:00:00Z'],
    ['1970-01-01T00:00:00Z', '1969-12-29T00:00:00Z'],
  ])('%s is in the week of %s', (at, monday) => {
    expect(new Date(mondayOf(ms(at)))).toEqual(new Date(monday));
  });

  it('are all there, the quiet ones too', () => {
    const busy = { weekMs: ms('2026-11-09'), handoffs: 3, recycles: 1 };

    expect(fillWeeks({ fromMs: ms('2026-11-04'), toMs: ms('2026-11-16') }, [busy])).toEqual([
      { weekMs: ms('2026-11-02'), handoffs: 0, recycles: 0 },
      busy,
    ]);
    expect(fillWeeks({ fromMs: ms('2026-11-09'), toMs: ms('2026-11-16') }, [])).toHaveLength(1);
  });
});

describe('stages', () => {
  const stages = [
    { hubspot: 'lead', label: 'Lead', owner: 'marketing' },
    { hubspot: '51439524', label: 'SQL', owner: 'sales' },
    { hubspot: 'customer', label: 'Customer', owner: 'success' },
    { hubspot: 'other', label: 'Other', owner: 'nobody' },
  ] as const;
  const counted = stages.map(({ hubspot: stage }) => ({ stage, now: 1, entered: 4, advanced: 1, medianSeconds: 60 }));

  it('have their place by the mapping, and those of nobody none', () => {
    expect(rankStages(stages).map(({ rank }) => rank)).toEqual([0, 1, 2, null]);
  });

  it('convert where there is a later step to come to, and somebody entered', () => {
    const told = describeStages(stages, counted, (stage) => stage === '51439524');

    expect(told.map(({ label, conversion, opensGate }) => [label, conversion, opensGate])).toEqual([
      ['Lead', 0.25, false],
      ['SQL', 0.25, true],
      ['Customer', null, false],
      ['Other', null, false],
    ]);
  });

  it('are there where nothing was counted', () => {
    expect(describeStages(stages, [], () => false)[0]).toEqual({
      stage: 'lead',
      label: 'Lead',
      opensGate: false,
      now: 0,
      entered: 0,
      advanced: 0,
      conversion: null,
      medianSeconds: null,
    });
  });
});

describe('notes', () => {
  const facts = { moves: 10, inferred: 0, toOtherStages: 0, oldestMs: ms('2026-01-01') };
  it.each([
    [facts, [], []],
    [{ ...facts, oldestMs: null }, [], [/^No move of a stage is stored yet\.$/]],
    [{ ...facts, oldestMs: ms('2026-10-05T08:00:00Z') }, [], [/^The oldest move that is stored is of 2026-10-05:/]],
    [{ ...facts, inferred: 3 }, [], [/^3 of the 10 moves of this period were seen by nobody\./]],
    [{ ...facts, toOtherStages: 1 }, [], [/^1 contact came to a stage that lifecycle\.yaml does not name\./]],
    [facts, ['Other'], [/^Other is no step of the funnel:/]],
  ])('%j with %j', (given, off, expected) => {
    const notes = notesOf(given, ms('2026-10-01'), off);

    expect(notes).toHaveLength(3 + expected.length);
    for (const pattern of expected) expect(notes).toContainEqual(expect.stringMatching(pattern));
  });
});

describe('many who ask', () => {
  it('share one answer, and different questions are answered one after the other', async () => {
    let [asked, together, most] = [0, 0, 0];
    const ledger: FunnelDependencies['ledger'] = {
      async stageSums() {
        asked += 1;
        together += 1;
        most = Math.max(most, together);
        await new Promise((done) => setImmediate(done));
        together -= 1;
        return [];
      },
      weekSums: async () => [],
      moveFacts: async () => ({ moves: 0, inferred: 0, toOtherStages: 0, oldestMs: null }),
    };
    const mapping = { hash: 'h', lifecycle: { stages: [] }, gate: {} } as unknown as FunnelDependencies['mapping'];
    const read = createFunnelReader(() => ({ ledger, mapping, clock: { now: () => now } }));

    await Promise.all([read({}), read({}), read({ from: '30d' }), read({ from: '7d' }), read({})]);

    expect([asked, most]).toEqual([3, 1]);
  });

  it('are not answered with an old fault', async () => {
    let isDown = true;
    const ledger: FunnelDependencies['ledger'] = {
      stageSums: async () => (isDown ? Promise.reject(new Error('down')) : []),
      weekSums: async () => [],
      moveFacts: async () => ({ moves: 0, inferred: 0, toOtherStages: 0, oldestMs: null }),
    };
    const mapping = { hash: 'h', lifecycle: { stages: [] }, gate: {} } as unknown as FunnelDependencies['mapping'];
    const read = createFunnelReader(() => ({ ledger, mapping, clock: { now: () => now } }));

    await expect(read({})).rejects.toThrow('down');
    isDown = false;
    await expect(read({})).resolves.toMatchObject({ stages: [] });
  });
});
