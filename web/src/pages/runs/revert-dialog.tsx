import { Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useAction } from '../../api/hooks.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { formatUnits } from '../../parts/format.ts';
import type { Run } from './run-words.ts';

type Props = { run: Run; opened: boolean; onClose(): void };

/** Asks what becomes of created records, then plans the revert: the real one is started from its dry run. */
export function RevertDialog({ run, opened, onClose }: Props) {
  const [, navigate] = useLocation();
  const [created, setCreated] = useState<'keep' | 'delete'>('keep');
  const plan = useAction('POST /runs/{id}/revert', { quiet: true });
  const { created: count, changed } = run.progress;
  const body = { ...(count === 0 ? {} : { created }), dryRun: true };
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      onConfirm={() => plan.press({ params: { id: run.id }, body }, ({ id }) => navigate(`/runs/${id}`))}
      title={`Revert run ${run.id}`}
      confirmLabel="See what would be put back"
      busy={plan.busy}
      problem={plan.problem}
    >
      <Stack gap="sm">
        <p>
          The run changed {formatUnits(changed, 'record')} and created {formatUnits(count, 'record')}. Each field that
          still holds what the run wrote gets back what it held before, on both sides. First a dry run shows what that
          comes to; nothing is written yet.
        </p>
        {count > 0 && (
          <Radio.Group
            label={`What becomes of the ${formatUnits(count, 'record')} it created?`}
            value={created}
            onChange={(value) => setCreated(value === 'delete' ? 'delete' : 'keep')}
          >
            <Stack gap={6} mt={6}>
              <Radio value="keep" label="Keep them" />
              <Radio value="delete" label="Delete them, as far as nobody has changed them since" />
            </Stack>
          </Radio.Group>
        )}
      </Stack>
    </Confirm>
  );
}
