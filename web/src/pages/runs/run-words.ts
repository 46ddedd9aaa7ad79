import { leftTexts } from '../../../../src/domain/revert/left-texts.ts';
import type { Answer } from '../../../../src/http/contract/index.ts';
import { formatCode, formatMoment, formatUnits, formatUtcDay } from '../../parts/format.ts';
import type { Tone } from '../../parts/tones.ts';

export type Run = Answer<'GET /runs/{id}'>;
type Count = Run['counts'][number];

const kinds: Readonly<Record<string, string>> = {
  live: 'Live sync',
  backfill: 'Backfill',
  comparison: 'Comparison of both CRMs',
  revert: 'Revert',
  rebuild: 'Rebuild of the ledger',
  apply: 'New mapping on existing records',
  unknown: 'Run of another version',
};

/** What a run is, such as `Dry run: backfill of contacts`. */
export function runTitle({
  kind,
  object,
  dryRun,
  reverts,
}: Pick<Run, 'kind' | 'object' | 'dryRun' | 'reverts'>): string {
  const name = kinds[kind] ?? formatCode(kind);
  const what = `${name}${object === null ? '' : ` of ${object}`}${reverts === null ? '' : ` of run ${reverts}`}`;
  return dryRun ? `Dry run: ${what.charAt(0).toLowerCase()}${what.slice(1)}` : what;
}

const states: Readonly<Record<string, { text: string; tone: Tone }>> = {
  running: { text: 'Running', tone: 'info' },
  paused: { text: 'Paused', tone: 'warning' },
  stopped: { text: 'Stopped by its limit', tone: 'error' },
  review: { text: 'Waits for a choice', tone: 'warning' },
  ended: { text: 'Done', tone: 'ok' },
  cancelled: { text: 'Cancelled', tone: 'quiet' },
  failed: { text: 'Failed', tone: 'error' },
  unknown: { text: 'Unknown state', tone: 'warning' },
};

/** The same of one run: the live sync is named by its day (UTC, as runs of a day begin at midnight there). */
export function titleOf(run: Run): string {
  return run.kind === 'live' ? `Live sync of ${formatUtcDay(run.startedAt)}` : runTitle(run);
}

/** The state in words, with its tone. */
export function stateOf({ state }: Pick<Run, 'state'>): { text: string; tone: Tone } {
  return states[state] ?? { text: formatCode(state), tone: 'warning' };
}

/** Final states: nothing moves any more. */
export function isOver({ state }: Pick<Run, 'state'>): boolean {
  return state === 'ended' || state === 'cancelled' || state === 'failed';
}

/** How often a run is asked for, in ms; false: what it comes to next is told by an event, or nothing comes any more. */
export function pollMs(run: Pick<Run, 'state' | 'kind'> | undefined): number | false {
  if (run?.state !== 'running') return false;
  return run.kind === 'live' ? 15_000 : 2_000;
}

/** What a person should do next, or why it waits; null: nothing. */
export function nextStep(run: Run): string | null {
  const { state, stoppedReason, kind, dryRun } = run;
  if (run.unknown.length > 0 && !isOver(run))
    return `Another version of Handoff began this run, and this one does not know all of it (${run.unknown.join(', ')}). It is not worked on here. Go back to that version, or cancel it.`;
  if (state === 'stopped' && kind === 'live')
    return 'Live sync came to its safety limit of the day, so it writes nothing more. Look at what it changed today; approve it if that is right.';
  if (state === 'stopped')
    return 'It came to more than was foreseen, so its safety limit stopped it. Look at the counts below; approve it if they are right.';
  if (state === 'review')
    return 'All pairs are linked again. Somebody with the command line says what becomes of fields that differ: `handoff rebuild --policy keep` or `handoff rebuild --policy rules`.';
  if (state === 'paused' && stoppedReason === 'mapping_changed')
    return 'Another mapping was activated meanwhile. Resume it to go on under the new one, or cancel it.';
  if (state === 'paused') return 'A person holds it. Nothing of it is worked off until it is resumed.';
  if (state === 'failed')
    return `It cannot go on: ${failures[stoppedReason ?? ''] ?? formatCode(stoppedReason ?? 'unknown cause')}.`;
  if (state === 'ended' && dryRun && kind === 'backfill') return 'Nothing was written. Below is what the run would do.';
  if (state === 'ended' && !dryRun && kind === 'backfill' && hasLeftAllToLive(run))
    return 'Live sync had these records on its list already, so it works on them: what it writes counts with live sync, not with this run.';
  return null;
}

function hasLeftAllToLive({ counts }: Pick<Run, 'counts'>): boolean {
  return counts.some(({ code }) => code === 'marked') && counts.every(({ kind }) => kind === 'listed');
}

