import { budgetShares, budgetSpent, credentialFaults, isAlive, outageMs, workLateMs } from '../health/limits.ts';
import { clockText, codeText, countText, lengthText, numberText, signInFix, systemNames } from '../health/words.ts';
import { describeHold } from '../rebuild/describe-hold.ts';
import type { Advice, Situation } from './types.ts';

/** Whether records flow at all: processes, pauses, sources of changes, budgets. */
export function adviseOnFlow(situation: Situation): readonly Advice[] {
  const stopped = [...adviseOnWorkers(situation), ...adviseOnPause(situation), ...adviseOnWaits(situation)];
  return [
    ...stopped,
    ...adviseOnSources(situation),
    // What stops everything says why records wait.
    ...(stopped.length === 0 ? adviseOnWaiting(situation) : []),
    ...adviseOnBudgets(situation),
  ];
}

function adviseOnWorkers({ processes, nowMs }: Situation): readonly Advice[] {
  const workers = processes.filter(({ works }) => works);
  if (workers.some((process) => isAlive(process, nowMs))) return [];
  const lastMs = workers.length === 0 ? null : Math.max(...workers.map(({ seenAtMs }) => seenAtMs));
  return [
    {
      severity: 'error',
      code: 'no_worker',
      text: `No worker process is running${lastMs === null ? '' : ` since ${clockText(lastMs)}`}, so nothing is synced.`,
      fix: 'Start one: `npm start`, or `handoff start --role worker` where roles are apart; its log says why it ended.',
      link: null,
      sinceMs: lastMs,
    },
  ];
}

function adviseOnPause({ paused, rebuild }: Situation): readonly Advice[] {
  const advice: Advice[] = [];
  if (paused !== null) {
    const reason = paused.reason === null ? '' : `: ${paused.reason.replace(/\.+$/, '')}`;
    advice.push({
      severity: 'error',
      code: 'paused',
      text: `All writes to both CRMs are paused by ${paused.by ?? 'somebody'} since ${clockText(paused.sinceMs)}${reason}.`,
      fix: 'Once the reason is gone, let writes go on: `Resume` here, or `handoff resume`.',
      link: null,
      sinceMs: paused.sinceMs,
    });
  }
  if (rebuild !== null) {
    const [text = '', fix = 'Follow the run; it needs a policy when it has ended.'] =
      describeHold(rebuild).split(/(?<=\.) /);
    const severity = rebuild.state === 'running' ? 'warning' : 'error';
    advice.push({
      severity,
      code: 'rebuild_holds',
      subject: rebuild.runId,
      text,
      fix,
      link: `/runs/${rebuild.runId}`,
      sinceMs: null,
    });
  }
  return advice;
}

function adviseOnWaits({ waits }: Situation): readonly Advice[] {
  return waits.map(({ system, code, untilMs }): Advice => {
    const name = systemNames[system];
    const none = { link: null, sinceMs: null };
    if (credentialFaults.has(code)) {
      const text = `${name} does not let Handoff in (${codeText(code)}), so nothing is read or written there.`;
      return { severity: 'error', code: 'auth_lost', subject: system, text, fix: signInFix(system), ...none };
    }
    if (code === budgetSpent) {
      const text = `The day's budget of calls to ${name} is spent; work goes on at ${clockText(untilMs)}.`;
      const fix = 'If the org has calls to spare, raise SALESFORCE_DAILY_BUDGET, restart, and run `handoff resume`.';
      return { severity: 'error', code: 'budget_spent', subject: system, text, fix, ...none };
    }
    const text = `${name} asked for a pause (${codeText(code)}); work goes on at ${clockText(untilMs)}.`;
    const fix = `Nothing to do if it stays short; else look at the status page of ${name}.`;
    return { severity: 'warning', code: 'vendor_wait', text, fix, ...none };
  });
}

/** One for each system: its sources are read by the same job. */
function adviseOnSources({ sources, nowMs }: Situation): readonly Advice[] {
  return (['salesforce', 'hubspot'] as const).flatMap((system): Advice[] => {
    const late = sources.filter((source) => source.system === system && source.isLate);
    if (late.length === 0) return [];
    const sinceMs = Math.min(...late.map(({ atMs }) => atMs));
    const labels = late.map(({ label }) => label).join(', ');
    return [
      {
        severity: nowMs - sinceMs > outageMs ? 'error' : 'warning',
        code: 'source_late',
        subject: system,
        text: `Not read for ${lengthText(nowMs - sinceMs)}: ${labels}.`,
        fix: `See whether ${systemNames[system]} answers: /readyz of a worker and its log tell why it is not read.`,
        link: null,
        sinceMs,
      },
    ];
  });
}

function adviseOnWaiting({ pending: { oldestLiveDueMs }, nowMs }: Situation): readonly Advice[] {
  if (oldestLiveDueMs === null || nowMs - oldestLiveDueMs < workLateMs) return [];
  const waitedMs = nowMs - oldestLiveDueMs;
  return [
    {
      severity: waitedMs > outageMs ? 'error' : 'warning',
      code: 'waiting_long',
      text: `A record that changed has waited ${lengthText(waitedMs)} for its turn.`,
      fix: 'Start another worker if one is not enough; the log of the workers tells what they are at.',
      link: null,
      sinceMs: oldestLiveDueMs,
    },
  ];
}

function adviseOnBudgets({ budgets, waits }: Situation): readonly Advice[] {
  const spent = waits.filter(({ code }) => code === budgetSpent).map(({ system }) => system);
  return budgets.flatMap(({ system, ours, everybody, limit, allowed }): Advice[] => {
    if (spent.includes(system)) return [];
    const name = systemNames[system];
    const low = { severity: 'warning', code: 'budget_low', subject: system, link: null, sinceMs: null } as const;
    if (allowed !== null && ours >= budgetShares.ownLow * allowed) {
      const text = `Handoff has used ${numberText(ours)} of ${countText(allowed, 'call')} to ${name} that it may make in 24 hours.`;
      return [
        { ...low, text, fix: 'Put off backfills, or raise SALESFORCE_DAILY_BUDGET if the org has calls to spare.' },
      ];
    }
    if (everybody !== null && limit !== null && everybody >= budgetShares.vendorLow * limit) {
      const text = `All applications together have used ${numberText(everybody)} of ${countText(limit, 'call')} to ${name} in 24 hours.`;
      return [{ ...low, text, fix: `Find out which other application uses them: ${name} lists them in its setup.` }];
    }
    return [];
  });
}
