import { describe, expect, it } from 'vitest';
import type { SalesforceField } from '../../../src/ports/salesforce.ts';
import { createOrgFacts } from '../../../src/usecases/org-facts.ts';

function field(name: string, type: string, more: Partial<SalesforceField> = {}): SalesforceField {
  const open = { nillable: true, defaultedOnCreate: false, createable: true, updateable: true };
  const plain = { length: 0, externalId: false, unique: false, restrictedPicklist: false, picklistValues: [] };
  return { name, label: name, type, ...plain, ...open, ...more };
}

const entry = (value: string, label: string) => ({ value, label, active: true });

function twoCrms(fields: readonly SalesforceField[], clock = { now: () => 0 }) {
  let looks = 0;
  const facts = createOrgFacts({
    hubspot: {
      owners: async () => {
        looks += 1;
        return [
          { id: '1', email: 'Jane@Example.com', archived: false, teams: ['DACH', 'Sales'] },
          { id: '2', email: 'gone@example.com', archived: true, teams: [] },
          { id: '3', email: '', archived: false, teams: [] },
        ];
      },
    },
    salesforce: {
      users: async () => [
        { id: '005A', email: 'JANE@example.com', isActive: true },
        { id: '005B', email: 'jane@example.com', isActive: false },
      ],
      identity: async () => ({ orgId: '00D', userId: '005X', apiVersion: '67.0' }),
      describe: async (object) => (object === 'Lead' ? fields : []),
    },
    clock,
  });
  return { facts: () => facts({ priority: 1, prepaid: 0 }), looks: () => looks };
}

describe('the facts of the org', () => {
  it('know owners and users both ways, in lower case, and the teams of an owner, the primary one first', async () => {
    const { owners, ourUserId } = await twoCrms([]).facts();

    expect(owners.emailsByOwner).toEqual(
      new Map([
        ['1', 'jane@example.com'],
        ['2', 'gone@example.com'],
      ]),
    );
    expect(owners.ownersByEmail).toEqual(new Map([['jane@example.com', '1']]));
    expect(owners.teamsByOwner.get('1')).toEqual(['dach', 'sales']);
    expect(owners.usersByEmail).toEqual(new Map([['jane@example.com', { id: '005A', isActive: true }]]));
    expect(owners.emailsByUser.get('005B')).toBe('jane@example.com');
    expect(ourUserId).toBe('005X');
  });

  it.each([
    ['string', 'text'],
    ['textarea', 'text'],
    ['url', 'text'],
    ['reference', 'text'],
    ['email', 'email'],
    ['phone', 'phone'],
    ['int', 'number'],
    ['currency', 'number'],
    ['percent', 'number'],
    ['boolean', 'boolean'],
    ['date', 'date'],
    ['datetime', 'datetime'],
    ['picklist', 'picklist'],
    ['multipicklist', 'multi'],
  ])('take a field of the type %s for %s', async (type, expected) => {
    const { fieldFacts } = await twoCrms([field('A__c', type)]).facts();

    expect(fieldFacts('Lead', 'A__c')?.type).toBe(expected);
  });

  it('know the longest value, and the values that are shown under another name', async () => {
    const picklistValues = [entry('t', 'Technology'), entry('Banking', 'Banking'), entry('x', 'Banking')];
    const { fieldFacts } = await twoCrms([field('Industry', 'picklist', { length: 255, picklistValues })]).facts();

    expect(fieldFacts('Lead', 'Industry')).toEqual({
      type: 'picklist',
      maxLength: 255,
      valuesByLabel: new Map([['Technology', 't']]),
    });
    expect(fieldFacts('Contact', 'Industry')).toBeUndefined();
  });

  it('are read once in ten minutes', async () => {
    let now = 0;
    const { facts, looks } = twoCrms([], { now: () => now });

    await facts();
    now = 9 * 60_000;
    await facts();
    expect(looks()).toBe(1);
    now = 10 * 60_000;
    await facts();
    expect(looks()).toBe(2);
  });
});
