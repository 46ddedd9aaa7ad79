import { Ago } from '../../parts/time.tsx';
import classes from './records.module.css';
import type { Told } from './told.ts';

/** When the sync looked at a record last, and what it decided then: two entries of a list of facts. */
export function LastLook({ told: { decision, mode } }: { told: Told }) {
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
    </>
  );
}
