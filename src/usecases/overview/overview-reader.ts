import type { Clock } from '../../ports/clock.ts';

/** From the begin of one reading to the begin of the next, where many ask at once: at most four a second. */
const apartMs = 250;

type Line<Answer> = { beganMs: number; running: Promise<unknown> | null; next: Promise<Answer> | null };

/**
 * Reads for many at once: whoever asks while one reading is under way shares the next, which begins behind it and a moment apart. So however many
 * look, the ledger reads once at a time; and nobody gets an answer that was begun before they asked: what they have just done is in it. Whoever
 * asks alone does not wait. Nothing is shared between ledgers.
 */
export function createOverviewReader<Ledger extends object, Answer>(
  read: (ledger: Ledger) => Promise<Answer>,
  clock: Pick<Clock, 'now' | 'sleep'>,
): (ledger: Ledger) => Promise<Answer> {
  const lines = new WeakMap<Ledger, Line<Answer>>();

  function begin(ledger: Ledger, line: Line<Answer>): Promise<Answer> {
    line.beganMs = clock.now();
    const answer = read(ledger);
    const end = () => {
      line.running = null;
    };
    line.running = answer.then(end, end);
    return answer;
  }

  async function beginBehind(ledger: Ledger, line: Line<Answer>): Promise<Answer> {
    await line.running;
    // A clock that was set back does not make anybody wait for longer.
    const waitMs = Math.min(apartMs, line.beganMs + apartMs - clock.now());
    if (waitMs > 0) await clock.sleep(waitMs);
    line.next = null;
    return await begin(ledger, line);
  }

  return async (ledger) => {
    const line = lines.get(ledger) ?? { beganMs: 0, running: null, next: null };
    lines.set(ledger, line);
    if (line.next !== null) return await line.next;
    if (line.running === null) return await begin(ledger, line);
    line.next = beginBehind(ledger, line);
    return await line.next;
  };
}
