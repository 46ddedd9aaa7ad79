import { Button, Textarea } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useState } from 'react';
import { useAction } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { showDone } from '../../layout/notices.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { formatUnits } from '../../parts/format.ts';
import classes from './overview.module.css';
import type { Overview } from './types.ts';

/** Stops all writes; asks for the reason, which everybody else will see. */
export function PauseButton({ overview }: { overview: Overview }) {
  const can = useCan();
  const [opened, setOpened] = useState(false);
  const [reason, setReason] = useState('');
  const pause = useAction('POST /pause', { quiet: true });
  if (overview.paused !== null || !can('operator')) return null;
  const confirm = () =>
    pause.press({ body: { reason: reason.trim() } }, () => {
      setOpened(false);
      setReason('');
      showDone('All writes are paused.');
    });
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlayerPause size={16} stroke={1.7} aria-hidden="true" />}
        onClick={() => setOpened(true)}
      >
        Pause all writes
      </Button>
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        onConfirm={confirm}
        title="Pause all writes to both CRMs?"
        confirmLabel="Pause all writes"
        danger
        busy={pause.busy}
        disabled={reason.trim() === ''}
        problem={pause.problem}
      >
        <p className={classes.lead}>
          Nothing is written to HubSpot or Salesforce until an admin lets writes go on. Changes are still noted, and are
          worked on then.
        </p>
        <Textarea
          label="Reason"
          description="Everybody who looks at this page sees it."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={300}
          autosize
          minRows={2}
          required
          withAsterisk={false}
          data-autofocus
        />
      </Confirm>
    </>
  );
}

type PausedProps = {
  paused: NonNullable<Overview['paused']>;
  /** The service's own sentence, which also knows since when. */
  text: string | undefined;
  overview: Overview;
};

/** Says that writes are paused, by whom and why; an admin lets them go on. */
export function Paused({ paused, text, overview }: PausedProps) {
  const can = useCan();
  const [opened, setOpened] = useState(false);
  const resume = useAction('POST /resume', { quiet: true });
  const { due, background } = overview.pending;
  return (
    <div className={classes.paused}>
      <IconPlayerPause size={18} stroke={1.8} aria-hidden="true" />
      <span className={classes.pausedText}>
        <strong>{text ?? `All writes to both CRMs are paused by ${paused.by ?? 'somebody'}.`}</strong>{' '}
        {!can('admin') && 'An admin can let them go on.'}
      </span>
      {can('admin') && (
        <Button
          size="xs"
          leftSection={<IconPlayerPlay size={14} stroke={1.7} aria-hidden="true" />}
          onClick={() => setOpened(true)}
        >
          Resume
        </Button>
      )}
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        onConfirm={() =>
          resume.press({}, () => {
            setOpened(false);
            showDone('Writes go on.');
          })
        }
        title="Let writes go on?"
        confirmLabel="Resume writes"
        busy={resume.busy}
        problem={resume.problem}
      >
        {formatUnits(due + background, 'record')} {due + background === 1 ? 'waits' : 'wait'} and will be worked on at
        once.
      </Confirm>
    </div>
  );
}
