import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useAction } from '../../api/hooks.ts';
import { useCan, useSession } from '../../api/session.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { formatSpan, formatUnits } from '../../parts/format.ts';
import { bodyOf } from './remembered.ts';
import { putBack, type Run } from './run-words.ts';
import classes from './runs.module.css';

/** Under a dry run that is done: the step to the real one, which says how many records it is about. */
export function StartForReal({ run }: { run: Run }) {
  if (!run.dryRun || run.state !== 'ended') return null;
  if (run.kind === 'backfill') return <StartBackfill run={run} />;
  return run.kind === 'revert' && run.reverts !== null ? <StartRevert run={run} of={run.reverts} /> : null;
}

function StartBackfill({ run }: { run: Run }) {
  const [, navigate] = useLocation();
  const start = useAction('POST /backfills', { quiet: true });
  const body = bodyOf(run);
  const { creates = 0, changes = 0, calls, durationMs = 0 } = run.forecast ?? {};
  if (creates + changes === 0)
    return (
      <Card title="Start it">
        <p className={classes.soft}>There is nothing to start: the run would write nothing.</p>
      </Card>
    );
  if (body === null)
    return (
      <Card title="Start it">
        <p className={classes.soft}>
          The service does not keep lists of ids and expressions, as they may name a person.{' '}
          <Link href="/runs/new" className={classes.textLink}>
            Give them again
          </Link>{' '}
          to start this backfill.
        </p>
      </Card>
    );
  return (
    <Start
      title="Start this backfill"
      label={`Write ${formatUnits(creates + changes, 'record')}`}
      busy={start.busy}
      problem={start.problem}
      onConfirm={() => start.press({ body }, ({ id }) => navigate(`/runs/${id}`))}
    >
      <p>
        <strong>{formatUnits(creates, 'record')}</strong> will be created and{' '}
        <strong>{formatUnits(changes, 'record')}</strong> changed, as of the dry run.
      </p>
      {calls !== undefined && (
        <p>
          It costs about {formatUnits(calls.hubspot, 'call')} to HubSpot and {formatUnits(calls.salesforce, 'call')} to
          Salesforce, and takes about {formatSpan(durationMs / 1_000)}. It stops by itself if it comes to much more. It
          can be reverted.
        </p>
      )}
    </Start>
  );
}

function StartRevert({ run, of }: { run: Run; of: string }) {
  const [, navigate] = useLocation();
  const start = useAction('POST /runs/{id}/revert', { quiet: true });
  const { fields, deleted, left } = putBack(run);
  if (fields + deleted === 0)
    return (
      <Card title="Start it">
        <p className={classes.soft}>There is nothing that could be put back.</p>
      </Card>
    );
  const body = { ...(run.created === undefined ? {} : { created: run.created }), dryRun: false };
  const records = deleted > 0 ? ` and delete ${formatUnits(deleted, 'record')}` : '';
  return (
    <Start
      title={`Revert run ${of}`}
      label={`Put back ${formatUnits(fields, 'field')}${records}`}
      danger
      busy={start.busy}
      problem={start.problem}
      onConfirm={() => start.press({ params: { id: of }, body }, ({ id }) => navigate(`/runs/${id}`))}
    >
      <p>
        <strong>{formatUnits(fields, 'field')}</strong> will hold again what they held before run {of}
        {deleted > 0 && (
          <>
            , and <strong>{formatUnits(deleted, 'record')}</strong> that it created will be deleted
          </>
        )}
        .
      </p>
      <p>
        {formatUnits(left, 'thing')} will be left as it is, for the reasons below. The revert is a run of its own and
        can be reverted.
      </p>
    </Start>
  );
}

type StartProps = Pick<
  Parameters<typeof Confirm>[0],
  'title' | 'danger' | 'busy' | 'problem' | 'onConfirm' | 'children'
> & {
  label: string;
};

function Start({ title, label, children, ...rest }: StartProps) {
  const [opened, setOpened] = useState(false);
  const can = useCan();
  const { mode } = useSession();
  return (
    <Card title={title}>
      {children}
      {mode === 'observe' && (
        <p className={classes.soft}>
          The service only observes: the run would plan and record, and write nothing to either CRM.
        </p>
      )}
      {can('admin') ? (
        <Button color={rest.danger ? 'red' : 'blue'} onClick={() => setOpened(true)}>
          {label}…
        </Button>
      ) : (
        <p className={classes.soft}>Somebody with the role admin can start it.</p>
      )}
      <Confirm {...rest} opened={opened} onClose={() => setOpened(false)} title={title} confirmLabel={label}>
        {children}
      </Confirm>
    </Card>
  );
}
