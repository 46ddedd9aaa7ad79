import { type ReactNode, useId } from 'react';
import classes from './parts.module.css';

type Props = { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode };

/** A named part of a page. */
export function Card({ title, note, actions, children }: Props) {
  const id = useId();
  return (
    <section className={classes.card} aria-labelledby={id}>
      <div className={classes.cardHead}>
        <h2 className={classes.cardTitle} id={id}>
          {title}
        </h2>
        {note !== undefined && <span className={classes.cardNote}>{note}</span>}
        {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}
