import { normaliseId } from './ids.ts';
import type { Org } from './org.ts';
import { putAssignmentRule, putDuplicateRule } from './rule-rows.ts';
import type { DuplicateRule, ValidationRule } from './rules.ts';

export type RuleSettings = {
  /** Each answers a function that takes the rule away again. */
  addValidationRule(rule: ValidationRule): () => void;
  addDuplicateRule(rule: DuplicateRule): () => void;
  /** A rule that assigns leads, as it is listed; answers its id. Who gets leads is said by `setLeadAssignment`. */
  addAssignmentRule(rule: { isActive: boolean }): string;
  /** The next `times` writes on this record, or on records of this account, fail with UNABLE_TO_LOCK_ROW. */
  lock(id: string, times?: number): void;
  /** Who gets leads where a write does not say `Sforce-Auto-Assign: FALSE`; undefined: no rule is active. */
  setLeadAssignment(ownerId: string | undefined): void;
  setUserActive(userId: string, isActive: boolean): void;
};

function toFullId(id: string): string {
  return normaliseId(id) ?? id;
}

/** What an administrator sets about rules, locks and users. */
export function createRuleSettings(org: Org): RuleSettings {
  const { rules, store } = org;
  return {
    addValidationRule(rule) {
      rules.validations.add(rule);
      return () => void rules.validations.delete(rule);
    },
    addDuplicateRule(rule) {
      rules.duplicates.add(rule);
      const takeAway = putDuplicateRule(org, rule);
      return () => {
        rules.duplicates.delete(rule);
        takeAway();
      };
    },
    addAssignmentRule: ({ isActive }) => putAssignmentRule(org, isActive),
    lock: (id, times = 1) => void rules.locks.set(toFullId(id), times),
    setLeadAssignment(ownerId) {
      rules.leadAssignment = ownerId === undefined ? undefined : { ownerId };
    },
    setUserActive(userId, isActive) {
      const user = store.get('User', toFullId(userId));
      if (user === undefined) throw new Error(`no User ${userId}`);
      store.put('User', { ...user, IsActive: isActive });
    },
  };
}
