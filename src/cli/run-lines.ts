import { leftTexts } from '../domain/revert/left-texts.ts';
import type { RunForecast } from '../domain/runs/types.ts';
import type { RunReport } from '../ports/ledger-runs.ts';
import { progressOf } from '../usecases/runs/progress.ts';
import { count, readableTime, renderTable } from './table.ts';

/** Most ids that a line of the report names; `--json` has all that were kept. */
const mostShown = 3;

/** What a run would come to. */
export function renderForecast(
  { records, sampled, isExact, creates, changes, calls, callsLeft, durationMs }: RunForecast,
  limits: { creates: number; changes: number },
): readonly string[] {
  const from = isExact ? 'all of them planned' : `from a sample of ${number(sampled)}`;
  const lines = [
    `records    ${number(records)} (${from})`,
    `creates    ${number(creates)}; the run stops for approval beyond ${number(limits.creates)}`,
    `changes    ${number(changes)}; the run stops for approval beyond ${number(limits.changes)}`,
    `calls      HubSpot ${number(calls.hubspot)}${leftOf(callsLeft.hubspot)}, Salesforce ${number(calls.salesforce)}${leftOf(callsLeft.salesforce)}`,
    `time       about ${renderDuration(durationMs / 1_000)}`,
  ];
  for (const [system, name] of [
    ['hubspot', 'HubSpot'],
    ['salesforce', 'Salesforce'],
  ] as const) {
    const left = callsLeft[system];
    if (left === null || left >= calls[system]) continue;
    lines.push(
      `It needs more calls to ${name} than are left today: it waits when they are spent, and goes on by itself.`,
    );
  }
  return lines;
}

function leftOf(left: number | null): string {
  return left === null ? '' : ` of ${number(left)} left today`;
}

/** One line that says how far a run has come. */
export function renderProgress(run: RunReport, nowMs: number): string {
  const { done, total, created, changed, skipped, failed, ratePerSecond, secondsLeft } = progressOf(run, nowMs);
  if (run.kind === 'live') return `${number(created)} created, ${number(changed)} changed`;
  const skips = Object.values(skipped).reduce((sum, one) => sum + one, 0);
  const of = total === null ? '' : ` of ${number(total)}`;
  const left = secondsLeft === null || secondsLeft === 0 ? '' : `, ${renderDuration(secondsLeft)} left`;
  const would = run.isDryRun ? 'would be ' : '';
  return `${number(done)}${of} done: ${number(created)} ${would}created, ${number(changed)} ${would}changed, ${number(skips)} skipped, ${number(failed)} failed; ${number(Math.round(ratePerSecond))}/s${left}`;
}

/** Where a run stands, with its counts and samples. @param mode in which runs are worked off now */
export function renderRun(run: RunReport, nowMs: number, mode: 'observe' | 'live'): readonly string[] {
  const { object, kind, stoppedReason, forecast, isDryRun } = run;
  const what = `${isDryRun ? 'dry run of a ' : ''}${kind}${object === null ? '' : ` of ${object}`}`;
  const why = stoppedReason === null ? '' : ` (${stoppedReason})`;
  const counts = run.counts.map(({ kind: what, code, count: amount, samples }) => [
    what,
    code,
    number(amount),
    samples.slice(0, mostShown).join(', '),
  ]);
  return [
    `run        ${run.id}: ${what}, ${stateOf(run)}${why}`,
    ...ofOtherVersion(run),
    `started    ${readableTime(run.startedAtMs)}${run.requestedBy === null ? '' : ` by ${run.requestedBy}`}`,
    ...(run.endedAtMs === null ? [] : [`ended      ${readableTime(run.endedAtMs)}`]),
    ...(run.endedAtMs !== null || run.movedAtMs === null ? [] : [`moved      ${readableTime(run.movedAtMs)}`]),
    `progress   ${renderProgress(run, nowMs)}`,
    ...(mode === 'observe' ? observed(run) : []),
    ...(forecast === null || isDryRun
      ? []
      : [`foreseen   ${count(forecast.creates, 'create')}, ${count(forecast.changes, 'change')}`]),
    ...(run.reverts === null ? [] : [`reverts    run ${run.reverts}`]),
    ...(run.revertedBy.length === 0 ? [] : [`reverted   by run ${run.revertedBy.join(', ')}`]),
    ...(counts.length === 0 ? [] : ['', ...renderTable(['', 'what became of it', 'how many', 'such as'], counts)]),
    ...whyLeft(run),
    ...nextSteps(run),
  ];
}

