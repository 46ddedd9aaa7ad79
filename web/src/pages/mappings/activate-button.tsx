import { Button, Checkbox, Stack } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { useAction } from '../../api/hooks.ts';
import { useCan } from '../../api/session.tsx';
import { showDone } from '../../layout/notices.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { formatUnits } from '../../parts/format.ts';

/** Makes a version the live one, and offers to apply it to records that are linked already. For admins. */
export function ActivateButton({ version }: { version: number }) {
  const can = useCan();
  const [, navigate] = useLocation();
  const [opened, setOpened] = useState(false);
  const [apply, setApply] = useState(false);
  const activate = useAction('POST /mappings/{version}/activate', { quiet: true });
  if (!can('admin')) return null;
  const confirm = () =>
    activate.press({ params: { version }, body: { apply } }, ({ pausedRuns, run }) => {
      setOpened(false);
      const paused =
        pausedRuns.length === 0 ? '' : ` ${formatUnits(pausedRuns.length, 'run')} paused: resume or cancel each.`;
      showDone(`Version ${version} is live.${paused}`);
      navigate(run === null ? '/mappings' : `/runs/${run}`);
    });
  return (
    <>
      <Button onClick={() => setOpened(true)}>Activate…</Button>
      <Confirm
        opened={opened}
        onClose={() => setOpened(false)}
        onConfirm={confirm}
        title={`Activate version ${version}`}
        confirmLabel={apply ? 'Activate and apply' : 'Activate'}
        busy={activate.busy}
        problem={activate.problem}
      >
        <Stack gap="sm">
          <p>
            From now on every look at a record goes by version {version}. Runs that are on are paused until somebody
            resumes or cancels them. An earlier version can be activated again in the same way.
          </p>
          <Checkbox
            checked={apply}
            onChange={(event) => setApply(event.currentTarget.checked)}
            label="Apply it to records that are linked already"
            description="As a run of its own, with a safety limit; it can be reverted. Without it only later changes go by the new version."
          />
        </Stack>
      </Confirm>
    </>
  );
}
