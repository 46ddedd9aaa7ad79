import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FieldRule } from '../../../src/domain/mapping/types.ts';
import { compareFields } from '../../../src/domain/plan/compare.ts';
import { mergeInputOf } from '../../../src/domain/plan/merge-input.ts';
import { plan } from '../../../src/domain/plan/plan.ts';
import type { Plan, PlanInput } from '../../../src/domain/plan/types.ts';
import type { SalesforcePerson } from '../../../src/domain/record.ts';
import { type Alter, alterations, applied } from './carry-out.ts';
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
const side = fc.constantFrom('hubspot' as const, 'salesforce' as const);
const empties = fc.constantFrom('clear' as const, 'clear' as const, 'keep' as const);
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

const alter = fc.constantFrom(...Object.values(alterations));

/** The shipped mapping with other rules, the same for all fields of a unit, before and after the handoff. */
const mappings = fc
  .array(
    fc.tuple(fc.constantFrom<FieldRule>('hubspot', 'salesforce', 'newest', 'fill_blank', 'never'), side, empties),
    {
      minLength: 20,
      maxLength: 20,
    },
  )
  .map((choices) => {
    const fields = mapping.contact.fields.map((field, index) => {
      const [rule, fallback, empty] = choices[field.unit === undefined ? index : 19] ?? ['newest', 'hubspot', 'clear'];
      return { ...field, rule: { before: rule, after: rule }, fallback, empty };
    });
    return { ...mapping, contact: { ...mapping.contact, fields } };
  });

/** When the fields in conflict were changed, as far as the CRMs tell. */
const histories = fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(9)), { maxLength: 20 }).map((points) => {
  const past = (chosen: readonly (readonly [string, number])[]) =>
    Object.fromEntries(chosen.map(([name, atMs]) => [name, [{ value: null, atMs, by: 'x' }]]));
  const fields = points.flatMap(([name, atMs]) => {
    const field = mapping.contact.fields.find(({ hubspot }) => hubspot === name)?.salesforce.Lead;
    return field === undefined ? [] : [[field, 9 - atMs] as const];
  });
  return { hubspot: past(points), salesforce: past(fields) };
});

function writesOf({ write, contact: changes }: Plan) {
  return [...(write?.changes ?? []), ...changes];
}

/** A human's edit. */
function edited(
  given: PlanInput,
  [on, name, value]: readonly ['hubspot' | 'salesforce', string, string | null],
): PlanInput {
  if (on === 'hubspot') {
    return { ...given, contact: { ...given.contact, properties: { ...given.contact.properties, [name]: value } } };
  }
  const field = mapping.contact.fields.find(({ hubspot }) => hubspot === name)?.salesforce.Lead;
  if (field === undefined) return given;
  const byId = given.persons.byId.map((each) => ({ ...each, fields: { ...each.fields, [field]: value } }));
  return { ...given, persons: { ...given.persons, byId } };
}

/** Looks until nothing is left to write; two are enough, the second of them for a status that we have set. */
function settledDown(given: PlanInput, altered: Alter): PlanInput {
  let now = given;
  for (let looks = 0; looks < 3; looks += 1) {
    const decided = plan(now);
    if (decided.outcome === 'needs_person' || writesOf(decided).length === 0) return now;
    now = applied(now, decided, altered, altered);
  }
  expect(writesOf(plan(now))).toStrictEqual([]);
  return now;
}

describe('for any contact and any person', () => {
  it('below the gate nothing but our id is ever written to Salesforce, and nobody is created (promise 1)', () => {
    fc.assert(
      fc.property(givens, shutStages, fc.boolean(), (given, lifecyclestage, linkBelowGate) => {
        const shut = contact({ ...given.contact.properties, lifecyclestage });
        const decided = plan({ ...given, contact: shut, linkBelowGate });

        expect(decided.write?.operation).not.toBe('create');
        for (const { rule } of decided.write?.changes ?? []) expect(rule).toBe('id');
        const wasHandedOver = given.pair !== null;
        if (!wasHandedOver) expect(decided.contact).toStrictEqual([]);
        if (!wasHandedOver && !linkBelowGate) {
          expect([decided.outcome, decided.write, decided.linkBack]).toStrictEqual(['below_gate', null, false]);
        }
      }),
    );
  });

  it('a plan that was carried out leaves nothing to do, whatever the CRMs made of its values (promise 4)', () => {
    fc.assert(
      fc.property(givens, mappings, histories, alter, alter, (given, rules, past, hubspot, salesforce) => {
        const first = plan({ ...given, mapping: rules, histories: past });
        fc.pre(first.outcome !== 'needs_person');
        const carriedOut = applied({ ...given, mapping: rules, histories: past }, first, hubspot, salesforce);
        const second = plan(carriedOut);
        // A status that we set ourselves is news to HubSpot.
        fc.pre(!writesOf(first).some(({ rule }) => rule === 'lifecycle'));

        expect(writesOf(second)).toStrictEqual([]);
        expect(second.stage.move).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('with the shipped mapping as well', () => {
    fc.assert(
      fc.property(givens, (given) => {
        const first = plan({ ...given, histories: { hubspot: {}, salesforce: {} } });
        fc.pre(first.outcome !== 'needs_person' && !writesOf(first).some(({ rule }) => rule === 'lifecycle'));

        expect(writesOf(plan(applied(given, first)))).toStrictEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('edits on both sides end with no more writes, and each difference that stays is explained', () => {
    const edit = fc.tuple(side, fc.constantFrom(...names), text);
    fc.assert(
      fc.property(
        mappings,
        fc.array(fc.array(edit, { maxLength: 6 }), { maxLength: 6 }),
        alter,
        (rules, rounds, altered) => {
          const lead = person('Lead', { externalId: '101', fields: { Company: 'A', Status: 'Open - Not Contacted' } });
          let now = input({
            mapping: rules,
            histories: { hubspot: {}, salesforce: {} },
            pair: pairWith(lead),
            persons: { byId: [lead] },
          });
          now = settledDown(now, altered);
          for (const edits of rounds) {
            for (const each of edits) now = edited(now, each);
            now = settledDown(now, altered);
          }
          const [found] = now.persons.byId;
          if (found === undefined) throw new Error('nobody');
          const explained = new Set(plan(now).reasons.map(({ field }) => field));
          const differing = compareFields(now, mergeInputOf(now, found, true)).comparisons.filter(
            ({ equal }) => !equal,
          );
          expect(differing.map(({ field }) => field).filter((field) => !explained.has(field))).toStrictEqual([]);
        },
      ),
      { numRuns: 300 },
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
      fc.property(givens, mappings, (given, rules) => {
        const decided = plan({ ...given, mapping: rules });
        const { write } = decided;
        const there: readonly string[] = ['hubspot', 'newest', 'fill_blank', 'id', 'owner', 'default', 'lifecycle'];
        const back: readonly string[] = ['salesforce', 'newest', 'fill_blank', 'owner', 'lifecycle'];
        for (const { rule } of write?.changes ?? []) expect(there).toContain(rule);
        for (const { rule } of decided.contact) expect(back).toContain(rule);
        for (const { before, after } of writesOf(decided)) expect(after).not.toBe(before);
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
