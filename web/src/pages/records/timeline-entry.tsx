import {
  IconAlertTriangle,
  IconArrowRight,
  IconEraser,
  IconLink,
  IconListCheck,
  IconPencil,
  IconSnowflake,
  IconStairs,
  IconSunHigh,
  type TablerIcon,
} from '@tabler/icons-react';
import { Link } from 'wouter';
import { Ago } from '../../parts/time.tsx';
import { ruleWords, systemWord } from './field-words.ts';
import { NamedValue } from './named-value.tsx';
import classes from './timeline.module.css';
import { type EntryKind, isRefused, kindWord } from './timeline-words.ts';
import type { TimelineEntry } from './told.ts';
import { stageSentence, type ValueWords } from './value-words.ts';

const icons: Readonly<Record<EntryKind, TablerIcon>> = {
  write: IconPencil,
  stage: IconStairs,
  link: IconLink,
  frozen: IconSnowflake,
  thawed: IconSunHigh,
  erased: IconEraser,
  decision: IconListCheck,
  failure: IconAlertTriangle,
};

/** One thing that happened, with what it changed. */
export function Entry({ entry, words }: { entry: TimelineEntry; words: ValueWords }) {
  const { kind, code, text, at, system, runId, changes } = entry;
  const Icon = icons[kind];
  return (
    <li className={classes.entry} data-kind={kind} data-refused={isRefused(code) || undefined}>
      <Icon className={classes.mark} size={18} stroke={1.7} aria-hidden="true" />
      <div>
        <p className={classes.text}>{kind === 'stage' ? stageSentence(text, words) : text}</p>
        {changes.length > 0 && (
          <ul className={classes.changes} aria-label="What was changed">
            {changes.map((change) => (
              <Change key={change.field} change={change} words={words} />
            ))}
          </ul>
        )}
        <div className={classes.meta}>
          <span>{kindWord(kind)}</span>
          {system !== null && <span>{systemWord(system)}</span>}
          {runId !== null && <Link href={`/runs/${encodeURIComponent(runId)}`}>Run {runId}</Link>}
          <span className={classes.field}>{code}</span>
        </div>
      </div>
      <div className={classes.when}>
        <Ago at={at} />
      </div>
    </li>
  );
}

type ChangeProps = { change: TimelineEntry['changes'][number]; words: ValueWords };

function Change({ change: { field, before, after, rule, conflict }, words }: ChangeProps) {
  return (
    <li>
      <span className={classes.field}>{field}</span>
      <span className={classes.before}>
        <NamedValue field={field} value={before} words={words} />
      </span>
      <IconArrowRight className={classes.arrow} size={13} role="img" aria-label="became" />
      <strong>
        <NamedValue field={field} value={after} words={words} />
      </strong>
      <span className={classes.rule} title={ruleWords(rule).long}>
        {ruleWords(rule).short}
        {conflict !== null && `; both had changed it, ${systemWord(conflict)} won`}
      </span>
    </li>
  );
}
