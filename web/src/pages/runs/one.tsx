import { Link, useParams } from 'wouter';
import { useApi } from '../../api/hooks.ts';
import { Card } from '../../parts/card.tsx';
import { formatUnits } from '../../parts/format.ts';
import { Loading } from '../../parts/loading.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import parts from '../../parts/parts.module.css';
import { Prose } from '../../parts/prose.tsx';
import { Tag } from '../../parts/tone.tsx';
import { Unread } from '../../parts/unread.tsx';
import { CountsCard } from './counts-card.tsx';
import { FactsCard } from './facts-card.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { RunActions } from './run-actions.tsx';
import { foreseen, isOver, nextStep, pollMs, type Run, stateOf, titleOf } from './run-words.ts';
import classes from './runs.module.css';
import { StartForReal } from './start-for-real.tsx';

/** One run: how far it is, what became of its records, and what may be done about it. */
export function Page() {
  const { id = '' } = useParams();
  // While it is on it moves without an event for each of its steps.
  const run = useApi('GET /runs/{id}', { params: { id } }, { refetchInterval: ({ state }) => pollMs(state.data) });
  if (run.data === undefined)
    return (
      <>
        <PageHeader title={`Run ${id}`} />
        <Unread query={run} waiting={<Loading rows={6} height={48} />} />
      </>
    );
  return <Told run={run.data} />;
}

function Told({ run }: { run: Run }) {
  const { text, tone } = stateOf(run);
  const next = nextStep(run);
  const would = foreseen(run);
  return (
    <>
      <p className={classes.soft}>
        <Link href="/runs" className={parts.link}>
          Runs
        </Link>{' '}
        / {run.id}
      </p>
      <PageHeader title={titleOf(run)} sentence={<Tag tone={tone}>{text}</Tag>} actions={<RunActions run={run} />} />
      <div className={classes.stack}>
        {next !== null && (
          <div className={classes.notice} data-tone={tone} role="status">
            <p>
              <Prose text={next} />
            </p>
          </div>
        )}
        <Card title={run.kind === 'live' ? 'So far' : 'Progress'}>
          {would !== null && isOver(run) && <p className={classes.big}>{would}</p>}
          {run.kind === 'live' ? <p className={classes.big}>{written(run)}</p> : <ProgressBar run={run} />}
        </Card>
        <StartForReal run={run} />
        <div className={classes.columns}>
          {run.kind === 'live' ? <LiveCard run={run} /> : <CountsCard run={run} />}
          <FactsCard run={run} />
        </div>
      </div>
    </>
  );
}

/** The live sync counts what it wrote alone: each record tells for itself. */
function LiveCard({ run: { id } }: { run: Run }) {
  return (
    <Card title="What became of the records">
      <p className={classes.soft}>
        Live sync works on each record as it changes.{' '}
        <Link href={`/activity?run=${id}`} className={classes.textLink}>
          See every change of this day
        </Link>
        .
      </p>
    </Card>
  );
}

function written({ progress: { created, changed } }: Run): string {
  return `${formatUnits(created, 'record')} created and ${formatUnits(changed, 'record')} changed.`;
}
