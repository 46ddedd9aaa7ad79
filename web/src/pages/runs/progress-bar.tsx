import { formatCount, formatShare, formatSpan, formatUnits } from '../../parts/format.ts';
import { isOver, type Run, shareDone } from './run-words.ts';
import classes from './runs.module.css';

/** How far a run has come: the bar, and the same in words. */
export function ProgressBar({ run }: { run: Run }) {
  const { done, total, ratePerSecond, secondsLeft } = run.progress;
  const share = shareDone(run);
  const of = total === null ? formatUnits(done, 'record') : `${formatCount(done)} of ${formatUnits(total, 'record')}`;
  const pace = isOver(run) || run.state !== 'running' ? [] : [`${formatCount(Math.round(ratePerSecond))} per second`];
  const left = secondsLeft === null || secondsLeft === 0 ? [] : [`about ${formatSpan(secondsLeft)} left`];
  const words = [of, ...pace, ...left].join(' · ');
  return (
    <div className={classes.progress}>
      <div
        className={classes.track}
        role="progressbar"
        aria-label="Progress"
        aria-valuemin={0}
        aria-valuemax={100}
        {...(share === null ? {} : { 'aria-valuenow': Math.round(share * 100) })}
        aria-valuetext={words}
        data-state={run.state}
        data-unknown={share === null && run.state === 'running' ? true : undefined}
      >
        <div className={classes.fill} style={{ width: `${(share ?? 0) * 100}%` }} />
      </div>
      <span className={classes.words}>
        {share !== null && <strong>{formatShare(share)}</strong>} {words}
      </span>
    </div>
  );
}
