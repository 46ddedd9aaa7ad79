import { defineDrain } from './define-drain.ts';

/** Works through what sweeps and runs have marked, of every kind, in one slot: live work has its own jobs and is never held up by it. */
export const syncBackground = defineDrain({
  name: 'background.sync',
  drain: (app, stop) => app.drainBackground(stop),
  done: 'background work worked off',
  // Whoever waited for one of them, and the run that they belong to.
  wakes: ['pending.tick', 'runs.advance'],
});
