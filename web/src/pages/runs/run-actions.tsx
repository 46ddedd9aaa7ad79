import { Button } from '@mantine/core';
import { IconArrowBackUp, IconCheck, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { formatUnits } from '../../parts/format.ts';
import { RevertDialog } from './revert-dialog.tsx';
import { isOver, type Run } from './run-words.ts';

/** What may be done about a run in its state by whoever is signed in. */
export function RunActions({ run }: { run: Run }) {
  const can = useCan();
  const isLive = run.kind === 'live';
  return (
    <>
      {run.state === 'running' && !isLive && can('operator') && <Pause run={run} />}
      {run.state === 'paused' && run.unknown.length === 0 && can('admin') && <Resume run={run} />}
      {run.state === 'stopped' && run.unknown.length === 0 && can('admin') && <Approve run={run} />}
      {/* A rebuild in review waits for its policy: it cannot be cancelled. */}
      {!isOver(run) && run.state !== 'review' && !isLive && can('admin') && <Cancel run={run} />}
      {isOver(run) && !run.dryRun && run.progress.created + run.progress.changed > 0 && can('admin') && (
        <Revert run={run} />
      )}
    </>
  );
}

function Pause({ run: { id } }: { run: Run }) {
  const pause = useAction('POST /runs/{id}/pause');
  return (
    <Button
      variant="default"
      leftSection={<IconPlayerPause size={16} aria-hidden="true" />}
      loading={pause.busy}
      onClick={() => pause.press({ params: { id } })}
    >
      Pause
    </Button>
  );
}

function Resume({ run: { id } }: { run: Run }) {
  const resume = useAction('POST /runs/{id}/resume');
  return (
    <Button
      leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
      loading={resume.busy}
      onClick={() => resume.press({ params: { id } })}
    >
      Resume
    </Button>
  );
}

function Approve({ run }: { run: Run }) {
  const [opened, setOpened] = useState(false);
  const approve = useAction('POST /runs/{id}/approve', { quiet: true });
  const { created, changed } = run.progress;
  return (
    <>
      <Button leftSection={<IconCheck size={16} aria-hidden="true" />} onClick={() => setOpened(true)}>
        Approve…
      </Button>
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        onConfirm={() => approve.press({ params: { id: run.id } }, () => setOpened(false))}
        title={`Let run ${run.id} go on`}
        confirmLabel={`Go on with ${formatUnits(run.backlog, 'record')}`}
        busy={approve.busy}
        problem={approve.problem}
      >
        <p>
          It has created {formatUnits(created, 'record')} and changed {formatUnits(changed, 'record')}, and was to stop
          at {formatUnits(run.limits.creates, 'create')} and {formatUnits(run.limits.changes, 'change')}.{' '}
          {formatUnits(run.backlog, 'record')} are waiting. No limit stops it again.
        </p>
      </Confirm>
    </>
  );
}

function Cancel({ run }: { run: Run }) {
  const [opened, setOpened] = useState(false);
  const cancel = useAction('POST /runs/{id}/cancel', { quiet: true });
  return (
    <>
      <Button variant="default" leftSection={<IconX size={16} aria-hidden="true" />} onClick={() => setOpened(true)}>
        Cancel run…
      </Button>
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        onConfirm={() => cancel.press({ params: { id: run.id } }, () => setOpened(false))}
        title={`Cancel run ${run.id}`}
        confirmLabel="Cancel the run"
        danger
        busy={cancel.busy}
        problem={cancel.problem}
      >
        <p>
          {formatUnits(run.backlog, 'record')} that wait for it are let go. What it wrote stays; it can be reverted
          afterwards. A cancelled run cannot go on.
        </p>
      </Confirm>
    </>
  );
}

function Revert({ run }: { run: Run }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconArrowBackUp size={16} aria-hidden="true" />}
        onClick={() => setOpened(true)}
      >
        Revert…
      </Button>
      <RevertDialog run={run} opened={opened} onClose={() => setOpened(false)} />
    </>
  );
}
