import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconChevronRight,
  IconCircleCheck,
  IconInfoCircle,
} from '@tabler/icons-react';
import { Link } from 'wouter';
import { Prose } from '../../parts/prose.tsx';
import { Ago } from '../../parts/time.tsx';
import { goWord } from './go-word.ts';
import { worstLevel } from './health-level.ts';
import classes from './overview.module.css';
import { Paused } from './pause.tsx';
import type { Incidents, Overview } from './types.ts';

type Advice = Overview['advice'][number];

const icons = { ok: IconCircleCheck, info: IconInfoCircle, warning: IconAlertTriangle, error: IconAlertOctagon };
const headlines = { warning: 'Something needs a look', error: 'Something needs you now' };
const severities = { error: 'Now', warning: 'Soon', info: 'Good to know' };

/** One word of judgement; below it what to do, the most urgent first. */
export function Health({ overview, incidents }: { overview: Overview; incidents: Incidents | undefined }) {
  const { health, paused } = overview;
  const level = worstLevel(health.level, incidents?.items ?? []);
  const pause = overview.advice.find(({ code }) => code === 'paused');
  // A pause stands in a line of its own, with the button that ends it.
  const advice = paused === null ? overview.advice : overview.advice.filter((each) => each !== pause);
  const Icon = icons[level];
  return (
    <section className={classes.health} aria-label="Health">
      <p className={classes.verdict} data-level={level} role="status">
        <Icon size={22} stroke={1.8} aria-hidden="true" />
        {/* The sentence of a bad day is its first advice, which stands right below. */}
        <strong>{level === 'ok' ? health.sentence : headlines[level]}</strong>
      </p>
      {paused !== null && <Paused paused={paused} text={pause?.text} overview={overview} />}
      {advice.length > 0 && (
        <ol className={classes.advice} aria-label="What to do, the most urgent first">
          {advice.map((each) => (
            <li key={`${each.code} ${each.text}`} data-level={each.severity}>
              <One advice={each} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function One({ advice: { severity, text, fix, link, since } }: { advice: Advice }) {
  const Icon = icons[severity];
  return (
    <>
      <Icon className={classes.adviceIcon} size={18} stroke={1.8} role="img" aria-label={severities[severity]} />
      <div className={classes.adviceText}>
        <strong>
          <Prose text={text} />
        </strong>
        <span>
          <Prose text={fix} />
        </span>
      </div>
      <div className={classes.adviceEnd}>
        {since !== null && (
          <span className={classes.dim}>
            since <Ago at={since} />
          </span>
        )}
        {link !== null && (
          <Link href={link} className={classes.go}>
            {goWord(link)}
            <IconChevronRight size={14} stroke={2} aria-hidden="true" />
          </Link>
        )}
      </div>
    </>
  );
}
