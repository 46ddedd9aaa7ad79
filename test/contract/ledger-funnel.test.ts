import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countByHand, type HandMove } from '../support/funnel.ts';
import { useLedger } from '../support/ledger.ts';

const bench = useLedger();

const day = (text: string) => Date.parse(`2026-${text}T12:00:00Z`);
const period = { fromMs: day('10-01'), toMs: day('11-01') };
const ranks = [
  { stage: 'lead', rank: 0 },
  { stage: 'mql', rank: 1 },
  { stage: 'sql', rank: 2 },
  { stage: 'customer', rank: 3 },
  { stage: 'other', rank: null },
];

type Move = HandMove & { kind?: string; state?: string; pairId?: number };

async function store(moves: readonly Move[]) {
  await bench.database.pool.query(
    `insert into stage_moves (connection_id, pair_id, contact_id, at, closed_at, to_stage, kind, source, code, text, state)
     select 1, q.pair, q.who, to_timestamp(q.at / 1000), case when q.state = 'verified' then to_timestamp(q.at / 1000) end, q.stage, q.kind,
            'hubspot', q.kind, '', q.state
     from jsonb_to_recordset($1::jsonb) as q(who text, at float8, stage text, kind text, state text, pair bigint)`,
    [
      JSON.stringify(
        moves.map(({ kind = 'reached', state = 'seen', pairId, ...move }) => ({ ...move, kind, state, pair: pairId })),
      ),
    ],
  );
}

const moves = (who: string, ...steps: readonly (readonly [stage: string, at: string])[]): Move[] =>
  steps.map(([stage, at]) => ({ who, stage, at: day(at) }));

async function sums(stage: string) {
  const found = (await bench.ledger.stageSums(period, ranks)).find((each) => each.stage === stage);
  if (found === undefined) throw new Error(`nothing of ${stage}`);
  const { entered, advanced, now, medianSeconds } = found;
  return { entered, advanced, now, medianDays: medianSeconds === null ? null : medianSeconds / 86_400 };
}

describe('the funnel of October, counted by hand', () => {
  it.each<[string, Move[], string, Awaited<ReturnType<typeof sums>>]>([
    [
      'who came within it, and went on within it',
      moves('1', ['lead', '10-02'], ['mql', '10-05']),
      'lead',
      { entered: 1, advanced: 1, now: 0, medianDays: 3 },
    ],
    [
      'who came before it, and went on within it: only the time counts',
      moves('1', ['lead', '09-01'], ['mql', '10-01']),
      'lead',
      { entered: 0, advanced: 0, now: 0, medianDays: 30 },
    ],
    [
      'who came within it, and went on after it: advanced, and the time belongs to a later period',
      moves('1', ['lead', '10-02'], ['mql', '11-05']),
      'lead',
      { entered: 1, advanced: 1, now: 0, medianDays: null },
    ],
    [
      'who came within it and stays',
      moves('1', ['lead', '10-02']),
      'lead',
      { entered: 1, advanced: 0, now: 1, medianDays: null },
    ],
    [
      'who came at the very end of it comes in the next one',
      moves('1', ['lead', '11-01']),
      'lead',
      { entered: 0, advanced: 0, now: 1, medianDays: null },
    ],
    [
      'who skips a stage advances all the same',
      moves('1', ['lead', '10-02'], ['customer', '10-04']),
      'lead',
      { entered: 1, advanced: 1, now: 0, medianDays: 2 },
    ],
    [
      'who is returned has not advanced',
      moves('1', ['sql', '10-02'], ['lead', '10-04']),
      'sql',
      { entered: 1, advanced: 0, now: 0, medianDays: 2 },
    ],
    [
      'who is returned and comes again counts once, and as advanced where one of both times led on',
      moves('1', ['sql', '10-02'], ['lead', '10-04'], ['sql', '10-06'], ['customer', '10-10']),
      'sql',
      { entered: 1, advanced: 1, now: 0, medianDays: 3 },
    ],
    [
      'who goes to a stage that is no step has left, and has not advanced',
      moves('1', ['lead', '10-02'], ['other', '10-04']),
      'lead',
      { entered: 1, advanced: 0, now: 0, medianDays: 2 },
    ],
    [
      'a stage that nobody names ends the stay, too',
      moves('1', ['lead', '10-02'], ['51439524', '10-03'], ['mql', '10-05']),
      'lead',
      { entered: 1, advanced: 1, now: 0, medianDays: 1 },
    ],
    [
      'the same stage told twice is one stay',
      moves('1', ['lead', '09-20'], ['lead', '10-02'], ['mql', '10-10']),
      'lead',
      { entered: 0, advanced: 0, now: 0, medianDays: 20 },
    ],
    [
      'of four stays the median lies between the two in the middle',
      [1, 2, 6, 30].flatMap((days, n) => [
        { who: `${n}`, stage: 'mql', at: day('10-25') - days * 86_400_000 },
        { who: `${n}`, stage: 'sql', at: day('10-25') },
      ]),
      'mql',
      { entered: 3, advanced: 3, now: 0, medianDays: 4 },
    ],
    [
      'a move of ours that is not over, or came to nothing, is none',
      [
        ...moves('1', ['lead', '10-02']),
        { who: '1', stage: 'mql', at: day('10-03'), state: 'conflict' },
        { who: '1', stage: 'mql', at: day('10-04'), state: 'ignored' },
      ],
      'lead',
      { entered: 1, advanced: 0, now: 1, medianDays: null },
    ],
    [
      'a move of ours counts when HubSpot holds the stage',
      [
        ...moves('1', ['lead', '10-02']),
        { who: '1', stage: 'mql', at: day('10-03'), state: 'verified', kind: 'forward' },
      ],
      'mql',
      { entered: 1, advanced: 0, now: 1, medianDays: null },
    ],
    ['nobody', [], 'lead', { entered: 0, advanced: 0, now: 0, medianDays: null }],
  ])('%s', async (_what, stored, stage, expected) => {
    await store(stored);

    expect(await sums(stage)).toEqual(expected);
  });

  it('counts somebody once who was merged, under whichever id it was seen', async () => {
    await store([...moves('1', ['lead', '09-02'], ['mql', '10-02']), ...moves('3', ['sql', '10-09'])]);
    await bench.ledger.rememberMerges([
      { survivorId: '2', mergedIds: ['1'] },
      { survivorId: '3', mergedIds: ['2'] },
    ]);

    expect(await sums('mql')).toEqual({ entered: 1, advanced: 1, now: 0, medianDays: 7 });
    expect(await sums('lead')).toMatchObject({ now: 0, medianDays: 30 });
    expect(await sums('sql')).toMatchObject({ entered: 1, now: 1 });
  });

  it('has nobody in a stage who was deleted', async () => {
    const { pairId } = await bench.handOver('1', '00Q1');
    await store(moves('1', ['lead', '10-02']));
    await bench.database.pool.query(`update pairs set tombstone_reason = 'contact_deleted' where id = $1`, [pairId]);

    expect(await sums('lead')).toMatchObject({ entered: 1, now: 0 });
  });
});

