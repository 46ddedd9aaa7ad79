import type { ReactNode } from 'react';
import classes from './parts.module.css';
import type { Tone } from './tones.ts';

export type { Tone };

/** A short word on a ground of one of our tones; each has enough contrast in light and dark. */
export function Tag({ tone = 'quiet', title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
