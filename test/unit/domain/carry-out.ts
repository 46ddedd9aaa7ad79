import { baseAfter, baseAfterContact, baseOfStage } from '../../../src/domain/plan/base.ts';
import type { Base, Plan, PlanInput } from '../../../src/domain/plan/types.ts';
import type { FieldValue, SalesforcePerson } from '../../../src/domain/record.ts';
import { pairWith, person } from './given.ts';

/** What a CRM makes of a value that it is sent. */
export type Alter = (value: FieldValue) => FieldValue;
export const alterations: Readonly<Record<string, Alter>> = {
  keeps: (value) => value,
  cuts: (value) => (typeof value === 'string' && !value.startsWith('005') ? value.slice(0, 3) : value),
  capitalises: (value) => (typeof value === 'string' ? value.toUpperCase() : value),
};
/** Both sides and the ledger after the plan was carried out and what it wrote was read back. */
export function applied(given: PlanInput, decided: Plan, hubspot: Alter = same, salesforce: Alter = same): PlanInput {
  const { write, stage } = decided;
  const changes = write?.changes ?? [];
  const object = write?.object ?? decided.person?.object ?? 'Lead';
  const all = [...given.persons.byId, ...given.persons.byExternalId, ...given.persons.byEmail];
  const blank = person(object, { fields: { LastName: null, OwnerId: null } });
  const before = all.find(({ id }) => id === decided.person?.id) ?? blank;
  const held: Record<string, FieldValue> = { ...before.fields };
  for (const { field, after } of changes) held[field] = salesforce(after);
  const answered = Object.fromEntries(decided.contact.map(({ field, after }) => [field, textOf(hubspot(after))]));
  const moved: Record<string, string> = stage.move === null ? {} : { lifecyclestage: stage.move.to };
  const bases = [given.pair?.base, baseAfter(decided, held), baseAfterContact(decided, answered), baseOfStage(decided)];
  const externalId = changes.some(({ rule }) => rule === 'id') ? given.contact.id : before.externalId;
  const now: SalesforcePerson = { ...before, externalId, fields: held };
  const properties = { ...given.contact.properties, ...answered, ...moved, salesforce_person_id: now.id };
  return {
    ...given,
    contact: { ...given.contact, properties },
    pair: pairWith(now, { base: merged(bases) }),
    persons: { byId: [now], byExternalId: [], byEmail: [] },
  };
}

function same(value: FieldValue): FieldValue {
  return value;
}

function textOf(value: FieldValue): string | null {
  return value === null ? null : String(value);
}

function merged(bases: readonly (Base | null | undefined)[]): Base | null {
  const known = bases.filter((base) => base != null);
  if (known.length === 0) return null;
  return {
    hubspot: Object.assign({}, ...known.map(({ hubspot }) => hubspot)),
    salesforce: Object.assign({}, ...known.map(({ salesforce }) => salesforce)),
  };
}
