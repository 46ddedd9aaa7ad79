import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Card } from '../../parts/card.tsx';
import { formatCount, formatSpan, formatUnits } from '../../parts/format.ts';
import parts from '../../parts/parts.module.css';
import { Moment } from '../../parts/time.tsx';
import { filterWords, type Run } from './run-words.ts';
import classes from './runs.module.css';

/** Who asked for it, what it takes, what it may cost. */
export function FactsCard({ run }: { run: Run }) {
  const filter = filterWords(run);
  const runLink = (id: string) => (
    <Link key={id} href={`/runs/${id}`} className={parts.link}>
      run {id}
    </Link>
  );
  return (
    <Card title="About this run">
      <dl className={classes.facts}>
        <Fact name="Asked for by">{run.requestedBy ?? 'the service'}</Fact>
        <Fact name="Started">
          <Moment at={run.startedAt} />
        </Fact>
        {run.endedAt !== null && (
          <Fact name="Ended">
            <Moment at={run.endedAt} /> (took {tookWords(run.startedAt, run.endedAt)})
          </Fact>
        )}
        {run.kind === 'backfill' && (
          <Fact name="Takes">{filter.length === 0 ? 'all records' : filter.join(', and ')}</Fact>
        )}
        {run.mappingVersion !== null && (
          <Fact name="Mapping">
            <Link href={`/mappings/${run.mappingVersion}`} className={parts.link}>
              version {run.mappingVersion}
            </Link>
          </Fact>
        )}
        <Fact name={run.dryRun ? 'Would write' : 'Wrote'}>
          {formatUnits(run.progress.created, 'create')}, {formatUnits(run.progress.changed, 'change')}
        </Fact>
        {!run.dryRun && (
          <Fact name="Safety limit">
            {formatUnits(run.limits.creates, 'create')}, {formatUnits(run.limits.changes, 'change')}; beyond that it
            stops and waits for approval
          </Fact>
        )}
        <Forecast run={run} />
        {run.created !== undefined && (
          <Fact name="Created records">{run.created === 'delete' ? 'are deleted again' : 'are kept'}</Fact>
        )}
        {run.reverts !== null && <Fact name="Puts back">{runLink(run.reverts)}</Fact>}
        {run.revertedBy.length > 0 && <Fact name="Put back by">{run.revertedBy.map(runLink)}</Fact>}
      </dl>
    </Card>
  );
}

function Forecast({ run: { forecast, dryRun } }: { run: Run }) {
  if (forecast === null) return null;
  const { calls, callsLeft, creates, changes, sampled, isExact, durationMs } = forecast;
  const left = (value: number | null) => (value === null ? '' : ` of ${formatCount(value)} left`);
  return (
    <>
      {!dryRun && (
        <Fact name="Foreseen">
          {formatUnits(creates, 'create')}, {formatUnits(changes, 'change')}{' '}
          {isExact ? '(every record was planned)' : `(from a sample of ${formatUnits(sampled, 'record')})`}
        </Fact>
      )}
      <Fact name={dryRun ? 'Would cost' : 'Cost foreseen'}>
        {formatUnits(calls.hubspot, 'call')}
        {left(callsLeft.hubspot)} to HubSpot, {formatUnits(calls.salesforce, 'call')}
        {left(callsLeft.salesforce)} to Salesforce, about {formatSpan(durationMs / 1_000)}
      </Fact>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function tookWords(from: string, to: string): string {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000;
  return seconds < 1 ? 'less than a second' : formatSpan(seconds);
}
