import { useSyncExternalStore } from 'react';

/** `live`: changes arrive by themselves; `connecting`: not at the moment; `away`: the service does not answer. */
export type Connection = { live: boolean; reachable: boolean; lastReachedAt: number };

let state: Connection = { live: false, reachable: true, lastReachedAt: Date.now() };
const listeners = new Set<() => void>();

function change(next: Partial<Connection>): void {
  state = { ...state, ...next };
  for (const listener of listeners) listener();
}

/** Each answer, and each request that nobody answered, says whether the service is there. */
export function reportReachable(reachable: boolean): void {
  if (reachable && state.reachable) state.lastReachedAt = Date.now();
  else if (reachable) change({ reachable, lastReachedAt: Date.now() });
  else if (state.reachable) change({ reachable });
}

/** Says whether the stream of changes is open. */
export function reportLive(live: boolean): void {
  if (live !== state.live) change({ live });
}

/** How this page stands to the service right now. */
export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, () => state);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
