import { Link } from 'wouter';
import { formatCode, formatCount } from '../../parts/format.ts';
import { Ago } from '../../parts/time.tsx';
import { Tag } from '../../parts/tone.tsx';
import classes from './failures.module.css';
import { RetryGroup } from './retry-group.tsx';
import { type Group, isRising, kindWords, objectWords, retryLabel, trendText } from './words.ts';

/** One cause: how many records it stops, why, and what to do. `isOpen`: its records are shown below. */
export function Cause({ group, isOpen }: { group: Group; isOpen: boolean }) {
  const { code, count, kind, message, advice } = group;
  const title = formatCode(code);
  return (
    <article className={classes.group} aria-label={title}>
      <div className={classes.count}>
        <span className={classes.number}>{formatCount(count)}</span>
        <span className={classes.small}>{count === 1 ? 'record' : 'records'}</span>
      </div>
      <div>
        <h2 className={classes.title}>
          {!isOpen && <Link href={`/failures?code=${encodeURIComponent(code)}`}>{title}</Link>}
          <Tag tone={kind === 'needs-human' ? 'error' : 'quiet'} title={kindWords(kind).title}>
            {kindWords(kind).text}
          </Tag>
          {isRising(group) && <Tag tone="warning">Rising</Tag>}
        </h2>
        <p className={classes.message}>{message}</p>
        <p className={classes.fix}>
          <strong>What to do:</strong> {advice}
        </p>
        <Facts group={group} />
      </div>
      <div className={classes.actions}>
        <RetryGroup count={count} code={code} label={retryLabel(count)} />
      </div>
    </article>
  );
}

function Facts({ group }: { group: Group }) {
  const { code, objects, fields, firstAt, lastAt } = group;
  return (
    <div className={classes.meta}>
      <span>{trendText(group)}</span>
      <span>
        First <Ago at={firstAt} />, last <Ago at={lastAt} />
      </span>
      <span>{objects.map(objectWords).join(', ')}</span>
      {fields.length > 0 && (
        <span>
          {fields.length === 1 ? 'Field' : 'Fields'} <span className={classes.code}>{fields.join(', ')}</span>
        </span>
      )}
      <span className={classes.code}>{code}</span>
    </div>
  );
}
