import type { FieldRule } from '../domain/mapping/types.ts';
import type { PersonObject } from '../domain/record.ts';
import type { FieldEntry } from './schema.ts';

/** One name holds for both objects; else each object has its own, or none. */
export function namesByObject(names: FieldEntry['salesforce']): Partial<Record<PersonObject, string>> {
  if (typeof names === 'string') return { Lead: names, Contact: names };
  return {
    ...(names.lead === undefined ? {} : { Lead: names.lead }),
    ...(names.contact === undefined ? {} : { Contact: names.contact }),
  };
}

/** One rule holds before and after the handoff. */
export function bothRules(rule: FieldEntry['rule']): { before: FieldRule; after: FieldRule } {
  return typeof rule === 'string' ? { before: rule, after: rule } : rule;
}
