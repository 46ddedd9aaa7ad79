import { defineDrain } from './define-drain.ts';

/** Works through the due companies, and wakes those who may have waited for one. */
export const syncCompanies = defineDrain({
  name: 'companies.sync',
  drain: (app, stop) => app.drainCompanies(stop),
  done: 'companies worked off',
  wakes: ['contacts.sync', 'deals.sync', 'counterparts.sync'],
});
