import type { SystemName } from '../domain/record.ts';
import type { ClockWatch } from '../ports/clock.ts';

/** Keeps the newest word of each system: a clock that was set right shows at once. */
export function createClockWatch(): ClockWatch {
  const ahead = new Map<SystemName, number>();
  return {
    tell: (system, serverMs, ourMs) => void ahead.set(system, serverMs - ourMs),
    ahead: () => ahead,
  };
}
