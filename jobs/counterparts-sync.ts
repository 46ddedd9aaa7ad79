import { defineDrain } from './define-drain.ts';

/** Works through the Accounts and Opportunities that were born in Salesforce, and wakes the look at the records that they lead to. */
export const syncCounterparts = defineDrain({
  name: 'counterparts.sync',
  drain: (app, stop) => app.drainCounterparts(stop),
  done: 'counterparts worked off',
  wakes: ['companies.sync', 'deals.sync'],
});
