import type { ActionEnd, ActionLedger, NewAction } from '../ports/ledger-access.ts';

/** What a command does that changes state, as the audit log has it; the API notes the same by the same codes. */
export type CliAction = Pick<NewAction, 'code'> & Partial<Pick<NewAction, 'target' | 'details'>>;

/**
 * Does what somebody asked for at the command line, noted in the audit log before and behind it. Where it cannot be noted it is not done.
 *
 * @param learn what the result tells of it, such as the run that was started
 */
export type Audited = <Result>(
  ledger: ActionLedger,
  action: CliAction,
  work: () => Promise<Result>,
  learn?: (result: Result) => Pick<ActionEnd, 'target' | 'details'>,
) => Promise<Result>;

/** A run, as what an action is about. What can be no run's id is somebody's own text, and is not kept. */
export function ofRun(id: string): { target: NewAction['target'] } {
  return { target: /^\d{1,18}$/.test(id) ? { kind: 'run', id } : null };
}
