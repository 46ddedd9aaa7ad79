import { describe, expect, it } from 'vitest';
import type { Decision, RecordResult } from '../../src/ports/ledger-result.ts';
import { done, type KindClaim, kind, record, resultOf, stepsOf, useLedger } from '../support/ledger.ts';
import { pageOf, runStepsOf } from '../support/ledger-runs.ts';

const bench = useLedger();
const runs = runStepsOf(bench);
const contacts = stepsOf(bench, kind);
const companies = stepsOf(bench, { system: 'hubspot', object: 'company' });
const deals = stepsOf(bench, { system: 'hubspot', object: 'deal' });

const decided = (outcome: string): Decision => ({
  outcome,
  code: 'x',
  text: '',
  reasons: [],
  fields: [],
  observedOnly: false,
});
const failure = { kind: 'needs-human', code: 'x', message: '', advice: '', fields: [], recordIds: [] } as const;
const later = { kind: 'later', delayMs: 0, counts: false, code: 'x' } as const;
const result = (from: KindClaim, id: string, more: Partial<RecordResult> = {}): RecordResult =>
  resultOf(from, id, more);
const outcomesOf = async (runId: string) =>
  ((await bench.ledger.run(runId))?.counts ?? []).flatMap(({ kind: of, code, count, samples }) =>
    of === 'outcome' ? [{ code, count, samples }] : [],
  );

describe('what the looks of a run come to', () => {
  it('is counted by outcome, each record once, when its look has ended', async () => {
    const { id } = await runs.listed(['1', '2', '3', '4', '5']);
    await bench.mark(['9']);
    const batch = await bench.claim();
    await bench.commit(
      batch,
      result(batch, '1', { decision: decided('create') }),
      result(batch, '2', { decision: decided('create') }),
      result(batch, '3', { decision: decided('unchanged'), settle: { kind: 'failed' }, failure }),
      result(batch, '4', { decision: decided('create'), settle: later }),
      { contactId: '5', counter: record(batch, '5').counter, decision: decided('update') },
      result(batch, '9', { decision: decided('create') }),
    );
    expect(await outcomesOf(id)).toEqual([
      { code: 'create', count: 2, samples: ['1', '2'] },
      { code: 'failed', count: 1, samples: ['3'] },
    ]);

    await bench.commit(batch, { contactId: '5', counter: record(batch, '5').counter, settle: done });
    const again = await bench.claim();
    await bench.commit(again, result(again, '4', { decision: decided('below_gate') }));

    expect(await outcomesOf(id)).toEqual([
      { code: 'below_gate', count: 1, samples: ['4'] },
      { code: 'create', count: 2, samples: ['1', '2'] },
      { code: 'failed', count: 1, samples: ['3'] },
      { code: 'update', count: 1, samples: ['5'] },
    ]);
    expect(await bench.ledger.run(id)).toMatchObject({ backlog: 0 });
  });

  it('is counted by the look that ends it, where its own run marked it again meanwhile', async () => {
    const run = await runs.listed(['1']);
    const batch = await bench.claim();
    await bench.ledger.commitPage(run, pageOf(run.id, ['1']), 60_000);
    await bench.commit(batch, result(batch, '1', { decision: decided('create') }));
    expect(await outcomesOf(run.id)).toEqual([]);

    const again = await bench.claim();
    await bench.commit(again, result(again, '1', { decision: decided('unchanged') }));

    expect(await outcomesOf(run.id)).toEqual([{ code: 'unchanged', count: 1, samples: ['1'] }]);
  });

  it('is not counted twice when the commit is repeated, nor by a worker whose lease was lost', async () => {
    const { id } = await runs.listed(['1', '2']);
    const lost = await bench.claim();
    await bench.database.pool.query(`update pending set leased_until = clock_timestamp() - interval '1 minute'`);
    const batch = await bench.claim();
    const results = ['1', '2'].map((contactId) => result(batch, contactId, { decision: decided('create') }));
    await bench.commit(batch, ...results);

    expect((await bench.commit(batch, ...results)).stale).toEqual(['1', '2']);
    expect((await bench.commit(lost, ...['1', '2'].map((one) => result(lost, one)))).stale).toEqual(['1', '2']);
    expect(await outcomesOf(id)).toEqual([{ code: 'create', count: 2, samples: ['1', '2'] }]);
  });

  it('is the outcome of the others where the ledger refuses one of them', async () => {
    const { id } = await runs.listed(['1', '2', '3']);
    const batch = await bench.claim();
    const refused = result(batch, '2', { pairId: '424242', agreed: { hubspot: {}, salesforce: {} } });
    await bench.commit(batch, result(batch, '1'), refused, result(batch, '3'));

    expect(await outcomesOf(id)).toEqual([{ code: 'done', count: 2, samples: ['1', '3'] }]);
  });

  it('adds up over batches that are committed at the same time', async () => {
    const ids = Array.from({ length: 60 }, (_, place) => String(place));
    const { id } = await runs.listed(ids);
    const batches = [await bench.claim(20), await bench.claim(20), await bench.claim(20)];
    await Promise.all(
      batches.map((batch) =>
        bench.commit(
          batch,
          ...batch.records.map(({ recordId }, place) =>
            result(batch, recordId, { decision: decided(place % 2 === 0 ? 'create' : 'unchanged') }),
          ),
        ),
      ),
    );

    expect(await outcomesOf(id)).toMatchObject([
      { code: 'create', count: 30 },
      { code: 'unchanged', count: 30 },
    ]);
  });
});

