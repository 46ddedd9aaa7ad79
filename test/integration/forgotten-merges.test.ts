import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HubSpotPort } from '../../src/ports/hubspot.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

/** HubSpot as it can be after a chain of merges: the survivor names none of the earlier ids. */
function forgetful<Port extends Pick<HubSpotPort, 'read'>>(hubspot: Port): Port {
  return {
    ...hubspot,
    async read(...given: Parameters<HubSpotPort['read']>) {
      const results = [...(await hubspot.read(...given))].map(
        ([id, result]) =>
          [id, result.kind === 'found' ? { ...result, record: { ...result.record, mergedIds: [] } } : result] as const,
      );
      return new Map(results);
    },
  };
}

it('a person that carries an id which only the ledger still knows stays with its contact', async () => {
  const first = engine.hubspot.createContact(sqlContact('chained'));
  await engine.look(first);
  const other = engine.hubspot.createContact(sqlContact('chained-b', { lifecyclestage: 'lead' }));
  const survivor = engine.hubspot.mergeContacts(first, other);
  await engine.look(first, survivor);
  await engine.drainLater();
  const [person] = engine.salesforce.all('Lead');
  const [personId, carried] = [String(person?.Id), person?.HubSpot_Contact_Id__c];
  engine.salesforce.edit('Lead', personId, { HubSpot_Contact_Id__c: first });

  await engine.ledger.mark([
    { system: 'hubspot', object: 'contact', recordId: survivor, priority: 2, source: 'test', hints: ['merged'] },
  ]);
  const { dependencies } = engine;
  await drainContacts({ ...dependencies, hubspot: forgetful(dependencies.hubspot) }, new AbortController().signal);

  expect(carried).toBe(survivor);
  expect(await engine.ledger.failures(10)).toEqual([]);
  expect(engine.salesforce.all('Lead')).toMatchObject([{ Id: personId, HubSpot_Contact_Id__c: survivor }]);
});
