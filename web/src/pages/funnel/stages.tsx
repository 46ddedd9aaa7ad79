import { formatCount, formatShare, formatSpan } from '../../parts/format.ts';
import { Tag } from '../../parts/tone.tsx';
import classes from './funnel.module.css';
import type { Funnel } from './types.ts';

/** One line per stage; the bar shows how many entered it, measured by the largest. */
export function Stages({ stages }: { stages: Funnel['stages'] }) {
  const most = Math.max(...stages.map(({ entered }) => entered), 1);
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Stage</th>
          <th scope="col" colSpan={2}>
            Entered
          </th>
          <th scope="col">Went on</th>
          <th scope="col">Conversion</th>
          <th scope="col">Median time in it</th>
          <th scope="col">There now</th>
        </tr>
      </thead>
      <tbody>
        {stages.map((stage) => (
          <Stage key={stage.stage} stage={stage} most={most} />
        ))}
      </tbody>
    </table>
  );
}

function Stage({ stage, most }: { stage: Funnel['stages'][number]; most: number }) {
  const { label, opensGate, now, entered, advanced, conversion, medianSeconds } = stage;
  return (
    <tr>
      <th scope="row">
        {label}
        {opensGate && (
          <Tag tone="info" title="From here on a contact may exist in Salesforce.">
            In Salesforce
          </Tag>
        )}
      </th>
      <td className={classes.barCell}>
        <svg className={classes.bar} viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          <rect width={(100 * entered) / most} height={10} data-gate={opensGate || undefined} />
        </svg>
      </td>
      <td data-label="Entered">{formatCount(entered)}</td>
      <td data-label="Went on">{formatCount(advanced)}</td>
      <td data-label="Conversion">{conversion === null ? <None /> : formatShare(conversion)}</td>
      <td data-label="Median time in it">{medianSeconds === null ? <None /> : formatSpan(medianSeconds)}</td>
      <td data-label="There now">{formatCount(now)}</td>
    </tr>
  );
}

/** A number that there is not: nobody entered, or nobody left. */
function None() {
  return (
    <span className={classes.dim} title="Nobody to count in this period">
      none
    </span>
  );
}
