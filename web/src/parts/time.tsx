import { useSyncExternalStore } from 'react';
import { formatAgo, formatMoment, type When } from './format.ts';
import classes from './parts.module.css';

/** One clock for the whole page, read anew every ten seconds. */
const tickMs = 10_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  nowMs = Date.now();
  timer ??= setInterval(() => {
    nowMs = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Epoch milliseconds, to ten seconds. */
function useNow(): number {
  return useSyncExternalStore(subscribe, () => nowMs);
}

/** An exact moment in the reader's zone. Null: there was none. */
export function Moment({ at }: { at: When | null }) {
  if (at === null) return <span className={classes.dim}>never</span>;
  return (
    <time className={classes.time} dateTime={new Date(at).toISOString()}>
      {formatMoment(at)}
    </time>
  );
}

/** How long ago (or how soon) a moment is; the exact one stands in the tooltip. Null: there was none. */
export function Ago({ at }: { at: When | null }) {
  const now = useNow();
  if (at === null) return <span className={classes.dim}>never</span>;
  return (
    <time className={classes.time} dateTime={new Date(at).toISOString()} title={formatMoment(at)}>
      {formatAgo(at, Math.max(now, 0))}
    </time>
  );
}
