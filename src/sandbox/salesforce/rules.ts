import type { FieldValue, SfRecord } from './types.ts';

/** The save is refused with `message` where `when` holds: a function of the record as it would be, or the values it must have. */
export type ValidationRule = {
  object: string;
  when: ((record: SfRecord) => boolean) | Record<string, FieldValue>;
  message: string;
  /** The field the message stands at; without it the error belongs to the page and `fields` is empty. */
  field?: string;
};

/** Finds duplicates of a new or changed record; `alert` gives way to `allowSave=true`, `block` never does. */
export type DuplicateRule = {
  object: 'Lead' | 'Contact' | 'Account';
  action: 'block' | 'alert';
  /** `name` and `website` are for accounts. */
  match: 'email' | 'last-name-and-company' | 'name' | 'website';
  /** Where matches are looked for; default: the object itself. A contact may match a lead. */
  against?: ('Lead' | 'Contact' | 'Account')[];
  name?: string;
};

export type Rules = {
  validations: Set<ValidationRule>;
  duplicates: Set<DuplicateRule>;
  /** Id of a record or account → how many writes still fail with UNABLE_TO_LOCK_ROW. */
  locks: Map<string, number>;
  /** The active lead assignment rule; undefined: none is active. */
  leadAssignment: { ownerId: string } | undefined;
};

/** No validation and duplicate rules, no locks; leads are assigned to the queue where a write does not say otherwise. */
export function createRules(queueId: string): Rules {
  return { validations: new Set(), duplicates: new Set(), locks: new Map(), leadAssignment: { ownerId: queueId } };
}

/** Whether the rule refuses this record. */
export function isRefused(rule: ValidationRule, record: SfRecord): boolean {
  if (typeof rule.when === 'function') return rule.when(record);
  return Object.entries(rule.when).every(([field, value]) => (record[field] ?? null) === value);
}

/** Whether one of the ids is locked; uses up one write of its lock. */
export function takeLock(rules: Rules, ids: readonly (FieldValue | undefined)[]): string | undefined {
  if (rules.locks.size === 0) return undefined;
  for (const id of ids) {
    const left = typeof id === 'string' ? rules.locks.get(id) : undefined;
    if (typeof id !== 'string' || left === undefined || left <= 0) continue;
    if (left === 1) rules.locks.delete(id);
    else rules.locks.set(id, left - 1);
    return id;
  }
  return undefined;
}