describe('what follows from a look of background work', () => {
  /** Contacts, companies and deals that are pending, but for those of these ids. */
  const followers = async (...own: readonly string[]) =>
    (await runs.pending())
      .filter(({ id }) => !own.includes(id))
      .map(({ id, run, priority }) => ({ id, run, priority }));

  it('is background work of the same run: marks of its own, companies, those who waited', async () => {
    await contacts.look('w', { waitsFor: [{ object: 'contact', recordId: '1' }] });
    await contacts.mark(['v']);
    const waiting = await contacts.claim();
    await contacts.commit(
      waiting,
      result(waiting, 'v', {
        waitsFor: [{ object: 'contact', recordId: '1' }],
        settle: { ...later, delayMs: 600_000 },
      }),
    );
    const { id } = await runs.listed(['1']);
    const { records, token } = await contacts.claim();
    const batch = { records, token, leaseMs: 60_000 };
    const intents = await contacts.reserve(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: null,
      contactIds: ['1'],
      person: { object: 'Lead', id: '00Q1' },
      claimEmails: [],
      intent: null,
    });
    const [answer] = intents;
    if (answer?.ok !== true) throw new Error('not reserved');
    await contacts.commit(batch, {
      contactId: '1',
      counter: record(batch, '1').counter,
      pairId: answer.pairId,
      person: { object: 'Lead', id: '00Q1' },
      handedOver: true,
      relations: [{ to: { object: 'company', recordId: 'c' }, passedGate: true }],
      marks: [
        { ...kind, recordId: 'm', priority: 2, source: 'parent' },
        { ...kind, recordId: 'n', priority: 3, source: 'parent', runId: '77' },
      ],
      settle: done,
    });

    expect(await followers()).toEqual([
      { id: 'c', run: id, priority: 4 },
      { id: 'm', run: id, priority: 4 },
      { id: 'n', run: '77', priority: 4 },
      { id: 'v', run: null, priority: 2 },
      { id: 'w', run: id, priority: 4 },
    ]);
    expect(await bench.ledger.due('hubspot', 'contact', 'live'), 'v waits no more').toMatchObject({ due: 1 });
  });

  it('is live work where the look was', async () => {
    await runs.begin();
    await contacts.look('1', {
      relations: [{ to: { object: 'company', recordId: 'c' }, passedGate: true }],
      marks: [{ ...kind, recordId: 'm', priority: 2, source: 'parent' }],
    });

    expect(await followers()).toEqual([
      { id: 'c', run: null, priority: 2 },
      { id: 'm', run: null, priority: 2 },
    ]);
  });

  it('is as urgent as a sweep where a sweep asked for the look', async () => {
    await contacts.mark(['1'], { priority: 3, source: 'sweep' });
    const batch = await contacts.claim();
    await contacts.commit(
      batch,
      result(batch, '1', { marks: [{ ...kind, recordId: 'm', priority: 2, source: 'parent' }] }),
    );

    expect(await followers()).toEqual([{ id: 'm', run: null, priority: 3 }]);
  });

  it('reaches those to whom a merge leads, too', async () => {
    await deals.pair(
      'd2',
      { object: 'Opportunity', id: '006D' },
      {
        dealState: 'open',
        relations: [{ to: { object: 'contact', recordId: '5' }, passedGate: false }],
      },
    );
    await bench.database.pool.query('delete from pending');
    const run = await runs.take(await runs.begin({ object: 'deals' }));
    const marks = [{ system: 'hubspot', object: 'deal', recordId: 'd2', priority: 4, source: 'backfill' }] as const;
    await bench.ledger.commitPage(run, { ...pageOf(run.id, []), marks }, 60_000);
    const batch = await deals.claim();
    await deals.commit(
      batch,
      resultOf(batch, 'd2', { mergedInto: 'd1', retiredContactIds: [{ id: 'd2', status: 'merged' }] }),
    );

    expect(await followers()).toEqual([{ id: '5', run: run.id, priority: 4 }]);
    expect(await companies.claim()).toMatchObject({ records: [] });
  });
});
