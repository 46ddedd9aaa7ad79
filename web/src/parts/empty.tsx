import type { ReactNode } from 'react';
import classes from './parts.module.css';

/** Nothing to show: says why, and what to do. */
export function Empty({ title, text, action }: { title: string; text?: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <strong>{title}</strong>
      {text !== undefined && <p>{text}</p>}
      {action}
    </div>
  );
}
