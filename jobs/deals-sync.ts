import { defineDrain } from './define-drain.ts';

/** Works through the due deals, and wakes the companies they want and the contacts whose stage follows them. */
export const syncDeals = defineDrain({
  name: 'deals.sync',
  drain: (app, stop) => app.drainDeals(stop),
  done: 'deals worked off',
  wakes: ['companies.sync', 'contacts.sync'],
});
