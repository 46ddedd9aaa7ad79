import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleMinus,
  IconClockHour4,
  IconInfoCircle,
  type TablerIcon,
} from '@tabler/icons-react';
import classes from './records.module.css';
import type { Tone, Verdict } from './verdict.ts';

const icons: Readonly<Record<Tone, TablerIcon>> = {
  good: IconCircleCheck,
  calm: IconInfoCircle,
  busy: IconClockHour4,
  act: IconAlertTriangle,
  off: IconCircleMinus,
};

/** The answer first: whether it is in Salesforce, why, and what comes next. */
export function VerdictCard({ verdict: { label, tone, sentence, plan, next } }: { verdict: Verdict }) {
  const Icon = icons[tone];
  return (
    <section className={classes.verdict} data-tone={tone} aria-label="Is it in Salesforce">
      <Icon className={classes.verdictIcon} size={24} stroke={1.7} aria-hidden="true" />
      <div>
        <p className={classes.label}>{label}</p>
        <p className={classes.sentence}>{sentence}</p>
        {plan !== null && <p className={classes.next}>The plan: {plan}</p>}
        {next !== null && (
          <p className={classes.next}>
            <strong>{tone === 'act' ? 'What to do:' : 'What comes next:'}</strong> {next}
          </p>
        )}
      </div>
    </section>
  );
}
