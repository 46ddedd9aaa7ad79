import { describe, expect, it } from 'vitest';
import { keepContactsFresh, keepFresh } from '../../../../src/usecases/drain/keep-fresh.ts';
import type { ContactLook } from '../../../../src/usecases/drain/look.ts';
import { givenBatch, givenContact, givenDependencies, givenLook, givenPerson, givenPlan, now } from './given.ts';

const person = givenPerson({ fields: { City: 'Kiel' } });
const found = (record = givenContact({ city: 'Bonn' })) => ({ kind: 'found' as const, record, readAtMs: now });

type World = {
  contact?: Record<string, string>;
  fields?: Record<string, string>;
  isConverted?: boolean;
  ageMs: number;
};

function given({
  contact = { city: 'Bonn' },
  fields = person.fields as Record<string, string>,
  isConverted = false,
  ageMs,
}: World) {
  return givenDependencies({
    atMs: now + ageMs,
    hubspot: { read: async () => new Map([['1', found(givenContact(contact))]]) },
    salesforce: {
      findPersons: async () =>
        new Map([['1', { byExternalId: [], byEmail: [], byId: [{ ...person, fields, isConverted }] }]]),
    },
  }).dependencies;
}

type Case = { name: string; world: World; goesOn: boolean };

const toHubSpot = givenLook();
const toSalesforce: ContactLook = givenLook({
  plan: givenPlan({
    write: {
      operation: 'update',
      object: 'Lead',
      id: person.id,
      changes: [{ field: 'City', before: 'Kiel', after: 'Bonn', rule: 'newest', source: 'city', sourceValue: 'Bonn' }],
    },
  }),
});

describe('before a contact is written', () => {
  it.each<Case>([
    { name: 'fresh data is used as it is', world: { ageMs: 4_000, contact: { city: 'Ulm' } }, goesOn: true },
    { name: 'old data that still holds goes on', world: { ageMs: 6_000 }, goesOn: true },
    {
      name: 'a property that changed meanwhile is looked at again',
      world: { ageMs: 6_000, contact: { city: 'Ulm' } },
      goesOn: false,
    },
    { name: 'so is a source that changed meanwhile', world: { ageMs: 6_000, fields: { City: 'Ulm' } }, goesOn: false },
    {
      name: 'another property does not matter',
      world: { ageMs: 6_000, contact: { city: 'Bonn', jobtitle: 'B' } },
      goesOn: true,
    },
    { name: 'what a process slept over is read anew', world: { ageMs: 61_000 }, goesOn: false },
  ])('$name', async ({ world, goesOn }) => {
    const { fresh, changed } = await keepContactsFresh(given(world), givenBatch(), [toHubSpot]);

    expect([fresh.length, changed.length]).toEqual(goesOn ? [1, 0] : [0, 1]);
  });
});

describe('before a person is written', () => {
  it.each<Case>([
    { name: 'old data that still holds goes on', world: { ageMs: 6_000 }, goesOn: true },
    {
      name: 'any property that changed meanwhile stops it: the gate may have',
      world: { ageMs: 6_000, contact: { city: 'Bonn', lifecyclestage: 'lead' } },
      goesOn: false,
    },
    {
      name: 'so does a field that sales changed meanwhile',
      world: { ageMs: 6_000, fields: { City: 'Ulm' } },
      goesOn: false,
    },
    { name: 'so does a conversion', world: { ageMs: 6_000, isConverted: true }, goesOn: false },
  ])('$name', async ({ world, goesOn }) => {
    const { fresh } = await keepFresh(given(world), givenBatch(), [toSalesforce]);

    expect(fresh.length).toBe(goesOn ? 1 : 0);
  });

  it('what was read again counts as fresh from then on', async () => {
    const { fresh } = await keepFresh(given({ ageMs: 6_000 }), givenBatch(), [toSalesforce]);

    expect(fresh[0]?.readAtMs).toBe(now + 6_000);
  });

  it.each<Case>([
    { name: 'is used as it is for half a minute', world: { ageMs: 29_000, fields: { City: 'Ulm' } }, goesOn: true },
    { name: 'is compared after that', world: { ageMs: 31_000, fields: { City: 'Ulm' } }, goesOn: false },
    { name: 'goes on where it still holds', world: { ageMs: 170_000 }, goesOn: true },
    { name: 'is read anew after three minutes', world: { ageMs: 181_000 }, goesOn: false },
  ])('data of a run $name', async ({ world, goesOn }) => {
    const { fresh } = await keepFresh(given(world), { ...givenBatch(), isBackground: true }, [toSalesforce]);

    expect(fresh.length).toBe(goesOn ? 1 : 0);
  });
});
