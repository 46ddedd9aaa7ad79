import { describe, expect, it } from 'vitest';
import type { HubSpotRead } from '../../../../src/ports/hubspot.ts';
import { findPersons } from '../../../../src/usecases/drain/find-persons.ts';
import {
  givenBatch,
  givenClaimed,
  givenContact,
  givenDependencies,
  givenLook,
  givenPair,
  givenPerson,
  now,
} from './given.ts';

const look = (mergedIds: string[] = []) =>
  givenLook({
    contact: givenContact({}, { mergedIds }),
    claimed: givenClaimed({ pair: givenPair({ formerContactIds: ['8'] }) }),
  });

async function deadIds(externalId: string | null, read?: HubSpotRead, isDeleted = false) {
  const asked: string[] = [];
  const persons = [givenPerson({ externalId, isDeleted })];
  const { dependencies } = givenDependencies({
    hubspot: {
      async read(_type, ids) {
        asked.push(...ids);
        return new Map(ids.map((id) => [id, read ?? { kind: 'missing' }]));
      },
    },
    salesforce: { findPersons: async () => new Map([['1', { byExternalId: [], byId: [], byEmail: persons }]]) },
  });
  const facts = async () => ({}) as Awaited<ReturnType<typeof dependencies.facts>>;
  const found = await findPersons({ ...dependencies, facts }, givenBatch(), [look(['9'])]);
  return { asked, dead: [...(found.deadContactIds.get('1') ?? [])] };
}

describe('a person that carries an id of HubSpot', () => {
  it.each(['1', '8', '9', null])('%s: nobody else is asked about', async (id) => {
    expect((await deadIds(id)).asked).toEqual([]);
  });

  it('of another contact: HubSpot is asked whether that one is there', async () => {
    const alive: HubSpotRead = { kind: 'found', record: givenContact({}, { id: '77' }), readAtMs: now };

    expect(await deadIds('77')).toEqual({ asked: ['77'], dead: ['77'] });
    expect(await deadIds('77', alive)).toEqual({ asked: ['77'], dead: [] });
  });

  it('of one that was merged: it is free for the survivor alone', async () => {
    const into = (id: string): HubSpotRead => ({ kind: 'merged', record: givenContact({}, { id }), readAtMs: now });

    expect((await deadIds('77', into('1'))).dead).toEqual(['77']);
    expect((await deadIds('77', into('78'))).dead).toEqual([]);
  });

  it('and is deleted itself is nobody’s', async () => {
    expect((await deadIds('77', undefined, true)).asked).toEqual([]);
  });
});
