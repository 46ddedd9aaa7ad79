import { Button, Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.ts';
import { Failed } from './failed.tsx';
import classes from './parts.module.css';

type Props = {
  opened: boolean;
  onClose(): void;
  onConfirm(): void;
  title: string;
  /** What will happen, with the number of records. */
  children: ReactNode;
  /** The button says what it does: `Revert 120 records`. */
  confirmLabel: string;
  danger?: boolean;
  busy?: boolean;
  disabled?: boolean;
  problem?: Problem | null;
};

/** Asks before something happens that cannot be taken back at once. */
export function Confirm(props: Props) {
  const { opened, onClose, onConfirm, title, children, confirmLabel, problem } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={<strong>{title}</strong>}>
      <form
        className={classes.confirm}
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        <div>{children}</div>
        {problem !== undefined && problem !== null && <Failed title="That did not work" problem={problem} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            color={props.danger ? 'red' : 'blue'}
            loading={props.busy ?? false}
            disabled={props.disabled ?? false}
          >
            {confirmLabel}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
