import type { Clock } from '../ports/clock.ts';

/** So long one batch of background work waits for live work at most: where there is always some, both go on. */
const longestMs = 1_000;
const stepMs = 20;

/** Lets background work begin no batch while a live one is in hand in this process: both would share one processor. */
export type GiveWay = {
  live<Result>(work: () => Promise<Result>): Promise<Result>;
  background(): Promise<void>;
};

/** Nobody is at work yet. */
export function createGiveWay(clock: Pick<Clock, 'sleep'>): GiveWay {
  let atWork = 0;
  return {
    async live(work) {
      atWork += 1;
      try {
        return await work();
      } finally {
        atWork -= 1;
      }
    },
    async background() {
      for (let waitedMs = 0; atWork > 0 && waitedMs < longestMs; waitedMs += stepMs) await clock.sleep(stepMs);
    },
  };
}
