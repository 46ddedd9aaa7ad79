import { defineDrain } from './define-drain.ts';

/** Works through the persons that were born in Salesforce, and wakes the look at the contacts that they lead to. */
export const syncPersons = defineDrain({
  name: 'persons.sync',
  drain: (app, stop) => app.drainPersons(stop),
  done: 'persons worked off',
  wakes: ['contacts.sync'],
});
