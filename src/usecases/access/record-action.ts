import { keepDetails, keepTarget } from '../../domain/activity/keep-facts.ts';
import { toSyncError } from '../../errors.ts';
import type { ActionEnd, ActionLedger, NewAction } from '../../ports/ledger-access.ts';

/** What is only known once it is done. */
type Learnt = Pick<ActionEnd, 'target' | 'details'>;

/** Where actions are noted. `onUnnoted` is told why the end of one that was done could not be: its row stays `asked`. */
type ActionNotes = { ledger: ActionLedger; onUnnoted(thrown: unknown): void };

/**
 * Notes what somebody asks for, lets it be done, and notes how it ended. Where it cannot be noted it is not done; what was done counts as done,
 * also where its end cannot be noted.
 *
 * @param learn what the result tells of it, such as the run that was started
 * @throws what the work throws; SyncError when the ledger does not answer before the work
 */
export async function recordAction<Result>(
  { ledger, onUnnoted }: ActionNotes,
  action: NewAction,
  work: () => Promise<Result>,
  learn: (result: Result) => Learnt = () => ({}),
): Promise<Result> {
  const { target, details } = action;
  const id = await ledger.askAction({ ...action, target: keepTarget(target), details: keepDetails(details) });
  const result = await doOrNote(ledger, id, work);
  try {
    await ledger.endAction(id, { outcome: 'done', status: null, problem: null, ...kept(learn(result)) });
  } catch (thrown) {
    onUnnoted(thrown);
  }
  return result;
}

async function doOrNote<Result>(ledger: ActionLedger, id: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (thrown) {
    const { kind, code } = toSyncError(thrown);
    const outcome = kind === 'needs-human' || kind === 'permanent' ? 'refused' : 'failed';
    // The fault itself is what the caller must hear of.
    await ledger.endAction(id, { outcome, status: null, problem: code }).catch(() => undefined);
    throw thrown;
  }
}

function kept({ target, details }: Learnt): Learnt {
  return {
    ...(target === undefined ? {} : { target: keepTarget(target) }),
    ...(details === undefined ? {} : { details: keepDetails(details) }),
  };
}
