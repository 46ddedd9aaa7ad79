import { describeError } from '../log.ts';
import type { Log } from '../ports/log.ts';

/** What was opened and in which group, so that it can be closed in the reverse order. */
export type Steps = {
  add(group: 'queue' | 'database', name: string, close: () => Promise<unknown>): void;
  /** Closes the group's members, the last one first. A member that fails is reported and does not keep the others open. */
  close(group: 'queue' | 'database'): Promise<void>;
};

/** Collects what a service opens. */
export function createSteps(log: Log): Steps {
  const opened: { group: string; name: string; close: () => Promise<unknown> }[] = [];
  return {
    add(group, name, close) {
      opened.push({ group, name, close });
    },
    async close(group) {
      for (const step of opened.filter((one) => one.group === group).reverse()) {
        opened.splice(opened.indexOf(step), 1);
        await step
          .close()
          .catch((thrown: unknown) => log.warn({ ...describeError(thrown), name: step.name }, 'closing failed'));
      }
    },
  };
}
