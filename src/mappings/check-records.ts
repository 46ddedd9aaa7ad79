import type { Finding } from '../domain/finding.ts';
import type { FieldComplaint } from './check-fields.ts';
import { flowsBack, rulesOf } from './check-way-back.ts';
import type { FieldEntry, MappingFiles } from './schema.ts';
import { findingAtKey, findingAtPath, type YamlSource } from './yaml-source.ts';

type Records = Pick<MappingFiles['companies'], 'fields' | 'defaults' | 'required'>;

/** What is special about the names of one kind of record. */
export type RecordNames = {
  file: 'companies.yaml' | 'deals.yaml';
  /** Names of either side that are decided elsewhere, with the words for where. */
  elsewhere: ReadonlyMap<string, string>;
  /** HubSpot's properties that it calculates and refuses to be told. */
  readOnlyProperties: ReadonlySet<string>;
  /** The same of Salesforce. */
  readOnlyFields: ReadonlySet<string>;
  /** Salesforce fields that are filled without a line under `fields`. */
  filled: readonly string[];
};

/** What the fields of companies.yaml and deals.yaml can get wrong besides those of contacts.yaml. */
export function checkRecordFields(source: YamlSource, file: Records, names: RecordNames): Finding[] {
  const perField = file.fields.flatMap((entry, index) =>
    [decidedElsewhere(entry, names), readOnlyTarget(entry, names), ownStandIn(entry)].flatMap((complaint) =>
      complaint === null ? [] : findingAtPath(source, ['fields', index, complaint.key], complaint),
    ),
  );
  return [...perField, ...defaultsElsewhere(source, file, names), ...unreachable(source, file, names)];
}

function decidedElsewhere({ hubspot, salesforce }: FieldEntry, { elsewhere }: RecordNames): FieldComplaint | null {
  const key = elsewhere.has(hubspot) ? 'hubspot' : 'salesforce';
  const name = key === 'hubspot' ? hubspot : String(salesforce);
  const where = elsewhere.get(name);
  return where === undefined ? null : { key, ...complaintElsewhere(name, where) };
}

function complaintElsewhere(name: string, where: string) {
  return {
    code: 'reserved_field',
    what: `${name} is not decided here: ${where}.`,
    why: 'Two rules for one value would contradict each other.',
    fix: 'Remove this line.',
  };
}

function readOnlyTarget(entry: FieldEntry, names: RecordNames): FieldComplaint | null {
  if (flowsBack(entry) && names.readOnlyProperties.has(entry.hubspot)) {
    return {
      key: 'hubspot',
      code: 'read_only_property',
      what: `HubSpot calculates ${entry.hubspot} by itself, but the rule lets Salesforce's value into it.`,
      why: 'HubSpot refuses every write to it, and with it all that was sent along.',
      fix: 'Use the rule hubspot or never, or add one_way: true.',
    };
  }
  const sends = rulesOf(entry).some((rule) => rule !== 'never' && rule !== 'salesforce');
  if (!sends || !names.readOnlyFields.has(String(entry.salesforce))) return null;
  return {
    key: 'salesforce',
    code: 'read_only_field',
    what: `Salesforce fills ${String(entry.salesforce)} by itself, but the rule lets HubSpot's value into it.`,
    why: 'Salesforce refuses every write to it, and with it the whole record.',
    fix: 'Use the rule salesforce or never.',
  };
}

function ownStandIn(entry: FieldEntry & { if_empty?: string | undefined }): FieldComplaint | null {
  if (entry.if_empty !== entry.hubspot) return null;
  return {
    key: 'if_empty',
    code: 'if_empty_itself',
    what: `${entry.hubspot} stands in for itself.`,
    why: 'Where it is empty, nothing would be sent in its place.',
    fix: 'Name another property, or remove if_empty.',
  };
}

function defaultsElsewhere(source: YamlSource, { defaults }: Records, { elsewhere }: RecordNames): Finding[] {
  return Object.keys(defaults).flatMap((name) => {
    const where = elsewhere.get(name);
    return where === undefined ? [] : findingAtKey(source, ['defaults'], name, complaintElsewhere(name, where));
  });
}

function unreachable(source: YamlSource, file: Records, { file: name, filled }: RecordNames): Finding[] {
  const mapped = file.fields.map(({ salesforce }) => salesforce);
  const reachable = new Set([...mapped, ...Object.keys(file.defaults), ...filled]);
  return file.required
    .filter((field) => !reachable.has(field))
    .map((field) =>
      findingAtPath(source, ['required', file.required.indexOf(field)], {
        code: 'required_unreachable',
        what: `${field} is required, but no field of ${name} is mapped to it and it has no default.`,
        why: 'Nothing could ever be created.',
        fix: `Map a HubSpot property to ${field}, or give it a value under defaults.`,
      }),
    );
}
