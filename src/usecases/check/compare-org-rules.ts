import type { Finding } from '../../domain/finding.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { ActiveDuplicateRule } from '../../ports/salesforce.ts';
import { toFinding } from '../live-schemas.ts';
import { notChecked, nowhere } from './finding-at.ts';
import type { Surroundings } from './surroundings.ts';

/** Duplicate rules that will stop records, and the assignment rule that the mapping names. Pure. */
export function compareOrgRules(
  { duplicateRules, assignmentRules }: Pick<Surroundings, 'duplicateRules' | 'assignmentRules'>,
  mapping: CompiledMapping,
): Finding[] {
  return [...compareDuplicates(duplicateRules, mapping), ...compareAssignment(assignmentRules, mapping)];
}

function compareDuplicates(told: Surroundings['duplicateRules'], mapping: CompiledMapping): Finding[] {
  if ('fault' in told) return [notChecked('The duplicate rules of the org', told.fault)];
  if (told.answer === null) {
    return [
      toFinding(nowhere, {
        severity: 'warning',
        code: 'duplicate_rules_hidden',
        what: 'Our user in Salesforce may not see which duplicate rules are active.',
        why: 'A rule that stops records shows only when it does (salesforce_duplicate_rule).',
        fix: 'Give the integration user "View Setup and Configuration", or look under Setup > Duplicate Rules.',
      }),
    ];
  }
  return told.answer.flatMap((rule) => biteOf(rule, mapping) ?? []);
}

/** How a rule meets what we create; null: it lets everything pass. */
function biteOf({ object, name, action }: ActiveDuplicateRule, { contact, placeOf }: CompiledMapping): Finding | null {
  const isPerson = object === 'Lead' || object === 'Contact';
  const passesAlerts = isPerson && contact.allowDuplicates;
  if (action === 'report' || (action === 'alert' && passesAlerts)) return null;
  const at = isPerson ? placeOf('contacts', ['allow_duplicates']) : nowhere;
  const why = `A record that matches is not created and becomes a failure (salesforce_duplicate_rule).`;
  const exempt = 'or exempt the integration user in the conditions of the rule';
  if (action === 'block') {
    return toFinding(at, {
      severity: 'warning',
      code: 'duplicate_rule_blocks',
      what: `The active duplicate rule ${name} of ${object} blocks: allow_duplicates does not pass it.`,
      why,
      fix: `Let such failures be decided by a person, ${exempt}.`,
    });
  }
  const ways = isPerson ? `Set allow_duplicates: true, ${exempt}.` : `Switch its alert off, ${exempt}.`;
  return action === 'alert'
    ? toFinding(at, {
        severity: 'warning',
        code: 'duplicate_rule_alerts',
        what: `The active duplicate rule ${name} of ${object} alerts, and an alert stops a create by API.`,
        why,
        fix: ways,
      })
    : toFinding(at, {
        severity: 'warning',
        code: 'duplicate_rule_unknown',
        what: `The duplicate rule ${name} of ${object} is active; whether it blocks or alerts is not shown to our user.`,
        why: `Where it stops a create: ${why.charAt(0).toLowerCase()}${why.slice(1)}`,
        fix: `Look it up under Setup > Duplicate Rules. ${ways}`,
      });
}

/** An id in its short and its long form is the same one. */
const shortLength = 15;

function compareAssignment(told: Surroundings['assignmentRules'], { contact, placeOf }: CompiledMapping): Finding[] {
  const { assignmentRule: wanted } = contact;
  if (wanted === false) return [];
  if ('fault' in told) return [notChecked('The assignment rule of the mapping', told.fault)];
  const { answer } = told;
  // Who may not see rules may still name one.
  if (answer === null || answer.some(({ id }) => id.slice(0, shortLength) === wanted.slice(0, shortLength))) return [];
  return [
    toFinding(placeOf('contacts', ['assignment_rule']), {
      code: 'assignment_rule_missing',
      what: `The org has no lead assignment rule ${wanted}.`,
      why: 'Salesforce would refuse every Lead, or leave it with the integration user.',
      fix:
        answer.length === 0
          ? 'Set assignment_rule: false, or make a rule under Setup > Lead Assignment Rules.'
          : `Use one of: ${answer.map(({ id, isActive }) => `${id}${isActive ? ' (active)' : ''}`).join(', ')}; or false.`,
    }),
  ];
}
