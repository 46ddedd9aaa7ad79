import { newFailures } from '../health/limits.ts';
import { codeText, countText, numberText } from '../health/words.ts';
import type { Advice, Situation } from './types.ts';

/** Records that need a person: failures by cause, frozen fields. */
export function adviseOnRecords(situation: Situation): readonly Advice[] {
  return [...adviseOnFailures(situation), ...adviseOnFrozen(situation)];
}

function adviseOnFailures({ causes }: Situation): readonly Advice[] {
  const sum = (of: 'count' | 'newInDay' | 'newInDayBefore') => causes.reduce((total, cause) => total + cause[of], 0);
  const [count, fresh, before] = [sum('count'), sum('newInDay'), sum('newInDayBefore')];
  if (count === 0) return [];
  if (fresh >= newFailures.least && fresh >= newFailures.times * before) {
    const most = causes.toSorted((one, other) => other.newInDay - one.newInDay)[0];
    const text = `${countText(fresh, 'record')} failed for the first time in the last 24 hours, ${numberText(before)} in the 24 hours before`;
    return [
      {
        ...toFailures(most, text, (cause) => cause.newInDay),
        severity: fresh >= newFailures.broken ? 'error' : 'warning',
        code: 'new_failures',
      },
    ];
  }
  const text = `${countText(count, 'record')} could not be synced`;
  return [{ ...toFailures(causes[0], text, (cause) => cause.count), severity: 'warning', code: 'failures' }];
}

type Cause = Situation['causes'][number];

function toFailures(most: Cause | undefined, text: string, shareOf: (cause: Cause) => number) {
  const cause = most === undefined ? '' : `, most often for: ${codeText(most.code)} (${numberText(shareOf(most))})`;
  return {
    text: `${text}${cause}.`,
    fix: 'Open the list, do what it says for the cause, and press `Retry`.',
    link: most === undefined ? '/failures' : `/failures?code=${encodeURIComponent(most.code)}`,
    sinceMs: null,
  };
}

function adviseOnFrozen({ frozenFields }: Situation): readonly Advice[] {
  if (frozenFields === 0) return [];
  const are = frozenFields === 1 ? 'field is' : 'fields are';
  return [
    {
      severity: 'warning',
      code: 'frozen_fields',
      text: `${numberText(frozenFields)} ${are} frozen: Handoff and somebody else kept changing the same value.`,
      fix: 'Find who changes the field (a workflow, another app), end that, then thaw it at its record.',
      link: null,
      sinceMs: null,
    },
  ];
}
