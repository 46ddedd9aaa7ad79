import type { ReactNode } from 'react';
import { useEffect } from 'react';
import classes from './parts.module.css';

type Props = {
  title: string;
  /** What this page is for, one sentence. */
  sentence?: ReactNode;
  /** Buttons that act on the whole page. */
  actions?: ReactNode;
};

/** The head of every page; also names the browser's tab. */
export function PageHeader({ title, sentence, actions }: Props) {
  useEffect(() => {
    document.title = `${title} · Handoff`;
  }, [title]);
  return (
    <div className={classes.header}>
      <div className={classes.headline}>
        <h1 className={classes.title}>{title}</h1>
        {sentence !== undefined && <p className={classes.sentence}>{sentence}</p>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  );
}
