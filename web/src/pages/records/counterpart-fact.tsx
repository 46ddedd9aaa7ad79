import { CrmLink } from '../../parts/crm-link.tsx';
import { Ago } from '../../parts/time.tsx';
import classes from './records.module.css';
import type { Told } from './told.ts';

/** The record of the other side, and since when it is paired: an entry of a list of facts. */
export function CounterpartFact({ told: { counterpart, since } }: { told: Told }) {
  return (
    <>
      <dt>In Salesforce as</dt>
      <dd>
        {counterpart === null ? (
          <span className={classes.soft}>Not there</span>
        ) : (
          <>
            <CrmLink
              system="salesforce"
              object={counterpart.object}
              id={counterpart.id}
              text={`${counterpart.object} ${counterpart.id}`}
            />
            {since !== null && (
              <p className={classes.dim}>
                Paired <Ago at={since} />
              </p>
            )}
          </>
        )}
      </dd>
    </>
  );
}
