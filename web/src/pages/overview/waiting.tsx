import { Skeleton } from '@mantine/core';
import classes from './overview.module.css';

/** The page's own outline, until the answer is there. */
export function Waiting() {
  return (
    <div className={classes.page} role="status" aria-label="Loading">
      <Skeleton height={46} />
      <div className={classes.tiles}>
        {['handoffs', 'changes', 'failing', 'turn', 'something', 'pairs'].map((tile) => (
          <Skeleton key={tile} height={96} />
        ))}
      </div>
      <Skeleton height={308} />
      <div className={classes.columns}>
        <Skeleton height={420} />
        <Skeleton height={420} />
      </div>
    </div>
  );
}
