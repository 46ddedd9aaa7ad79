import { Skeleton } from '@mantine/core';
import classes from './parts.module.css';

/** Grey rows as high as those of a table, until the answer is there. */
export function Loading({ rows = 5, height = 32 }: { rows?: number; height?: number }) {
  return (
    <div className={classes.loading} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike.
        <Skeleton key={row} height={height} radius="sm" />
      ))}
    </div>
  );
}
