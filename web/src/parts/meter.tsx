import { formatCount } from './format.ts';
import classes from './meter.module.css';

type Props = {
  /** What is measured. */
  label: string;
  value: number;
  most: number;
  /** The whole sentence, for readers of the screen. */
  text: string;
  tone: 'info' | 'warning' | 'error';
  /** Used by others, beside `value`. */
  others?: number;
  /** Where a limit within `most` lies. */
  mark?: number | null;
};

/** How much of something is used up. */
export function Meter({ label, value, most, text, tone, others = 0, mark = null }: Props) {
  const share = (part: number) => `${Math.min(100, (100 * part) / Math.max(most, 1))}%`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a meter element has one part and no mark.
    <div
      className={classes.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuenow={Math.min(value, most)}
      aria-valuetext={text}
    >
      <span className={classes.part} data-tone={tone} style={{ width: share(value) }} />
      <span className={classes.part} data-tone="others" style={{ width: share(others) }} />
      {mark !== null && mark < most && (
        <span className={classes.mark} style={{ left: share(mark) }} title={`Limit of Handoff: ${formatCount(mark)}`} />
      )}
    </div>
  );
}
