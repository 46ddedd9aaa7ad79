import type { Field, Side } from './field-state.ts';

const rules: Readonly<Record<string, { short: string; long: string }>> = {
  hubspot: {
    short: 'HubSpot',
    long: 'HubSpot owns it: its value is sent to Salesforce, and edits there are set back.',
  },
  salesforce: {
    short: 'Salesforce',
    long: 'Salesforce owns it: its value is taken to HubSpot, and edits there are set back.',
  },
  newest: { short: 'Newest change', long: 'Whoever changed it last: that value goes to the other side.' },
  fill_blank: {
    short: 'Salesforce, else HubSpot',
    long: 'Salesforce wins wherever it has a value; HubSpot only fills blanks.',
  },
  never: { short: 'Nobody', long: 'It is compared and shown, and never written.' },
  id: { short: 'Handoff', long: 'The id by which both sides know each other.' },
  default: { short: 'Default', long: 'The default of the mapping, for a record that is new.' },
  owner: { short: 'Owner mapping', long: 'The owner of the other side, as owners.yaml maps it.' },
  lifecycle: { short: 'Lifecycle', long: 'A move of the stage, as lifecycle.yaml says.' },
  revert: { short: 'Revert', long: 'A person put a run back.' },
};

/** Who owns a field, in words. */
export function ruleWords(rule: string): { short: string; long: string } {
  return rules[rule] ?? { short: rule, long: rule };
}

const sources: readonly (readonly [RegExp, (id: string) => string])[] = [
  [/^CRM_UI user (.+)$/, (who) => (/^\d+$/.test(who) ? `user ${who}` : nameOf(who))],
  [/^CRM_UI$/, () => 'a person'],
  [/^MOBILE_\w+(?: user (.+))?$/, (who) => (/^\d*$/.test(who) ? 'a person in the app' : `${nameOf(who)} in the app`)],
  [/^INTEGRATION ?(.*)$/, (id) => (id === '' ? 'an app' : `an app (${id})`)],
  [/^API ?(.*)$/, (id) => (id === '' ? 'an API call' : `an API call (${id})`)],
  [/^CALCULATED/, () => 'a calculation'],
  [/^IMPORT/, () => 'an import'],
  [/^FORM/, () => 'a form'],
  [/^(?:AUTOMATION_PLATFORM|WORKFLOWS?)/, () => 'a workflow'],
  [/^MERGE_/, () => 'a merge'],
  [/^(?:ANALYTICS|SOCIAL)/, () => 'analytics'],
];

/** The name alone, where an email in brackets follows it. */
function nameOf(person: string): string {
  return person.replace(/ \([^()]*@[^()]*\)$/, '');
}

/** Who changed a value, in words: HubSpot names kinds of sources in capitals. Null: nobody knows. */
export function changedByWords(by: string | null): string | null {
  if (by === null || by === '') return null;
  for (const [shape, words] of sources) {
    const found = shape.exec(by);
    if (found !== null) return words(found[1] ?? '');
  }
  return by;
}

/** The last change of a field that anybody knows of. `isRecord`: only that of the whole record is known, so it was no later. */
export type LastChange = { system: 'HubSpot' | 'Salesforce'; at: string; by: string | null; isRecord: boolean };

/** The newest change of the field itself; where neither side tells it, that of its record. Null: nobody knows. Pure. */
export function lastChange({ hubspot, salesforce }: Pick<Field, 'hubspot' | 'salesforce'>): LastChange | null {
  const known = [...changeOf('HubSpot', hubspot), ...changeOf('Salesforce', salesforce)];
  const exact = known.filter(({ isRecord }) => !isRecord);
  const [newest] = (exact.length > 0 ? exact : known).sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
  return newest ?? null;
}

function changeOf(system: LastChange['system'], side: Side): LastChange[] {
  if (side.changedAt === null) return [];
  const isRecord = side.changeOf !== 'field';
  return [{ system, at: side.changedAt, by: changedByWords(side.changedBy), isRecord }];
}

/** A system as it is called. */
export function systemWord(system: 'hubspot' | 'salesforce'): 'HubSpot' | 'Salesforce' {
  return system === 'hubspot' ? 'HubSpot' : 'Salesforce';
}
