import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { Plan, PlanInput } from '../../../src/domain/plan/types.ts';
import type { FieldValue, SalesforcePerson } from '../../../src/domain/record.ts';
import { contact, contactId, input, leadId, mapping, pairWith, person } from './given.ts';

const text = fc.oneof(
  fc.constant(null),
  fc.constantFrom('', ' ', 'A', 'B', 'b', ' A', 'a@b.com', 'A@b.com', '0', '12', 'NEW', '11', '13'),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const names = mapping.contact.hubspotProperties.filter(
  (name) => name !== 'lifecyclestage' && name !== 'salesforce_person_id',
);
const properties = partOf(names);
const stages = fc.constantFrom('salesqualifiedlead', 'opportunity', 'customer');
const shutStages = fc.constantFrom('', 'lead', 'marketingqualifiedlead', 'evangelist', 'other', 'unknown');
const fieldsOf = (object: 'Lead' | 'Contact') => partOf(mapping.contact.salesforceFields[object]);

/** Any values under some of the names. */
function partOf(all: readonly string[]): fc.Arbitrary<Record<string, string | null>> {
  const entries = all.map((name) => fc.tuple(fc.constant(name), text, fc.integer({ min: 0, max: 3 })));
  return fc
    .tuple(...entries)
    .map((given) => Object.fromEntries(given.flatMap(([name, value, chance]) => (chance > 0 ? [[name, value]] : []))));
}

const persons: fc.Arbitrary<SalesforcePerson> = fc
  .tuple(
    fc.constantFrom('Lead' as const, 'Contact' as const),
    fieldsOf('Lead'),
    fieldsOf('Contact'),
    fc.constantFrom(null, '101', '77', '555'),
    fc.constantFrom(null, 'a@b.com', 'A@B.com', 'x@y.com'),
    fc.boolean(),
  )
  .map(([object, lead, sfContact, externalId, email, second]) => {
    const id = `${(object === 'Lead' ? leadId : contactId).slice(0, 14)}${second ? '2' : '1'}AAA`;
    return person(object, { id, externalId, email, fields: object === 'Lead' ? lead : sfContact });
  });

/** A contact at the gate with up to two living persons that memories lead to, linked or not, with or without a base. */
const givens: fc.Arbitrary<PlanInput> = fc
  .tuple(
    properties,
    stages,
    fc.uniqueArray(persons, { maxLength: 2, selector: ({ id }) => id }),
    fc.boolean(),
    fc.boolean(),
    properties,
    fieldsOf('Lead'),
  )
  .map(([given, lifecyclestage, found, linked, withBase, hubspot, salesforce]) => {
    const [first] = found;
    const base = withBase ? { hubspot, salesforce } : null;
    return input({
      contact: contact({ ...given, email: 'a@b.com', lifecyclestage }, { mergedIds: ['77'] }),
      pair: linked && first !== undefined ? pairWith(first, { base }) : null,
      persons: {
        byId: linked ? found.slice(0, 1) : [],
        byExternalId: found.filter(({ externalId }) => externalId === '101' || externalId === '77'),
        byEmail: found.filter(({ email }) => email?.toLowerCase() === 'a@b.com'),
      },
    });
  });

/** Salesforce and the ledger after the write went through and was read back. */
function applied(given: PlanInput, { write, agreed }: Plan): PlanInput {
  const changes = write?.changes ?? [];
  const object = write?.object ?? 'Lead';
  const after = Object.fromEntries(changes.map(({ field, after }) => [field, after]));
  const all = [...given.persons.byId, ...given.persons.byExternalId, ...given.persons.byEmail];
  const before =
    all.find(({ id }) => id === write?.id) ?? person(object, { fields: { LastName: null, OwnerId: null } });
  const held: Record<string, FieldValue> = { ...before.fields, ...after };
  const written = changes.flatMap(({ field, source, sourceValue }) =>
    source === undefined ? [] : [{ field, source, sourceValue: sourceValue ?? null }],
  );
  const base = {
    hubspot: {
      ...given.pair?.base?.hubspot,
      ...agreed?.hubspot,
      ...Object.fromEntries(written.map(({ source, sourceValue }) => [source, sourceValue])),
    },
    salesforce: {
      ...given.pair?.base?.salesforce,
      ...agreed?.salesforce,
      ...Object.fromEntries(written.map(({ field }) => [field, held[field] ?? null])),
    },
  };
  const now: SalesforcePerson = {
    ...before,
    externalId: changes.some(({ rule }) => rule === 'id') ? given.contact.id : before.externalId,
    fields: held,
  };
  return { ...given, pair: pairWith(now, { base }), persons: { byId: [now], byExternalId: [], byEmail: [] } };
}

describe('for any contact and any person', () => {
  it('below the gate nothing is ever written (promise 1)', () => {
    fc.assert(
      fc.property(givens, shutStages, (given, lifecyclestage) => {
        const shut = contact({ ...given.contact.properties, lifecyclestage });
        const decided = plan({ ...given, contact: shut });

        expect(decided.write).toBeNull();
        expect(decided.linkBack).toBe(false);
        expect(['below_gate', 'paused']).toContain(decided.outcome);
      }),
    );
  });

  it('a plan that was carried out leaves nothing to do (promise 4)', () => {
    fc.assert(
      fc.property(givens, (given) => {
        const first = plan(given);
        fc.pre(first.write !== null);
        const second = plan(applied(given, first));

        expect(second.problem).toBeNull();
        expect(second.write?.changes ?? []).toStrictEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('nobody is created when any memory leads somewhere (promise 2)', () => {
    fc.assert(
      fc.property(givens, (given) => {
        const { byId, byExternalId, byEmail } = given.persons;
        const created = plan(given).outcome === 'create';

        expect(created && byId.length + byExternalId.length + byEmail.length > 0).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('a memory of somebody dead never ends in a create', () => {
    fc.assert(
      fc.property(persons, fc.constantFrom('byId', 'byExternalId'), (found, memory) => {
        const dead = { ...found, externalId: '101', isDeleted: true, masterRecordId: null };
        const salesforce_person_id = memory === 'byId' ? dead.id : null;
        const decided = plan(input({ contact: contact({ salesforce_person_id }), persons: { [memory]: [dead] } }));

        expect(decided.problem?.code).toBe('person_deleted');
      }),
    );
  });

  it('only fields whose rule allows it are written, and never a value that is there already (promise 5)', () => {
    fc.assert(
      fc.property(givens, (given) => {
        const { write } = plan(given);
        const rules: readonly string[] = ['hubspot', 'newest', 'fill_blank', 'id', 'owner', 'default'];
        for (const { rule, before, after } of write?.changes ?? []) {
          expect(rules).toContain(rule);
          expect(after).not.toBe(before);
        }
        expect(write?.changes.length).not.toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('reasons and problems never quote a value', () => {
    const secret = 'Xq7-secret';
    const all = Object.fromEntries(names.map((name) => [name, secret]));
    const fields = Object.fromEntries(mapping.contact.salesforceFields.Lead.map((name) => [name, `${secret}2`]));
    const found = person('Lead', { email: secret.toLowerCase(), fields });

    const decided = [
      plan(input({ contact: contact(all), persons: { byEmail: [found] } })),
      plan(input({ contact: contact(all) })),
      plan(input({ contact: contact({ ...all, lifecyclestage: secret }) })),
    ];

    for (const { reasons, problem, gate } of decided)
      expect(JSON.stringify({ reasons, problem, gate })).not.toMatch(/secret/);
  });
});