/** Outcomes of looks read as if they had been carried out. */
function observed({ isDryRun, creates, changes, counts }: RunReport): readonly string[] {
  if (isDryRun || creates + changes > 0 || counts.every(({ kind }) => kind !== 'outcome')) return [];
  return ['observed   SYNC_MODE=observe: NOTHING WAS WRITTEN to either CRM; an outcome is what would have been done'];
}

/** Another version began it: what of it is not known here, and what becomes of it. */
function ofOtherVersion({ unknown }: RunReport): readonly string[] {
  if (unknown.length === 0) return [];
  return [
    `unknown    ${unknown.join(', ')}: another version of Handoff has begun this run`,
    '           This version does not work on it. Let that version go on with it, or cancel it.',
  ];
}

/** The live run of a day lists nothing: it has no phase to tell. */
function stateOf({ kind, state, phase, unknown }: Pick<RunReport, 'kind' | 'state' | 'phase' | 'unknown'>): string {
  if (unknown.length > 0) return `${state} (unknown to this version)`;
  return state === 'running' && kind !== 'live' ? `running (${phase})` : state;
}

/** Why a revert left something as it is. */
function whyLeft({ counts }: RunReport): readonly string[] {
  const left = new Set(counts.flatMap(({ kind, code }) => (kind === 'left' ? [code] : [])));
  const lines = Object.entries(leftTexts).flatMap(([code, text]) => (left.has(code) ? [`${code}: ${text}`] : []));
  return lines.length === 0 ? [] : ['', ...lines];
}

function nextSteps({ id, kind, state, stoppedReason }: RunReport): readonly string[] {
  if (state === 'stopped') {
    const end = kind === 'live' ? '' : `. End it: handoff runs cancel ${id}`;
    return ['', `A safety limit stopped it. Let it go on: handoff approve ${id}${end}`];
  }
  if (state === 'review') {
    return ['', 'It waits for your choice: handoff rebuild --policy keep, or handoff rebuild --policy rules'];
  }
  if (kind === 'rebuild' && (state === 'failed' || state === 'cancelled')) {
    return [
      '',
      'What it had linked keeps all writes held (handoff status tells) until another one settles it: handoff rebuild --again',
    ];
  }
  if (state !== 'paused') return [];
  const why = stoppedReason === 'mapping_changed' ? 'Another mapping was activated meanwhile. ' : '';
  return ['', `${why}Let it go on: handoff runs resume ${id}. End it: handoff runs cancel ${id}`];
}

/** Runs, a line each. */
export function renderRuns(runs: readonly RunReport[], nowMs: number): readonly string[] {
  if (runs.length === 0) return ['No runs.'];
  const rows = runs.map((run) => {
    const { done, total, created, changed, failed } = progressOf(run, nowMs);
    return [
      run.id,
      `${run.kind}${run.isDryRun ? ' (dry run)' : ''}`,
      run.object ?? '',
      stateOf(run),
      readableTime(run.startedAtMs),
      `${number(done)}${total === null ? '' : ` of ${number(total)}`}`,
      number(created),
      number(changed),
      number(failed),
      run.stoppedReason ?? '',
    ];
  });
  const header = ['run', 'kind', 'of', 'state', 'since', 'done', 'created', 'changed', 'failed', 'why it stopped'];
  return renderTable(header, rows);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** A duration as a person says it. */
function renderDuration(seconds: number): string {
  if (seconds < 90) return count(Math.ceil(seconds), 'second');
  if (seconds < 90 * 60) return count(Math.ceil(seconds / 60), 'minute');
  return count(Math.round(seconds / 360) / 10, 'hour');
}
