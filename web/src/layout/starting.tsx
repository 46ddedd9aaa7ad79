import type { ReactNode } from 'react';
import classes from './shell.module.css';

/** The frame before it is known who is signed in: as large as the shell, so that nothing jumps. */
export function Starting({ children }: { children?: ReactNode }) {
  return (
    <div className={classes.shell}>
      <div className={classes.side} aria-hidden="true" />
      <main className={classes.main} aria-busy={children === undefined}>
        {children}
      </main>
    </div>
  );
}
