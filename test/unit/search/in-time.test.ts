import { expect, it } from 'vitest';
import { inTime } from '../../../src/usecases/search/in-time.ts';

it('an answer that does not come is not waited for', async () => {
  const late = inTime({ sleep: async () => undefined }, new Promise<never>(() => undefined));

  await expect(late).rejects.toMatchObject({ code: 'crm_slow', kind: 'retryable' });
});

it('an answer that comes ends the wait, and so does a fault', async () => {
  const signals: AbortSignal[] = [];
  const clock = {
    sleep: (_delayMs: number, signal?: AbortSignal) => {
      if (signal !== undefined) signals.push(signal);
      return new Promise<void>(() => undefined);
    },
  };

  await expect(inTime(clock, Promise.resolve('there'))).resolves.toBe('there');
  await expect(inTime(clock, Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});
