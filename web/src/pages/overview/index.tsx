import { useApi } from '../../api/hooks.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Ago } from '../../parts/time.tsx';
import { Unread } from '../../parts/unread.tsx';
import { Agreement } from './agreement.tsx';
import { Budgets } from './budgets.tsx';
import { Causes } from './causes.tsx';
import { Flow } from './flow.tsx';
import { Health } from './health.tsx';
import { OpenIncidents } from './incidents.tsx';
import classes from './overview.module.css';
import { PauseButton } from './pause.tsx';
import { Processes, RunsActive } from './running.tsx';
import { Sources } from './sources.tsx';
import { Tiles } from './tiles.tsx';
import { Waiting } from './waiting.tsx';

/** Is it healthy, in one glance, and what to do first where it is not. */
export function Page() {
  const incidents = useApi('GET /incidents', {}, { refetchInterval: 60_000 });
  const overview = useApi('GET /overview', {}, { refetchInterval: 60_000 });
  // Shown together, so that nothing moves when the second answer comes; an answer that fails is not waited for.
  const isAwaited = incidents.isPending && incidents.failureCount === 0;
  const data = isAwaited ? undefined : overview.data;
  const read = data === undefined ? null : <Ago at={data.at} />;
  return (
    <>
      <PageHeader
        title="Overview"
        sentence={
          <>Whether both CRMs are in agreement, and what to do first if not. {read !== null && <>Read {read}.</>}</>
        }
        actions={data !== undefined && <PauseButton overview={data} />}
      />
      {data === undefined && <Unread query={overview} waiting={<Waiting />} />}
      {data !== undefined && (
        <div className={classes.page}>
          <Health overview={data} incidents={incidents.data} />
          {incidents.data === undefined && <Unread query={incidents} waiting={null} />}
          <OpenIncidents incidents={incidents.data} />
          <Tiles overview={data} />
          <Flow flow={data.flow} />
          <div className={classes.columns}>
            <div className={classes.stack}>
              <Sources sources={data.sources} />
              <RunsActive runs={data.runsActive} />
              <Processes processes={data.processes} active={data.mappingVersion} />
            </div>
            <div className={classes.stack}>
              <Causes failures={data.failures} />
              <Budgets budgets={data.budgets} />
              <Agreement overview={data} />
            </div>
          </div>
        </div>
      )}
    </>
  );
}
