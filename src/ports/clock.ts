import type { SystemName } from '../domain/record.ts';

/** Time and chance come in from outside, so that decisions can be repeated. */
export type Clock = { now(): number; random(): number; sleep(delayMs: number, signal?: AbortSignal): Promise<void> };

/** How far the clocks of others are ahead of ours, as their answers tell it (`Date`, whole seconds). Milliseconds. */
export type ClockWatch = {
  /** @param ourMs what our clock said meanwhile */
  tell(system: SystemName, serverMs: number, ourMs: number): void;
  /** By system; who has not answered yet is not there. */
  ahead(): ReadonlyMap<SystemName, number>;
};
