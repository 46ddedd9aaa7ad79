import { budgetShares, budgetSpent } from '../health/limits.ts';
import type { SystemName } from '../record.ts';
import type { AlertFacts, Condition } from './types.ts';

const systems = ['hubspot', 'salesforce'] as const;

/**
 * Whether each CRM takes our credentials. A pause that has run out proves nothing: only a source that was read after it does. Pure.
 */
export function judgeAuth({ waits, sources, nowMs }: AlertFacts, isOpen: (subject: string) => boolean): Condition[] {
  return systems.map((system) => {
    const wait = waits.find((each) => each.system === system && each.isAuth);
    const condition = { code: 'auth_lost', subject: system, severity: 'error', sinceMs: nowMs } as const;
    if (wait === undefined) return { ...condition, verdict: 'off', facts: {} };
    const isRead = sources.some((source) => source.system === system && source.movedAtMs > wait.untilMs);
    const facts = { code: wait.code };
    if (wait.untilMs > nowMs) return { ...condition, verdict: 'on', facts };
    return { ...condition, verdict: isRead || !isOpen(system) ? 'off' : 'unknown', facts };
  });
}

/** Whether changes of each CRM are read in time; not known where a lost authorisation or a spent budget is the reason. Pure. */
export function judgeLag({ sources, waits, nowMs }: AlertFacts, isKnown: (system: SystemName) => boolean): Condition[] {
  return systems.map((system) => {
    const late = sources.filter((each) => each.system === system && nowMs - each.atMs > each.lateAfterMs);
    const hasCause = waits.some(
      (wait) => wait.system === system && wait.untilMs > nowMs && (wait.isAuth || wait.code === budgetSpent),
    );
    const verdict = hasCause || !isKnown(system) ? 'unknown' : late.length > 0 ? 'on' : 'off';
    const sinceMs = late.length === 0 ? nowMs : Math.min(...late.map(({ atMs }) => atMs));
    return { code: 'sync_lag', subject: system, verdict, sinceMs, severity: 'error', facts: { sources: late.length } };
  });
}

/** How near each API's calls are to what we allow ourselves and to the vendor's limit. Pure. */
export function judgeBudgets({ budgets, waits, nowMs }: AlertFacts, isOpen: (subject: string) => boolean): Condition[] {
  return budgets.map(({ system, ours, allowed, everybody, limit }) => {
    const own = shareOf(ours, allowed);
    const vendor = shareOf(everybody, limit);
    const isSpent = waits.some((wait) => wait.system === system && wait.code === budgetSpent && wait.untilMs > nowMs);
    const share = Math.max(own, vendor);
    const isOn = isSpent || share >= (isOpen(system) ? budgetShares.alertOver : budgetShares.alert);
    const of =
      own >= vendor ? { used: ours, most: allowed, whose: 'ours' } : { used: everybody, most: limit, whose: 'all' };
    return {
      code: 'budget_nearly_spent',
      subject: system,
      verdict: isOn ? 'on' : 'off',
      sinceMs: nowMs,
      severity: isSpent || share >= 1 ? 'error' : 'warning',
      facts: of,
    };
  });
}

function shareOf(used: number | null, most: number | null): number {
  return used === null || most === null || most <= 0 ? 0 : used / most;
}
