import type { Clock } from '../../ports/clock.ts';
import type { ChangedPart, ChangePosition, OverviewLedger } from '../../ports/ledger-overview.ts';

/** Somebody who is told what has changed. */
export type Listener = {
  /** Of whoever is signed in at the page; null: came with a token. */
  sessionHash: Buffer | null;
  tell(parts: readonly ChangedPart[]): void;
  /** Called once, when nothing is told any more: the session is over, or the service closes. */
  end(): void;
};

export type ChangeWatch = {
  /**
   * Tells what is committed from now on, by any process. Null: there are too many already, or the service closes.
   * @returns what ends it
   * @throws SyncError when the ledger does not answer
   */
  listen(listener: Listener): Promise<(() => void) | null>;
  /** Ends all listeners; nobody is let in any more. */
  close(): Promise<void>;
};

type Dependencies = {
  ledger(): Pick<OverviewLedger, 'changesSince'>;
  clock: Pick<Clock, 'now' | 'sleep'>;
  /** Who is signed in and does nothing for so long is signed out. */
  sessionIdlesMs: number;
  everyMs?: number;
  most?: number;
};

const allParts: readonly ChangedPart[] = ['overview', 'records', 'failures', 'runs', 'mappings', 'activity'];
/** Sums of the last minute tell what changed; whoever has not looked for so long tells everything. */
const blindAfterMs = 30_000;

/**
 * Looks for changes once for all listeners, at most once a second, and only while somebody listens. What the ledger does not tell now it tells
 * later: a database that is away ends nothing.
 */
export function watchChanges({
  ledger,
  clock,
  sessionIdlesMs,
  everyMs = 1_000,
  most = 100,
}: Dependencies): ChangeWatch {
  const listeners = new Set<Listener>();
  const closing = new AbortController();
  let position: ChangePosition | null = null;
  let lookedAtMs = 0;
  let looking: Promise<void> | null = null;

  function drop(listener: Listener): void {
    if (listeners.delete(listener)) listener.end();
  }

  async function look(): Promise<void> {
    const sessions = [...listeners].flatMap(({ sessionHash }) => sessionHash ?? []);
    const found = await ledger().changesSince(position, { hashes: sessions, idleMs: sessionIdlesMs });
    const isBlind = position !== null && clock.now() - lookedAtMs > blindAfterMs;
    position = found.position;
    lookedAtMs = clock.now();
    for (const listener of [...listeners]) {
      const { sessionHash } = listener;
      // Whoever came while the ledger answered was not asked for.
      const wasAsked = sessionHash !== null && sessions.includes(sessionHash);
      if (wasAsked && !found.liveSessions.has(sessionHash.toString('hex'))) drop(listener);
    }
    const changed = isBlind ? allParts : [...found.changed];
    if (changed.length > 0) for (const listener of listeners) listener.tell(changed);
  }

  async function lookWhileSomebodyListens(): Promise<void> {
    do {
      await clock.sleep(everyMs, closing.signal);
      // A ledger that does not answer is asked again; whoever has lost it sees that by what they ask for.
      if (listeners.size > 0 && !closing.signal.aborted) await look().catch(() => undefined);
    } while (listeners.size > 0 && !closing.signal.aborted);
    looking = null;
    position = null;
  }

  /** The first look only says from where on to tell. Whoever comes meanwhile finds somebody at work. */
  async function begin(): Promise<void> {
    try {
      await look();
    } finally {
      looking = lookWhileSomebodyListens();
    }
  }

  return {
    async listen(listener) {
      if (closing.signal.aborted || listeners.size >= most) return null;
      listeners.add(listener);
      try {
        if (looking === null) {
          looking = begin();
          await looking;
        }
      } catch (thrown) {
        listeners.delete(listener);
        throw thrown;
      }
      return () => void listeners.delete(listener);
    },
    async close() {
      closing.abort();
      for (const listener of [...listeners]) drop(listener);
      await looking?.catch(() => undefined);
      await looking;
    },
  };
}
