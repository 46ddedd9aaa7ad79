import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { formatCount, formatUnits } from '../../parts/format.ts';
import { Ago } from '../../parts/time.tsx';
import classes from './overview.module.css';
import type { Overview } from './types.ts';

/** The numbers that people ask for first. */
export function Tiles({ overview }: { overview: Overview }) {
  const { today, failures, pending, waitingForParents, pairs } = overview;
  const waiting = pending.due + pending.background + pending.leased;
  return (
    <ul className={classes.tiles} aria-label="Numbers of now">
      <Tile name="Handoffs today" value={today.handoffs} href="/activity?kind=stage">
        since midnight UTC
      </Tile>
      <Tile name="Changes today" value={today.changes} href="/activity?kind=write">
        since midnight UTC
      </Tile>
      <Tile name="Failing" value={failures.count} tone={failures.count > 0 ? 'error' : undefined} href="/failures">
        {failures.newInDay === 0 && failures.newInDayBefore === 0
          ? 'none new in two days'
          : `${formatCount(failures.newInDay)} new in a day, ${formatCount(failures.newInDayBefore)} the day before`}
      </Tile>
      <Tile name="Waiting for their turn" value={waiting} isLeast={pending.more}>
        {pending.oldestDue === null ? (
          'nothing is late'
        ) : (
          <>
            oldest due <Ago at={pending.oldestDue} />
          </>
        )}
      </Tile>
      <Tile name="Waiting for something" value={pending.waiting + waitingForParents}>
        {formatCount(pending.waiting)} for a later try, {formatCount(waitingForParents)} for another record
      </Tile>
      <Tile name="Linked contacts" value={pairs.contact} href="/contacts">
        {formatUnits(pairs.company, 'company', 'companies')}, {formatUnits(pairs.deal, 'deal')}
      </Tile>
    </ul>
  );
}

type TileProps = {
  name: string;
  value: number;
  /** There are more than were counted. */
  isLeast?: boolean;
  tone?: 'error' | undefined;
  href?: string;
  children: ReactNode;
};

function Tile({ name, value, isLeast = false, tone, href, children }: TileProps) {
  return (
    <li className={classes.tile} data-tone={tone}>
      {href === undefined ? (
        <span className={classes.tileName}>{name}</span>
      ) : (
        <Link href={href} className={classes.tileName}>
          {name}
          <IconChevronRight size={13} stroke={2} aria-hidden="true" />
        </Link>
      )}
      <span className={classes.tileValue}>
        {formatCount(value)}
        {isLeast && <span title="At least: not all of them were counted.">+</span>}
      </span>
      <span className={classes.tileNote}>{children}</span>
    </li>
  );
}
