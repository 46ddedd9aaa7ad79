import { defineDrain } from './define-drain.ts';

/**
 * Works through the due contacts, and wakes the next slot as long as more is due than one batch holds. Their companies may be wanted then, and
 * their deals may have waited for them.
 */
export const syncContacts = defineDrain({
  name: 'contacts.sync',
  slots: 3,
  drain: (app, stop, wakeNext) => app.drainContacts(stop, wakeNext),
  done: 'contacts worked off',
  wakes: ['companies.sync', 'deals.sync', 'counterparts.sync'],
});
