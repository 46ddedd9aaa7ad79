import { muchDrift, unexpectedDrift } from '../health/limits.ts';
import { clockText, countText, numberText } from '../health/words.ts';
import type { Advice, Situation } from './types.ts';

type Run = Situation['runs'][number];

/** Runs that wait for a person, and what the comparisons say. */
export function adviseOnRuns(situation: Situation): readonly Advice[] {
  return [...situation.runs.flatMap(adviseOnRun), ...adviseOnComparison(situation), ...adviseOnCatchUp(situation)];
}

function adviseOnRun(run: Run): readonly Advice[] {
  const subject = run.kind === 'live' ? 'live' : run.id;
  const at = { subject, link: `/runs/${run.id}`, sinceMs: run.movedAtMs ?? run.startedAtMs };
  const name = nameOf(run);
  if (run.state === 'stopped') {
    const severity = run.kind === 'live' ? 'error' : 'warning';
    const fix = 'Look at what it has written; if that is right, let it go on (`Approve`), else revert it.';
    return [{ severity, code: 'run_stopped', text: `${name} was stopped by its safety limit.`, fix, ...at }];
  }
  // A rebuild says for itself what it keeps from being written.
  if (run.kind === 'rebuild') return [];
  if (run.state === 'review') {
    const fix = 'Open it and choose how it goes on.';
    return [{ severity: 'warning', code: 'run_review', text: `${name} waits for a decision.`, fix, ...at }];
  }
  if (run.state !== 'paused') return [];
  const isStale = run.stoppedReason === 'mapping_changed';
  const why = isStale ? ', for another mapping was activated meanwhile' : '';
  const fix = isStale ? 'Preview it once more, then let it go on or cancel it.' : 'Let it go on, or cancel it.';
  return [{ severity: isStale ? 'warning' : 'info', code: 'run_paused', text: `${name} is paused${why}.`, fix, ...at }];
}

function nameOf({ kind, id, isDryRun }: Run): string {
  if (kind === 'live') return `Live sync (run ${id})`;
  const noun = kind === 'apply' ? 'The application of a mapping' : `The ${kind}`;
  return `${noun}${isDryRun ? ', a dry run' : ''} (run ${id})`;
}

function adviseOnComparison({ lastComparison, comparisonOverdue }: Situation): readonly Advice[] {
  const advice: Advice[] = [];
  if (comparisonOverdue !== null) {
    const { sinceMs, runId } = comparisonOverdue;
    advice.push({
      severity: 'warning',
      code: 'comparison_overdue',
      text: `No comparison of both CRMs has ended since ${clockText(sinceMs)}.`,
      fix:
        runId === null
          ? 'The log of the workers tells why; start one: `handoff compare`.'
          : `Run ${runId} stands in the way: let it go on, or cancel it.`,
      link: runId === null ? null : `/runs/${runId}`,
      sinceMs,
    });
  }
  const drift = unexpectedDrift(lastComparison?.drift ?? {});
  const { total } = drift;
  if (lastComparison === null || total === 0) return advice;
  const kinds = drift.kinds.map(([code, count]) => `${code.replaceAll('_', ' ')} ${numberText(count)}`).join(', ');
  advice.push({
    severity: total >= muchDrift ? 'warning' : 'info',
    code: 'drift_found',
    text: `The last comparison found ${countText(total, 'record')} that differed: ${kinds}.`,
    fix: 'What can be repaired was marked and is; if the next night finds as many, find out who changes them.',
    link: `/runs/${lastComparison.runId}`,
    sinceMs: lastComparison.endedAtMs,
  });
  return advice;
}

function adviseOnCatchUp({ catchingUp }: Situation): readonly Advice[] {
  if (catchingUp === null) return [];
  return [
    {
      severity: 'warning',
      code: 'catching_up',
      text: `Changes since ${clockText(catchingUp.sinceMs)} are being made up for after an outage.`,
      fix: 'Nothing to do: live work goes first, and this ends by itself.',
      link: null,
      sinceMs: catchingUp.sinceMs,
    },
  ];
}
