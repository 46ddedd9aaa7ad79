import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './parts.module.css';

type Props = {
  /** What the table holds, for readers of the screen. */
  label: string;
  /** Below this the table scrolls sideways: an edge of the sheet of classes. */
  wide?: boolean;
  children: ReactNode;
};

/** A table whose head stays in sight; on a narrow screen it scrolls sideways, also with the keyboard. */
export function ScrollTable({ label, wide = false, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
    <section className={classes.scroll} aria-label={label} tabIndex={0}>
      <Table className={classes.table} data-wide={wide || undefined} highlightOnHover>
        {children}
      </Table>
    </section>
  );
}
