import { Link } from 'wouter';
import { Empty } from '../../parts/empty.tsx';
import { formatCode } from '../../parts/format.ts';
import { PageHeader } from '../../parts/page-header.tsx';
import { Cause } from './cause.tsx';
import { FailedRecords } from './failed-records.tsx';
import classes from './failures.module.css';
import type { Group } from './words.ts';

/** One cause and the records that it stops. `group` null: none is left. */
export function OneCause({ code, group }: { code: string; group: Group | null }) {
  return (
    <>
      <p className={classes.crumb}>
        <Link href="/failures">Failures</Link>
      </p>
      <PageHeader title={formatCode(code)} sentence="The records that one cause stops, the newest first." />
      {group === null ? (
        <Empty
          title="No record fails for this cause."
          text="They were synced since, or the cause has another name now."
          action={<Link href="/failures">All failures</Link>}
        />
      ) : (
        <>
          <Cause group={group} isOpen />
          <div className={classes.records}>
            <FailedRecords group={group} />
          </div>
        </>
      )}
    </>
  );
}
