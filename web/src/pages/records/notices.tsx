import { IconAlertTriangle, IconClockHour4, IconInfoCircle, type TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Ago } from '../../parts/time.tsx';
import { systemWord } from './field-words.ts';
import classes from './records.module.css';
import type { Told } from './told.ts';

type Tone = 'info' | 'warning' | 'error';

const icons: Readonly<Record<Tone, TablerIcon>> = {
  info: IconInfoCircle,
  warning: IconClockHour4,
  error: IconAlertTriangle,
};

/** Something that a reader of this page should know first. */
export function Notice({ tone = 'info', children }: { tone?: Tone; children: ReactNode }) {
  const Icon = icons[tone];
  return (
    <div className={classes.notice} data-tone={tone}>
      <Icon className={classes.noticeIcon} size={19} stroke={1.7} aria-hidden="true" />
      <div>{children}</div>
    </div>
  );
}

/** What holds the record up besides itself: the writes of all are paused, or a vendor asks to wait. */
export function HoldUps({ told: { pause, waits } }: { told: Told }) {
  return (
    <>
      {pause !== null && (
        <Notice tone="warning">
          All writes are paused{pause.by === null ? '' : ` by ${pause.by}`}
          {pause.reason === null ? '.' : `: ${pause.reason}`}
        </Notice>
      )}
      {waits.map(({ system, until, code }) => (
        <Notice key={`${system} ${code}`} tone="warning">
          {systemWord(system)} asks everybody to wait ({code}). It goes on <Ago at={until} />.
        </Notice>
      ))}
    </>
  );
}
