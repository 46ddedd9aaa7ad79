import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAction } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { showDone } from '../../layout/notices.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { formatUnits } from '../../parts/format.ts';
import { retryLabel } from './words.ts';

type Props = {
  count: number;
  /** Absent: all causes. */
  code?: string;
  label: string;
};

/** Looks again at all records of one cause, or of all, once somebody has confirmed how many they are. */
export function RetryGroup({ count, code, label }: Props) {
  const [opened, setOpened] = useState(false);
  const can = useCan();
  const retry = useAction('POST /failures/retry', { quiet: true });
  const allowed = can('operator');
  const press = () =>
    retry.press({ body: code === undefined ? {} : { code } }, ({ marked }) => {
      setOpened(false);
      showDone(`${formatUnits(marked, 'record')} ${marked === 1 ? 'is' : 'are'} looked at again now.`);
    });
  const close = () => {
    setOpened(false);
    retry.mutation.reset();
  };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={!allowed}
        title={allowed ? undefined : 'Your role is viewer: an operator can do this'}
        onClick={() => setOpened(true)}
      >
        {label}
      </Button>
      <Confirm
        opened={opened}
        onClose={close}
        onConfirm={press}
        title={code === undefined ? 'Retry all failures?' : 'Retry this cause?'}
        confirmLabel={retryLabel(count)}
        busy={retry.busy}
        problem={retry.problem}
      >
        {formatUnits(count, 'record')} {count === 1 ? 'is' : 'are'} looked at again. Where the cause is gone, the record
        is synced and leaves this list. Where it is not, it fails again and stays.
      </Confirm>
    </>
  );
}
