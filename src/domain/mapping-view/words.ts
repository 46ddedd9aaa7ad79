import type { FieldRule } from '../mapping/types.ts';
import type { HubSpotObject, SystemName } from '../record.ts';
import type { Flow } from './types.ts';

/** Rules as people read them, for one field or for what goes together. */
export type RuleSpec = {
  rule: { before: FieldRule; after: FieldRule };
  /** Whose value stays where `newest` cannot tell who wrote last. */
  fallback: SystemName;
  /** False: Salesforce's values never become HubSpot's. */
  hasWayBack: boolean;
};

/** What a record of each kind is called. */
export const nouns: Readonly<Record<HubSpotObject, string>> = { contact: 'contact', company: 'company', deal: 'deal' };

/** `HubSpot` or `Salesforce`. */
function systemLabel(system: SystemName): string {
  return system === 'hubspot' ? 'HubSpot' : 'Salesforce';
}

/** Who owns a value, in plain words: one sentence, or two where another rule holds from the handoff on. */
export function ruleSentence({ rule: { before, after }, ...spec }: RuleSpec): string {
  if (before === after) return sentenceOf(after, spec);
  return `Up to the handoff: ${lowerFirst(sentenceOf(before, spec))} From then on: ${lowerFirst(sentenceOf(after, spec))}`;
}

function sentenceOf(rule: FieldRule, { fallback, hasWayBack }: Omit<RuleSpec, 'rule'>): string {
  switch (rule) {
    case 'hubspot':
      return 'HubSpot decides: its value goes to Salesforce, and an edit in Salesforce is overwritten.';
    case 'salesforce':
      return hasWayBack
        ? 'Salesforce decides: its value goes to HubSpot, and an edit in HubSpot is overwritten.'
        : 'Salesforce decides, and nothing is written on either side.';
    case 'newest':
      return `Whoever wrote last decides. Where nobody can tell, the value in ${systemLabel(fallback)} stays.`;
    case 'fill_blank':
      return 'The value in Salesforce stays wherever there is one. HubSpot fills only blanks.';
    case 'never':
      return 'The values are compared and shown, and never written.';
  }
}

/** The name of a rule as the files write it. */
export function ruleName({ before, after }: RuleSpec['rule']): string {
  return before === after ? after : `${before}, then ${after}`;
}

/** Where values may flow under these rules, before the handoff or after it. */
export function flowOf({ rule: { before, after }, hasWayBack }: Pick<RuleSpec, 'rule' | 'hasWayBack'>): Flow {
  const rules = [before, after];
  const there = rules.some((rule) => rule === 'hubspot' || rule === 'newest' || rule === 'fill_blank');
  const back = hasWayBack && rules.some((rule) => rule === 'salesforce' || rule === 'newest' || rule === 'fill_blank');
  if (there && back) return 'both';
  if (there) return 'to_salesforce';
  return back ? 'to_hubspot' : 'none';
}

/** `A, B or C`. */
export function listOf(words: readonly string[], last: 'or' | 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** `1 address`, `3 addresses`. */
export function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Names of systems keep their capital. */
function lowerFirst(text: string): string {
  return /^(?:HubSpot|Salesforce)/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}
