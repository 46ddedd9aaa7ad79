import { notifications } from '@mantine/notifications';
import type { Problem } from '../api/problem.ts';

/** A notice of what went wrong; it stays until it is closed, for there may be something to do. */
export function showProblem(problem: Problem): void {
  notifications.show({
    color: 'red',
    title: 'That did not work',
    message: `${problem.message} (${problem.code})`,
    autoClose: false,
    withBorder: true,
  });
}

/** A notice that something was done. */
export function showDone(message: string): void {
  notifications.show({ color: 'teal', message, withBorder: true });
}
