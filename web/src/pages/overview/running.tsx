import { Link } from 'wouter';
import { useCan } from '../../api/session.tsx';
import { Card } from '../../parts/card.tsx';
import { Ago } from '../../parts/time.tsx';
import { Tag, type Tone } from '../../parts/tone.tsx';
import classes from './overview.module.css';
import type { Overview } from './types.ts';

const kinds: Readonly<Record<string, string>> = {
  live: 'Live sync of the day',
  backfill: 'Backfill',
  comparison: 'Comparison',
  revert: 'Revert',
  rebuild: 'Rebuild',
  apply: 'Applying a mapping',
};
const objects: Readonly<Record<string, string>> = {
  contact: 'contacts',
  company: 'companies',
  deal: 'deals',
  lead: 'Leads',
  opportunity: 'Opportunities',
};
const states: Readonly<Record<string, { text: string; tone: Tone }>> = {
  running: { text: 'Running', tone: 'info' },
  paused: { text: 'Paused', tone: 'warning' },
  stopped: { text: 'Stopped by a safety limit', tone: 'error' },
  review: { text: 'Waits for a decision', tone: 'warning' },
};

/** Bounded work that is not over, and live sync. */
export function RunsActive({ runs }: { runs: Overview['runsActive'] }) {
  const can = useCan();
  return (
    <Card title="Active runs" actions={can('operator') && <Link href="/runs/new">Start a backfill</Link>}>
      {runs.length === 0 ? (
        <p className={classes.none}>No run is active.</p>
      ) : (
        <ul className={classes.list}>
          {runs.map(({ id, kind, object, state, dryRun }) => (
            <li key={id} className={classes.item}>
              <Link href={`/runs/${id}`}>
                {kinds[kind] ?? kind}
                {object !== null && ` of ${objects[object] ?? object}`}
              </Link>
              <span className={classes.tags}>
                {dryRun && <Tag>Dry run</Tag>}
                <Tag tone={states[state]?.tone ?? 'quiet'}>{states[state]?.text ?? state}</Tag>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** A process is named by a random id, of which the beginning tells it apart. */
const shownOfId = 8;

type ProcessesProps = { processes: Overview['processes']; active: number | null };
const roles: Readonly<Record<string, string>> = { all: 'everything', http: 'web', worker: 'worker' };

/** What of Handoff runs, and under which version of the mapping. */
export function Processes({ processes, active }: ProcessesProps) {
  return (
    <Card title="Processes">
      {processes.length === 0 ? (
        <p className={classes.none}>No process was heard of within the hour.</p>
      ) : (
        <ul className={classes.list}>
          {processes.map(({ id, role, seenAt, mappingVersion }) => (
            <li key={id} className={classes.item}>
              <span className={classes.process}>
                <span title={id}>{id.slice(0, shownOfId)}</span>{' '}
                <span className={classes.dim}>({roles[role] ?? role})</span>
              </span>
              <span className={classes.tags}>
                {active !== null && mappingVersion !== active && (
                  <Tag tone="warning">mapping version {mappingVersion}</Tag>
                )}
                <span className={classes.dim}>
                  heard of <Ago at={seenAt} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
