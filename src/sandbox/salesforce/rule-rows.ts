import { defineField, READ_ONLY, text } from './field-kit.ts';
import type { Org } from './org.ts';
import type { DuplicateRule } from './rules.ts';
import type { FieldDefinition } from './types.ts';

/** Rules as SOQL lists them (Object Reference, "DuplicateRule", "AssignmentRule"): what a duplicate rule does is not among the fields. */
export function ruleFields(): Record<string, FieldDefinition[]> {
  const id = defineField('Id', 'id', READ_ONLY);
  const object = defineField('SobjectType', 'picklist', { ...READ_ONLY, length: 40 });
  return {
    DuplicateRule: [
      id,
      text('DeveloperName', 80, READ_ONLY),
      text('MasterLabel', 80, READ_ONLY),
      object,
      defineField('IsActive', 'boolean', READ_ONLY),
    ],
    AssignmentRule: [id, text('Name', 80, READ_ONLY), object, defineField('Active', 'boolean', READ_ONLY)],
  };
}

/** The name of a rule: its own, or that of the rule that every org has. */
export function nameOfRule({ name, object }: DuplicateRule): string {
  return name ?? `Standard_${object}_Duplicate_Rule`;
}

/** Lists an active rule; the answer takes it from the list. */
export function putDuplicateRule(org: Org, rule: DuplicateRule): () => void {
  const Id = org.store.nextId('DuplicateRule');
  const name = nameOfRule(rule);
  const row = { Id, DeveloperName: name, MasterLabel: name, SobjectType: rule.object };
  org.store.put('DuplicateRule', { ...row, IsActive: true });
  return () => org.store.put('DuplicateRule', { ...row, IsActive: false });
}

/** Lists an assignment rule of leads and answers its id. */
export function putAssignmentRule(org: Org, isActive: boolean): string {
  const Id = org.store.nextId('AssignmentRule');
  org.store.put('AssignmentRule', { Id, Name: 'Leads', SobjectType: 'Lead', Active: isActive });
  return Id;
}

/** `GET /ui-api/duplicates/{T}` (User Interface API guide, "Duplicates Configuration", "Duplicate Rule"): the active rules with what they do. */
export function describeDuplicates(org: Org, type: string): Record<string, unknown> {
  const rules = [...org.rules.duplicates].filter(({ object }) => object === type);
  const duplicateRules = rules.map((rule) => {
    const action = rule.action === 'block' ? 'Block' : 'Allow';
    const operations = rule.action === 'alert' ? ['Alert'] : [];
    return {
      name: nameOfRule(rule),
      active: true,
      actionOnInsert: action,
      actionOnUpdate: action,
      operationsOnInsert: operations,
      operationsOnUpdate: operations,
      duplicateRuleFilters: [],
      matchRules: [],
    };
  });
  const isOn = duplicateRules.length > 0;
  return { apiName: type, dedupeEnabled: isOn, dedupeFields: [], duplicateRules, predupeEnabled: isOn };
}
