import type { ActionEnd, ActionLedger, NewAction } from '../ports/ledger-access.ts';

/** All that commands do that changes state, as the audit log has it; the API notes the same by the same codes. */
export const cliActionCodes = [
  'pause',
  'resume',
  'contact_thaw',
  'company_thaw',
  'deal_thaw',
  'failures_retry',
  'backfill_start',
  'comparison_start',
  'run_revert',
  'run_pause',
  'run_resume',
  'run_cancel',
  'run_approve',
  'rebuild_start',
  'rebuild_choose',
  'mapping_activate',
  'setup_apply',
] as const;

/** What a command does, and on what. Texts that do not have the form of an id or a name are left out of it by whoever notes it. */
export type CliAction = { code: (typeof cliActionCodes)[number] } & Partial<Pick<NewAction, 'target' | 'details'>>;

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
