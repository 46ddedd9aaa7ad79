import { toSyncError } from '../../errors.ts';
import type { ActionEnd, ActionLedger, NewAction } from '../../ports/ledger-access.ts';

/** What is only known once it is done. */
type Learnt = Pick<ActionEnd, 'target' | 'details'>;

/**
 * Notes what somebody asks for, lets it be done, and notes how it ended. Where it cannot be noted it is not done.
 *
 * @param learn what the result tells of it, such as the run that was started
 * @throws what the work throws; SyncError when the ledger does not answer
 */
export async function recordAction<Result>(
  ledger: ActionLedger,
  action: NewAction,
  work: () => Promise<Result>,
  learn: (result: Result) => Learnt = () => ({}),
): Promise<Result> {
  const id = await ledger.askAction(action);
  try {
    const result = await work();
    await ledger.endAction(id, { outcome: 'done', status: null, problem: null, ...learn(result) });
    return result;
  } catch (thrown) {
    const { kind, code } = toSyncError(thrown);
    const outcome = kind === 'needs-human' || kind === 'permanent' ? 'refused' : 'failed';
    // The fault itself is what the caller must hear of.
    await ledger.endAction(id, { outcome, status: null, problem: code }).catch(() => undefined);
    throw thrown;
  }
}