const failures: Readonly<Record<string, string>> = {
  ids_incomplete: 'not all of the ids that were given arrived. Start it again with all of them',
};

/** The filter as a person would say it. */
export function filterWords({ filter }: Pick<Run, 'filter'>): readonly string[] {
  const { since, until, stage, where, list, hasIds } = filter;
  return [
    ...(since === undefined ? [] : [`changed since ${formatMoment(since)}`]),
    ...(until === undefined ? [] : [`changed before ${formatMoment(until)}`]),
    ...(stage === undefined ? [] : [`at stage ${stage}`]),
    ...(list === undefined ? [] : [`in HubSpot list ${list}`]),
    ...(where === undefined ? [] : [`where ${where}`]),
    ...(hasIds === true ? ['with ids that were given one by one'] : []),
  ];
}

const groups: Readonly<Record<Count['kind'], { title: string; note: string }>> = {
  listed: { title: 'Found', note: 'What became of each record when it was listed.' },
  outcome: { title: 'Came to', note: 'What the look at each record came to.' },
  drift: { title: 'Differences', note: 'Where both CRMs and the ledger do not agree.' },
  put_back: { title: 'Put back', note: 'Fields that hold again what they held before.' },
  left: { title: 'Left as it is', note: 'What was not put back, by why.' },
};

/** The counts by what they count, the largest first. */
export function countGroups({ counts }: Pick<Run, 'counts'>) {
  return Object.entries(groups).flatMap(([kind, { title, note }]) => {
    const own = counts.filter((count) => count.kind === kind).sort((one, other) => other.count - one.count);
    return own.length === 0 ? [] : [{ kind, title, note, counts: own }];
  });
}

const codes: Readonly<Record<string, string>> = {
  marked: 'To be looked at',
  below_gate: 'Below the gate: stay in HubSpot',
  filtered: 'Not in the filter',
  unknown_id: 'Ids that no record has',
  duplicate: 'Ids that were given twice',
  create: 'Created in Salesforce',
  link: 'Linked with a record that was there',
  update: 'Changed',
  unchanged: 'Agree already',
  failed: 'Failed',
  needs_person: 'Need a person',
  waiting: 'Wait for another record',
  unlinked: 'Their link has ended',
  reverted: 'Put back',
  nothing_to_put_back: 'Nothing to put back',
  unread: 'Could not be read',
  paused: 'Below the gate again: linked, not updated',
  hubspot: 'Fields in HubSpot',
  salesforce: 'Fields in Salesforce',
  deleted: 'Records that the run had created, deleted',
  missing: 'Past the gate, not in Salesforce',
  not_backfilled: 'Past the gate, never looked at: a backfill takes them in',
  extra: 'Our id in Salesforce leads to nothing',
  unequal: 'A side holds something else than agreed',
  gone: 'Paired, and not found any more',
  unlinked_pair: 'The link has ended, and the record is there',
  failing: 'Differ, and the last look failed',
  ended: 'Past the gate, the link has ended',
  below_gate_present: 'In Salesforce, and below the gate',
  recycled: 'Sent back by sales',
  held: 'Fields that a revert holds',
  frozen: 'Frozen fields',
};

const left: Readonly<Record<string, string>> = leftTexts;

/** What a count's code means. */
export function codeWords({ kind, code }: Pick<Count, 'kind' | 'code'>): string {
  return (kind === 'left' ? left[code] : codes[code]) ?? formatCode(code);
}

/** `12 records would be created and 30 changed.` */
export function foreseen({ forecast, dryRun, progress }: Run): string | null {
  if (!dryRun) return null;
  const { creates, changes } = forecast ?? { creates: progress.created, changes: progress.changed };
  return `${formatUnits(creates, 'record')} would be created and ${formatUnits(changes, 'record')} changed.`;
}

/** The share that is done, 0 to 1; null: nobody knows how much there is. */
export function shareDone({ progress: { done, total } }: Run): number | null {
  if (total === null) return null;
  return total === 0 ? 1 : Math.min(1, done / total);
}

/** What a revert puts back, or would: fields, records it deletes, and how much it leaves. */
export function putBack({ counts }: Pick<Run, 'counts'>): { fields: number; deleted: number; left: number } {
  const sum = (fits: (count: Count) => boolean) => counts.filter(fits).reduce((all, { count }) => all + count, 0);
  return {
    fields: sum(({ kind, code }) => kind === 'put_back' && code !== 'deleted'),
    deleted: sum(({ kind, code }) => kind === 'put_back' && code === 'deleted'),
    left: sum(({ kind }) => kind === 'left'),
  };
}
