import { decideIncidents, keyOf } from '../../../../src/domain/alerts/decide-incidents.ts';
import { judge } from '../../../../src/domain/alerts/judge.ts';
import type { AlertFacts, KnownIncident, WatchState } from '../../../../src/domain/alerts/types.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const now = Date.parse('2026-11-18T12:00:00Z');

/** A ledger on which all is well. */
export function facts(changes: Partial<AlertFacts> = {}): AlertFacts {
  return {
    nowMs: now,
    observe: false,
    pausedSinceMs: null,
    rebuildHolds: false,
    waits: [],
    sources: [
      source('hubspot.contacts.modified', { lateAfterMs: 45 * minute }),
      source('salesforce.Lead.fast', { lateAfterMs: 10 * minute }),
    ],
    oldestDueMs: null,
    failures: { lastHour: 0, dayBefore: 0, commonCode: null },
    budgets: [],
    lastComparison: null,
    comparisonOverdue: null,
    frozen: [],
    runs: [],
    workerSeenMs: now - 3_000,
    handoffs: { lastMs: now - hour, windows: [] },
    ...changes,
  };
}

type Source = AlertFacts['sources'][number];

export function source(name: string, changes: Partial<Source> = {}): Source {
  const system = name.startsWith('hubspot') ? 'hubspot' : 'salesforce';
  return { source: name, system, atMs: now - minute, movedAtMs: now - minute, lateAfterMs: hour, ...changes };
}

/** The watch has looked all the time. */
export const watching: WatchState = { lookedMs: now - minute, heldSinceMs: null, silenceFromMs: now - 60 * day };

/** Codes of what is wrong, with the subject where there is one. */
export function wrong(given: AlertFacts, known: readonly KnownIncident[] = [], watch = watching): string[] {
  const { conditions } = judge(given, known, watch);
  return conditions.flatMap((each) => (each.verdict === 'on' ? [keyOf(each).trim()] : [])).toSorted();
}

/** What the ledger does with the decisions, in memory: rounds of one watch, and what was begun and ended by them. */
export function createRounds() {
  let known: KnownIncident[] = [];
  let watch: WatchState = { lookedMs: null, heldSinceMs: null, silenceFromMs: null };
  let next = 1;
  const told: { id: string; tells: 'opening' | 'ending'; key: string; atMs: number }[] = [];
  return {
    told,
    open: () => known.filter(({ state }) => state === 'open').map((each) => keyOf(each).trim()),
    round(given: AlertFacts) {
      const judged = judge(given, known, watch);
      watch = judged.watch;
      for (const change of decideIncidents(known, judged.conditions, given.nowMs)) {
        const before = known.find(({ id }) => id === change.id);
        known = known.filter(({ id }) => id !== change.id);
        const at = { atMs: given.nowMs };
        if (change.to === 'ended')
          told.push({ id: change.id, tells: 'ending', key: before ? keyOf(before) : '', ...at });
        if (change.to === 'ended' || change.to === 'forgotten') continue;
        const { condition, suspectedMs, clearMs, to: state } = change;
        const id = change.id ?? String(next++);
        const { code, subject } = condition;
        if (state === 'open' && before?.state !== 'open')
          told.push({ id, tells: 'opening', key: keyOf(condition), ...at });
        const sinceMs = before?.sinceMs ?? condition.sinceMs;
        known.push({ id, code, subject, state, sinceMs, suspectedMs, judgedMs: given.nowMs, clearMs });
      }
    },
  };
}
