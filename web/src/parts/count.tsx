import { formatCount } from './format.ts';
import classes from './parts.module.css';

/** A number in figures of one width, with its unit: `<Count value={3} unit="record" />`. `units`: an irregular plural. */
export function Count({ value, unit, units }: { value: number; unit?: string; units?: string }) {
  return (
    <span className={classes.number}>
      {formatCount(value)}
      {unit !== undefined && ` ${value === 1 ? unit : (units ?? `${unit}s`)}`}
    </span>
  );
}
