import type { HubSpotObject } from '../record.ts';
import { describePairs } from './pair-differences.ts';
import type { FieldContent, MappingChange, ObjectContent } from './types.ts';

/** One side of what may differ of a field, as a text; null: nothing is said. */
type Aspect = { what: string; told(field: FieldContent): string | null };

const aspects: readonly Aspect[] = [
  { what: 'goes to another field in Salesforce', told: ({ salesforce }) => salesforce },
  { what: 'has another rule', told: ({ says }) => says },
  { what: 'is computed otherwise', told: ({ transform }) => transform },
  { what: 'is computed otherwise on the way back', told: ({ transformBack }) => transformBack },
  { what: 'belongs to another unit', told: ({ unit }) => unit },
];

/** What becomes of the fields of one kind of record: new ones, those that are gone, and what is said otherwise of the others. */
export function compareFields(before: ObjectContent | undefined, after: ObjectContent): MappingChange[] {
  const old = new Map(before?.fields.map((field) => [field.hubspot, field]));
  const now = new Set(after.fields.map(({ hubspot }) => hubspot));
  const gone = [...old.values()].filter(({ hubspot }) => !now.has(hubspot));
  return [
    ...after.fields.flatMap((field) => {
      const known = old.get(field.hubspot);
      return known === undefined ? [added(after.kind, field)] : differencesOf(after.kind, known, field);
    }),
    ...gone.map((field) => removed(after.kind, field)),
  ];
}

function added(kind: HubSpotObject, field: FieldContent): MappingChange {
  const after = `${field.salesforce}. ${field.says}`;
  const text = `The ${kind} field ${field.hubspot} is new.`;
  return { change: 'added', area: 'field', kind, name: field.hubspot, before: null, after, text };
}

function removed(kind: HubSpotObject, field: FieldContent): MappingChange {
  const before = `${field.salesforce}. ${field.says}`;
  const text = `The ${kind} field ${field.hubspot} is not synced any more.`;
  return { change: 'removed', area: 'field', kind, name: field.hubspot, before, after: null, text };
}

function differencesOf(kind: HubSpotObject, before: FieldContent, after: FieldContent): MappingChange[] {
  const told = aspects.map(({ what, told: tell }) => ({ what, before: tell(before), after: tell(after) }));
  const values = describePairs(before.values, after.values);
  const back = describePairs(before.valuesBack, after.valuesBack);
  // The members of its unit are told by their own units, and a way back by the rule.
  const notes = { before: notesOf(before, after), after: notesOf(after, before) };
  const all = [
    ...told,
    { what: 'has other values', ...values },
    { what: 'has other values on the way back', ...back },
    { what: 'has other notes', before: notes.before, after: notes.after },
  ];
  return all
    .filter((aspect) => aspect.before !== aspect.after)
    .map((aspect) => ({
      change: 'changed' as const,
      area: 'field' as const,
      kind,
      name: after.hubspot,
      before: aspect.before,
      after: aspect.after,
      text: `The ${kind} field ${after.hubspot} ${aspect.what}.`,
    }));
}

/** What is noted of one field and not of the other. */
function notesOf(one: FieldContent, other: FieldContent): string | null {
  const own = one.notes.filter((note) => !other.notes.includes(note));
  return own.length === 0 ? null : own.join(' ');
}