describe('weeks', () => {
  it('begin on Monday in UTC, and hold handoffs and recycles of the period alone', async () => {
    await bench.handOver('1', '00Q1');
    await bench.handOver('2', '00Q2');
    await bench.handOver('3', '00Q3');
    const times = ['2026-10-04T23:59:59Z', '2026-10-05T00:00:00Z', '2026-11-02T00:00:00Z'];
    for (const [at, time] of times.entries())
      await bench.database.pool.query('update pairs set handed_over_at = $2 where person_id = $1', [
        `00Q${at + 1}`,
        time,
      ]);
    await store([
      { who: '1', stage: 'lead', at: day('10-06'), kind: 'recycle', state: 'verified' },
      { who: '2', stage: 'lead', at: day('10-07'), kind: 'recycle', state: 'conflict' },
      { who: '3', stage: 'lead', at: day('11-01'), kind: 'recycle', state: 'verified' },
    ]);

    expect(await bench.ledger.weekSums(period)).toEqual([
      { weekMs: Date.parse('2026-09-28T00:00:00Z'), handoffs: 1, recycles: 0 },
      { weekMs: Date.parse('2026-10-05T00:00:00Z'), handoffs: 1, recycles: 1 },
    ]);
  });
});

describe('what the numbers leave out', () => {
  it('is told by how many moves nobody saw, and which stages are not shown', async () => {
    await store([
      { who: '1', stage: 'lead', at: day('09-02'), kind: 'inferred' },
      { who: '1', stage: 'mql', at: day('10-02'), kind: 'inferred' },
      { who: '1', stage: 'sql', at: day('10-03') },
      { who: '2', stage: '51439524', at: day('10-03') },
    ]);

    expect(
      await bench.ledger.moveFacts(
        period,
        ranks.map(({ stage }) => stage),
      ),
    ).toEqual({
      moves: 3,
      inferred: 1,
      toOtherStages: 1,
      oldestMs: day('09-02'),
    });
  });
});

describe('any history', () => {
  const stages = [...ranks.map(({ stage }) => stage), 'unnamed'];
  const move = fc.record({
    who: fc.constantFrom('1', '2', '3', '4'),
    stage: fc.constantFrom(...stages),
    at: fc.integer({ min: 0, max: 90 }).map((days) => day('09-01') + days * 86_400_000),
  });

  it('is counted as by hand, and its sums hold', async () => {
    await fc.assert(
      fc
        .asyncProperty(fc.array(move, { maxLength: 25 }), async (stored) => {
          await store(stored);
          const counted = await bench.ledger.stageSums(period, ranks);

          expect(counted).toEqual(expect.arrayContaining(countByHand(stored, ranks, period)));
          expect(counted).toHaveLength(ranks.length);
          for (const { entered, advanced } of counted) expect(advanced).toBeLessThanOrEqual(entered);
          const people = new Set(stored.map(({ who }) => who)).size;
          expect(counted.reduce((sum, { now }) => sum + now, 0)).toBeLessThanOrEqual(people);
        })
        .beforeEach(async () => void (await bench.database.pool.query('delete from stage_moves'))),
      { numRuns: 25 },
    );
  }, 60_000);
});
