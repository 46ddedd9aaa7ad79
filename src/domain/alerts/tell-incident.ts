import { numberText, signInFix, systemNames } from '../health/words.ts';
import type { SystemName } from '../record.ts';
import type { AlertCode, IncidentFacts, Severity } from './types.ts';

/** What people need to know of an incident. No personal data: names of systems, fields and runs, codes and counts. */
export type IncidentWords = {
  /** What is wrong, a few words. */
  title: string;
  /** The same in one sentence, with what it means. */
  text: string;
  /** What to do first, one sentence. */
  fix: string;
  /** Where the page shows more. */
  path: string;
};

type Told = { code: AlertCode; subject: string; facts: IncidentFacts };

/** An incident in words. Pure. */
export function tellIncident({ code, subject, facts }: Told): IncidentWords {
  return writers[code](facts, isSystem(subject) ? systemNames[subject] : subject, subject);
}

const writers: Readonly<Record<AlertCode, (facts: IncidentFacts, system: string, subject: string) => IncidentWords>> = {
  auth_lost: ({ code }, system, subject) => ({
    title: `${system} refuses our sign-in`,
    text: `${system} does not accept our credentials or rights (${code ?? 'unknown'}). Nothing is read from it or written to it; what changes meanwhile is kept and done later.`,
    fix: isSystem(subject) ? signInFix(subject) : 'Check the credentials, then restart the service.',
    path: '/',
  }),
  no_worker: () => ({
    title: 'No worker is running',
    text: 'No process that does the work has reported for more than a minute. Events are kept, and nothing is written to either CRM.',
    fix: 'Start a worker: handoff start --role worker, or --role all. Look at the log of the one that stopped.',
    path: '/',
  }),
  sync_lag: (_facts, system) => ({
    title: `Changes in ${system} are read late`,
    text: `${system} was not read for longer than usual. Changes there arrive late in the other CRM; none is lost.`,
    fix: `See whether ${system} answers (GET /readyz says why it could not be read). If it does, look at the log of the worker.`,
    path: '/',
  }),
  work_late: () => ({
    title: 'Records wait for too long',
    text: 'A record is due for more than ten minutes and nobody has worked on it.',
    fix: 'Look at what is due on the overview. If it grows, start another worker.',
    path: '/',
  }),
  failures_rising: ({ count, code }) => ({
    title: 'Failures are rising',
    text: `More records than usual began to fail within one hour: ${number(count)}. The most frequent cause is ${code ?? 'unknown'}.`,
    fix: 'Open the list of failures: it groups them by cause and says what to change.',
    path: code === null || code === undefined ? '/failures' : `/failures?code=${encodeURIComponent(code)}`,
  }),
  budget_nearly_spent: ({ used, most, whose }, system) => ({
    title: `The API budget for ${system} is nearly spent`,
    text: `${whose === 'ours' ? 'Handoff has' : 'All integrations together have'} used ${number(used)} of ${number(most)} calls in 24 hours. When they are spent, work on ${system} waits until calls are free again.`,
    fix: 'Pause backfills, and see which other integrations use the same limit. Raise SALESFORCE_DAILY_BUDGET if there are calls to spare.',
    path: '/',
  }),
  drift_found: ({ count, run }) => ({
    title: 'The comparison found differences',
    text: `The last comparison of both CRMs found records that differ and should not: ${number(count)}. What can be repaired is looked at again by itself.`,
    fix: `Open run ${run ?? ''} and see which records differ and why. It is over when a later comparison finds none.`,
    path: pathOfRun(run),
  }),
  comparison_overdue: ({ run }) => ({
    title: 'Both CRMs were not compared for two days',
    text: 'The nightly comparison has not come to its end for two days or longer. Deletions and merges that were missed stay unseen.',
    fix:
      run === null || run === undefined
        ? 'Look at the log of the worker, or start one: handoff compare.'
        : `Run ${run} stands in its way: resume or cancel it.`,
    path: pathOfRun(run),
  }),
  field_frozen: ({ system, field, records }) => ({
    title: 'A field is frozen',
    text: `${field ?? 'A field'} in ${isSystem(system) ? systemNames[system] : 'a CRM'} changed back and forth between us and somebody else. It is not written any more; records concerned: ${number(records)}.`,
    fix: 'Find the other writer (a workflow, a flow, another app), stop it or give it the field, then run handoff thaw.',
    path: '/failures?code=field_frozen',
  }),
  run_needs_person: (facts) => tellRun(facts),
  paused_long: () => ({
    title: 'Writes are paused for more than a day',
    text: 'Somebody paused all writes to both CRMs, and nobody has resumed them. Events are kept.',
    fix: 'Resume them on the overview, or with handoff resume, when the reason is gone.',
    path: '/',
  }),
  no_handoffs: ({ hours, usual }) => ({
    title: 'Nobody was handed over',
    text: `Sales got no contact in the last ${stretch(hours)}. The same time of the four weeks before always had some, ${number(usual)} on average.`,
    fix: 'See in HubSpot whether contacts reach the stage of the handoff: a changed workflow, form or gate is the usual cause. Then look at the funnel.',
    path: '/funnel',
  }),
};

function tellRun({ run, kind, object, state, reason }: IncidentFacts): IncidentWords {
  const of = object === null || object === undefined ? '' : ` of ${object}`;
  const what = kind === 'live' ? 'Live sync' : `Run ${run ?? ''} (${kind ?? 'unknown'}${of})`;
  const why = reason === null || reason === undefined ? '' : ` (${reason})`;
  const path = pathOfRun(run);
  if (state === 'stopped')
    return {
      title: `${what} was stopped by a safety limit`,
      text: `${what} wanted to write more than the mapping allows${why}. It writes nothing more until somebody approves it.`,
      fix: `Look at some of its records, then run handoff approve ${run ?? ''}. If it is a mistake, correct the mapping first.`,
      path,
    };
  if (state === 'review')
    return {
      title: `${what} waits for a choice`,
      text: `${what} has linked the records and waits. Nothing is written to either CRM before somebody chooses what becomes of the differences.`,
      fix: 'Choose one: handoff rebuild --policy keep, or handoff rebuild --policy rules.',
      path,
    };
  return {
    title: `${what} failed`,
    text: `${what} cannot go on${why}. What it has written stays.`,
    fix: 'Open the run for the cause and start it again. This is over with the next run of its kind, or after three days.',
    path,
  };
}

function pathOfRun(run: string | number | null | undefined): string {
  return run === null || run === undefined ? '/runs' : `/runs/${encodeURIComponent(run)}`;
}

function stretch(hours: string | number | null | undefined): string {
  if (hours === 168) return '7 days';
  return `${hours ?? 'few'} hours`;
}

function number(count: string | number | null | undefined): string {
  return typeof count === 'number' ? numberText(count) : 'an unknown number';
}

function isSystem(name: unknown): name is SystemName {
  return name === 'hubspot' || name === 'salesforce';
}

/** How grave it is, as a word before the title. */
export const severityWords: Readonly<Record<Severity, string>> = { error: 'Problem', warning: 'Warning' };
