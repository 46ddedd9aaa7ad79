import { randomUUID } from 'node:crypto';
import type { ProcessLedger } from '../ports/ledger-runs.ts';
import type { Log } from '../ports/log.ts';
import { errorCode } from '../queue/wake.ts';
import type { Role } from './start.ts';

/** Three beats are `livesWithinMs`. */
const everyMs = 5_000;

type Heartbeat = {
  ledger: ProcessLedger;
  role: Role;
  /** Asked at every beat: the mapping may have changed. */
  mappingVersion(): number;
  log: Log;
};

/**
 * Says every five seconds that this process lives, so that who has something worked off knows whether anybody is there to do it.
 * @returns what says that it ends
 */
export function startHeartbeat({ ledger, role, mappingVersion, log }: Heartbeat): () => Promise<void> {
  const id = randomUUID();
  let beating: Promise<void> = Promise.resolve();
  let failing = false;
  const beat = async () => {
    try {
      await ledger.beat({ id, role, works: role !== 'http', mappingVersion: mappingVersion() });
      failing = false;
    } catch (thrown) {
      if (!failing) log.warn({ errorCode: errorCode(thrown) }, 'the ledger took no heartbeat, the next one follows');
      failing = true;
    }
  };
  const timer = setInterval(() => {
    beating = beating.then(beat);
  }, everyMs);
  beating = beat();
  return async () => {
    clearInterval(timer);
    await beating;
    await ledger.leave(id).catch(() => undefined);
  };
}
