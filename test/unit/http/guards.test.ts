import type { Request, Response } from 'express';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import { createAudit } from '../../../src/http/audit.ts';
import { createOnce } from '../../../src/http/idempotency.ts';
import type { RouteGuards, Told } from '../../../src/http/route.ts';
import { createLog } from '../../../src/log.ts';
import type { AccessLedger, KeptAnswer, KeyedRequest } from '../../../src/ports/ledger-access.ts';

type AskedAction = Parameters<NonNullable<RouteGuards['noteAction']>>[0];

type OtherRequest = { body?: unknown; params?: unknown; originalUrl?: string; name?: AskedAction['name'] };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const told: Told = { status: 200, body: { paused: true }, location: null };
const away = async () => {
  throw new SyncError('retryable', 'ledger_unreachable', 'The ledger database does not answer.');
};

/** A press of the pause button by somebody who is signed in. */
function asked(more: Partial<AskedAction> = {}): AskedAction & { key: string } {
  const request = { method: 'POST', originalUrl: '/api/v1/pause', body: { reason: 'x' }, params: {} };
  const response = { locals: { via: 'page' }, setHeader: () => undefined };
  return {
    name: 'POST /pause',
    actor: 'ann',
    role: 'operator',
    given: { params: undefined, query: undefined, body: request.body },
    // Only what the guards read is there.
    request: request as unknown as Request,
    response: response as unknown as Response,
    key: 'press-1',
    ...more,
  };
}

function ledgerThat(more: Partial<AccessLedger>) {
  const beats: string[] = [];
  const settled: (KeptAnswer | null)[] = [];
  const lines: string[] = [];
  const ledger = {
    askAction: async () => '1',
    endAction: async () => undefined,
    takeKey: async () => ({ state: 'mine', worker: 'w' }) as const,
    beatKey: async (_request: unknown, worker: string) => void beats.push(worker),
    settleKey: async (_request: unknown, _worker: string, kept: KeptAnswer | null) => void settled.push(kept),
    ...more,
  };
  return { ledger, beats, settled, lines, log: createLog('warn', { write: (line: string) => void lines.push(line) }) };
}

describe('work that is done once', () => {
  it('says that it goes on as long as it does, however long that is, and no longer', async () => {
    const { ledger, log, beats } = ledgerThat({});
    const work = async () => await new Promise<Told>((done) => setTimeout(() => done(told), 125_000));
    const answer = createOnce(ledger, log)(asked(), work);
    await vi.advanceTimersByTimeAsync(125_000);

    expect(await answer).toEqual(told);
    expect(beats).toHaveLength(6);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(beats).toHaveLength(6);
  });

  it.each([
    ['an answer', async () => told, { status: 200, location: null, answer: { paused: true } }],
    ['a fault of ours', away, null],
    [
      'a refusal',
      async () => {
        throw new SyncError('permanent', 'run_not_found', 'There is no run of this id.');
      },
      { status: 404, location: null, answer: { code: 'run_not_found', detail: 'There is no run of this id.' } },
    ],
    [
      'a refusal whose words quote what was asked for',
      async () => {
        throw new SyncError('needs-human', 'bad_filter', 'The filter reads ada, a field that contacts do not have.');
      },
      null,
    ],
    [
      'a run that goes by an expression',
      async () => ({ ...told, body: { id: '7', filter: { stage: 'lead', where: 'email == "ada@example.com"' } } }),
      { status: 200, location: null, answer: { id: '7', filter: { stage: 'lead' } } },
    ],
  ])('keeps of %s what is told again', async (_what, work, kept) => {
    const { ledger, log, settled } = ledgerThat({});
    await createOnce(ledger, log)(asked(), work).catch(() => undefined);

    expect(settled).toEqual([kept]);
  });

  it('is answered as it went although the ledger went away behind it, and the log says so', async () => {
    const { ledger, log, lines } = ledgerThat({ settleKey: away });

    expect(await createOnce(ledger, log)(asked(), async () => told)).toEqual(told);
    expect(lines.join()).toContain('ledger_unreachable');
  });

  it('is kept some seconds later where the ledger is back by then, without that anybody waits for it', async () => {
    const kept: unknown[] = [];
    const settleKey = async (_request: unknown, _worker: string, answer: KeptAnswer | null) => {
      if (kept.push(answer) <= 2) await away();
    };
    const { ledger, log } = ledgerThat({ settleKey });
    await createOnce(ledger, log)(asked(), async () => told);

    expect(kept).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(kept).toEqual(Array(3).fill({ status: 200, location: null, answer: { paused: true } }));
  });

  it('is given up behind some seconds, before somebody else may take over', async () => {
    const settleKey = vi.fn(away);
    const { ledger, log } = ledgerThat({ settleKey });
    await createOnce(ledger, log)(asked(), async () => told);
    await vi.advanceTimersByTimeAsync(20_000);
    const { length } = settleKey.mock.calls;
    await vi.advanceTimersByTimeAsync(120_000);

    expect(length).toBeGreaterThan(3);
    expect(settleKey).toHaveBeenCalledTimes(length);
  });

  it.each([
    ['its keys come in another order', { body: { b: { d: [2, 1], c: 1 }, a: 'x' } }, true],
    ['the address ends with a slash', { originalUrl: '/api/v1/pause/' }, true],
    ['a list is in another order', { body: { a: 'x', b: { c: 1, d: [1, 2] } } }, false],
    ['it is about another record', { params: { id: '2' } }, false],
    ['it is for another endpoint', { name: 'POST /resume' as const }, false],
  ])('is the same where %s: %o: %s', async (_what, { name, originalUrl, ...change }: OtherRequest, isSame) => {
    const hashes: string[] = [];
    const takeKey = async ({ requestHash }: KeyedRequest) => {
      hashes.push(requestHash.toString('hex'));
      return { state: 'mine', worker: 'w' } as const;
    };
    const { ledger, log } = ledgerThat({ takeKey });
    const given = { params: { id: '1' }, query: undefined, body: { a: 'x', b: { c: 1, d: [2, 1] } } };
    const once = createOnce(ledger, log);
    await once(asked({ given }), async () => told);
    const other = asked({ given: { ...given, ...change }, ...(name && { name }) });
    if (originalUrl !== undefined) other.request.originalUrl = originalUrl;
    await once(other, async () => told);

    expect(hashes[0] === hashes[1]).toBe(isSame);
  });

  it('is not begun where the key cannot be taken', async () => {
    const { ledger, log } = ledgerThat({ takeKey: away });
    const work = vi.fn(async () => told);

    await expect(createOnce(ledger, log)(asked(), work)).rejects.toMatchObject({ code: 'ledger_unreachable' });
    expect(work).not.toHaveBeenCalled();
  });
});

describe('an action that was done', () => {
  it('is answered as it went although the ledger went away behind it, and the log says so', async () => {
    const { ledger, log, lines } = ledgerThat({ endAction: away });
    const end = await createAudit(ledger, log)(asked());

    await expect(end({ told })).resolves.toBeUndefined();
    expect(lines.join()).toContain('how an action ended could not be noted');
  });

  it.each([
    ['signing in, which is noted once it is known who it is', { name: 'POST /session', actor: null, role: null }],
    ['what nobody asked for who is known', { actor: null, role: null }],
  ] as const)('is not noted here: %s', async (_what, more) => {
    const askAction = vi.fn(async () => '1');
    const { ledger, log } = ledgerThat({ askAction });
    await createAudit(ledger, log)(asked(more));

    expect(askAction).not.toHaveBeenCalled();
  });
});
