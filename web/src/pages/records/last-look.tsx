import { Ago } from '../../parts/time.tsx';
import { pendingWords } from './pending-words.ts';
import classes from './records.module.css';
import type { Told } from './told.ts';

/** When the sync looked at a record last and what it decided then, and when it looks again: entries of a list of facts. */
export function LastLook({ told: { decision, mode, pending } }: { told: Told }) {
  return (
    <>
      <dt>Last look</dt>
      <dd>
        {decision === null ? (
          <span className={classes.soft}>Never looked at</span>
        ) : (
          <>
            <Ago at={decision.at} />
            <p className={classes.dim}>
              {decision.text}
              {decision.observedOnly && mode === 'live' && ' Only observed then: nothing was written.'}
            </p>
          </>
        )}
      </dd>
      <dt>Next look</dt>
      <dd>
        {pending === null ? (
          <span className={classes.soft}>With the next change of either side</span>
        ) : (
          <>
            {pending.dueAt === null ? 'On hold' : <Ago at={pending.dueAt} />}
            {pendingWords(pending) !== null && <p className={classes.dim}>{pendingWords(pending)}</p>}
          </>
        )}
      </dd>
    </>
  );
}
