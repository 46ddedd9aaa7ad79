import { describe, expect, it } from 'vitest';
import type { StageMove, StageSeen } from '../../src/domain/lifecycle/types.ts';
import type { Claim } from '../../src/ports/ledger-claim.ts';
import type { RecordResult } from '../../src/ports/ledger-result.ts';
import type { Intent } from '../../src/ports/ledger-work.ts';
import { done, record, reservation, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const { claim, claimed, commit, handOver, reserve } = bench;

const recycle: StageMove = {
  from: 'opportunity',
  to: 'marketingqualifiedlead',
  kind: 'recycle',
  mustClear: true,
  code: 'recycled',
  text: 'Sales returned the person.',
};
const forward: StageMove = {
  from: 'salesqualifiedlead',
  to: 'opportunity',
  kind: 'forward',
  mustClear: false,
  code: 'opportunity_open',
  text: 'An opportunity is open.',
};

function moving(stageMove: StageMove): Intent {
  const change = { field: 'lifecyclestage', before: stageMove.from, after: '', rule: 'lifecycle' } as const;
  const system = 'hubspot' as const;
  return { system, object: 'contact', recordId: '1', operation: 'update', changes: [change], stageMove };
}

/** Begins a move under a fresh claim, which goes on. */
async function begin(stageMove: StageMove): Promise<Claim> {
  const batch = await claimed('1');
  const wanted = reservation(batch, '1', { claimEmails: [], intent: moving(stageMove) });
  expect(await reserve(batch, wanted)).toMatchObject([{ ok: true }]);
  return batch;
}

function result(batch: Claim, more: Partial<RecordResult>): RecordResult {
  const { counter, pairId } = record(batch, '1');
  return { contactId: '1', counter, ...(pairId && { pairId }), ...more };
}

async function rows(): Promise<unknown> {
  return (await bench.database.pool.query('select to_stage, step, state from stage_moves order by id')).rows;
}

/** What a look would know now. */
async function known() {
  return (await bench.ledger.history('1')).pair;
}

describe('a move of the stage', () => {
  it('is in the ledger with the intent that begins it, and known to the next look', async () => {
    await handOver('1', '00Q1');
    const batch = await begin(recycle);
    await bench.ledger.release(batch.token);

    const { pair } = record(await claim(), '1');

    expect(pair?.stageMove).toEqual({ ...recycle, step: 'clearing', openedAtMs: expect.any(Number) });
    expect(Math.abs((pair?.stageMove?.openedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('begins with a further intent of a result, too', async () => {
    await handOver('1', '00Q1');
    const batch = await claimed('1');
    await commit(batch, result(batch, { nextIntent: moving(forward), settle: done }));

    expect((await known())?.stageMove).toMatchObject({ to: 'opportunity', step: 'setting' });
    const { rows: found } = await bench.database.pool.query('select contact_id, source from stage_moves');
    expect(found).toEqual([{ contact_id: '1', source: 'salesforce' }]);
  });

  it('goes on from the clearing to the setting in one row, and never back', async () => {
    await handOver('1', '00Q1');
    const batch = await begin(recycle);
    await commit(batch, result(batch, { stageMove: 'setting', nextIntent: moving(recycle), settle: done }));
    expect(await rows()).toEqual([{ to_stage: 'marketingqualifiedlead', step: 'setting', state: 'open' }]);

    await begin(recycle);

    expect(await rows()).toEqual([{ to_stage: 'marketingqualifiedlead', step: 'setting', state: 'open' }]);
  });

  it('counts as a recycle once it is verified, and only then', async () => {
    await handOver('1', '00Q1');
    const first = await begin(recycle);
    expect((await known())?.recycles).toBe(0);
    await commit(first, result(first, { stageMove: 'verified', settle: done }));
    expect(await known()).toMatchObject({ recycles: 1, stageMove: null });

    const second = await begin(forward);
    await commit(second, result(second, { stageMove: 'verified', settle: done }));
    const third = await begin(recycle);
    await commit(third, result(third, { stageMove: 'ignored', settle: done }));

    expect(await known()).toMatchObject({ recycles: 1, stageMove: null });
  });

  it('ends as a conflict when one towards another stage overtakes it', async () => {
    await handOver('1', '00Q1');
    const batch = await begin(recycle);
    await bench.ledger.release(batch.token);
    await begin(forward);

    expect(await rows()).toEqual([
      { to_stage: 'marketingqualifiedlead', step: 'clearing', state: 'conflict' },
      { to_stage: 'opportunity', step: 'setting', state: 'open' },
    ]);
  });

  it('is not touched by a worker that lost the pair: one open move per pair, whoever began it', async () => {
    await handOver('1', '00Q1');
    const lost = await begin(recycle);
    await bench.database.pool.query(
      `update pending set leased_until = clock_timestamp() - interval '1 s'; update pairs set leased_until = clock_timestamp() - interval '1 s'`,
    );
    const other = await claim();
    const [late, taken] = await Promise.all([
      commit(lost, result(lost, { stageMove: 'verified', nextIntent: moving(forward), settle: done })),
      reserve(other, reservation(other, '1', { claimEmails: [], intent: moving(recycle) })),
    ]);

    expect(late.stale).toEqual(['1']);
    expect(taken).toMatchObject([{ ok: true }]);
    expect(await rows()).toEqual([{ to_stage: 'marketingqualifiedlead', step: 'clearing', state: 'open' }]);
  });
});

describe('transitions', () => {
  const at = Date.now() - 60 * 60_000;
  const saw = (stage: string, atMs: number, code: StageSeen['code'] = 'reached'): StageSeen => ({
    stage,
    atMs,
    source: 'hubspot',
    code,
  });
  const see = async (...stagesSeen: readonly StageSeen[]) => {
    const batch = await claimed('1');
    await commit(batch, result(batch, { stagesSeen, settle: done }));
  };

  it('are stored once, whether the contact has a pair or not, and know where they came from', async () => {
    await see(saw('lead', at), saw('marketingqualifiedlead', at + 1_200_000, 'inferred'));
    await handOver('1', '00Q1');
    await see(saw('marketingqualifiedlead', at + 1_300_000), saw('salesqualifiedlead', at + 1_900_000));
    await see(saw('salesqualifiedlead', at + 1_900_000), saw('salesqualifiedlead', at + 1_900_500));

    expect(await bench.ledger.stageTransitions('1')).toMatchObject([
      { to: 'salesqualifiedlead', from: 'marketingqualifiedlead', atMs: at + 1_900_000, kind: 'reached' },
      { to: 'marketingqualifiedlead', from: 'lead', kind: 'inferred', source: 'hubspot' },
      { contactId: '1', to: 'lead', from: null, text: expect.stringMatching(/seen/) },
    ]);
  });

  it('are not told twice where our own verified move was the one that is seen', async () => {
    await handOver('1', '00Q1');
    const batch = await begin(forward);
    await commit(batch, result(batch, { stageMove: 'verified', settle: done }));
    await see(saw('opportunity', Date.now() - 1_000, 'inferred'));

    expect(await bench.ledger.stageTransitions('1')).toMatchObject([
      {
        from: 'salesqualifiedlead',
        to: 'opportunity',
        kind: 'forward',
        source: 'salesforce',
        code: 'opportunity_open',
      },
    ]);
  });

  it('are told again where the move came to nothing, or the same stage is reached at another time', async () => {
    await handOver('1', '00Q1');
    const batch = await begin(forward);
    await commit(batch, result(batch, { stageMove: 'ignored', settle: done }));
    await see(saw('opportunity', Date.now()), saw('opportunity', at));

    expect(await bench.ledger.stageTransitions('1')).toHaveLength(2);
  });

  it('are told again at once where the contact was at another stage in between', async () => {
    await handOver('1', '00Q1');
    for (const [stage, seconds] of [
      ['salesqualifiedlead', 0],
      ['lead', 60],
      ['salesqualifiedlead', 120],
      ['salesqualifiedlead', 121],
    ] as const) {
      await see(saw(stage, at + seconds * 1_000));
    }

    expect((await bench.ledger.stageTransitions('1')).map(({ from, to }) => [from, to])).toEqual([
      ['lead', 'salesqualifiedlead'],
      ['salesqualifiedlead', 'lead'],
      [null, 'salesqualifiedlead'],
    ]);
  });

  it('that are older than the log goes back are not taken in again', async () => {
    await see(saw('lead', Date.now() - 3 * 365 * 86_400_000, 'inferred'));

    expect(await bench.ledger.stageTransitions('1')).toEqual([]);
  });
});

describe('stages that disagree', () => {
  const stand = async (hubspot: string | null, salesforce: string | null, cause: string | null) => {
    const batch = await claimed('1');
    await commit(batch, result(batch, { stages: { hubspot, salesforce, cause }, settle: done }));
  };
  const causes = async () => (await bench.ledger.stageDisagreements(10)).map(({ cause }) => cause);

  it.each([
    ['both say the same', 'opportunity', 'opportunity', null, []],
    ['Salesforce says nothing', 'opportunity', null, null, []],
    ['a cause is known', 'customer', 'opportunity', 'hubspot_ahead', ['hubspot_ahead']],
    ['Salesforce cannot say', 'customer', null, 'status_unknown', ['status_unknown']],
    ['HubSpot is blank and nobody knows why', null, 'opportunity', null, ['unexplained']],
    ['the cause is blank', 'customer', 'opportunity', '', ['unexplained']],
  ])('where %s', async (_case, hubspot, salesforce, cause, expected) => {
    await handOver('1', '00Q1');
    await stand(hubspot, salesforce, cause);

    expect(await causes()).toEqual(expected);
  });

  it('are explained by the move under way, else by a failure, else by the look to come', async () => {
    await handOver('1', '00Q1');
    await stand('customer', 'opportunity', null);
    expect(await bench.ledger.stageDisagreements(10)).toEqual([
      {
        pairId: expect.any(String),
        contactId: '1',
        person: { object: 'Lead', id: '00Q1' },
        name: null,
        hubspot: 'customer',
        salesforce: 'opportunity',
        cause: 'unexplained',
      },
    ]);

    const batch = await begin(forward);
    expect(await causes()).toEqual(['move_under_way']);
    const failure = {
      kind: 'needs-human',
      code: 'stage_unknown',
      message: '',
      advice: '',
      fields: [],
      recordIds: [],
    } as const;
    await commit(batch, result(batch, { stageMove: 'conflict', failure, settle: { kind: 'failed' } }));
    expect(await causes()).toEqual(['stage_unknown']);

    const next = await claimed('1');
    await commit(
      next,
      result(next, { failure: null, settle: { kind: 'later', delayMs: 60_000, counts: false, code: 'x' } }),
    );
    expect(await causes()).toEqual(['look_pending']);
  });

  it('are no longer listed once the pair has ended', async () => {
    await handOver('1', '00Q1');
    await stand('customer', 'opportunity', 'hubspot_ahead');
    const batch = await claimed('1');
    await commit(batch, result(batch, { tombstone: 'contact_deleted', settle: done }));

    expect(await causes()).toEqual([]);
  });
});
