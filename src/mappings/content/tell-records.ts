import type { MappingSetting } from '../../domain/mapping-view/types.ts';
import { listOf, ruleSentence } from '../../domain/mapping-view/words.ts';
import type { SystemName } from '../../domain/record.ts';
import { bothRules } from '../field-entry.ts';
import type { FieldEntry } from '../schema.ts';
import type { Path, YamlSource } from '../yaml-source.ts';
import { setting, valueText } from './source.ts';

/** What one kind of record is called on both sides. */
export type Nouns = { hubspot: string; salesforce: string };

/** A rule of the file that is no field: what it decides, and who does. */
export function ruleSetting(
  source: YamlSource,
  path: Path,
  { what, rule, fallback = 'salesforce' }: { what: string; rule: FieldEntry['rule']; fallback?: SystemName },
): MappingSetting {
  return setting(source, path, `${what}: ${ruleSentence({ rule: bothRules(rule), fallback, hasWayBack: true })}`);
}

/** What a new record gets where HubSpot has nothing, one sentence per field. */
export function tellDefaults(
  source: YamlSource,
  path: Path,
  defaults: Readonly<Record<string, unknown>>,
  noun: string,
): MappingSetting[] {
  return Object.entries(defaults).map(([field, value]) =>
    setting(source, [...path, field], `A new ${noun} gets ${field} = ${valueText(value)} where HubSpot has nothing.`),
  );
}

/** Without what nothing is created. */
export function tellRequired(
  source: YamlSource,
  path: Path,
  fields: readonly string[],
  noun: string,
): MappingSetting[] {
  if (fields.length === 0) return [];
  return [setting(source, path, `No ${noun} is created without ${listOf(fields, 'and')}. They are never cleared.`)];
}

type Events = {
  deleted_in_hubspot: 'unlink' | 'delete';
  deleted_in_salesforce: 'unlink' | 'delete';
  restored_in_salesforce: 'relink' | 'ask';
  merged_in_salesforce?: 'follow' | 'ask';
};

/** What becomes of a pair when something ends or comes back on one side. */
export function tellEvents(source: YamlSource, events: Events, { hubspot, salesforce }: Nouns): MappingSetting[] {
  const one = (key: keyof Events, text: string) => setting(source, ['events', key], text);
  const merged = events.merged_in_salesforce;
  return [
    one(
      'deleted_in_hubspot',
      events.deleted_in_hubspot === 'unlink'
        ? `A ${hubspot} is deleted in HubSpot: the ${salesforce} in Salesforce stays as it is.`
        : `A ${hubspot} is deleted in HubSpot: the ${salesforce} goes to the recycle bin of Salesforce.`,
    ),
    one(
      'deleted_in_salesforce',
      events.deleted_in_salesforce === 'unlink'
        ? `A ${salesforce} is deleted in Salesforce: the ${hubspot} in HubSpot stays as it is, and nothing is created again.`
        : `A ${salesforce} is deleted in Salesforce: the ${hubspot} goes to the recycle bin of HubSpot.`,
    ),
    one(
      'restored_in_salesforce',
      events.restored_in_salesforce === 'relink'
        ? `A deleted ${salesforce} is there again: it is linked to its ${hubspot} again.`
        : `A deleted ${salesforce} is there again: a person is asked.`,
    ),
    ...(merged === undefined
      ? []
      : [
          one(
            'merged_in_salesforce',
            merged === 'follow'
              ? `A ${salesforce} is merged into another one in Salesforce: the pair goes on with the one that is left.`
              : `A ${salesforce} is merged into another one in Salesforce: a person is asked.`,
          ),
        ]),
  ];
}
