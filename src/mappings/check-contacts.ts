import type { Finding } from '../domain/finding.ts';
import {
  accountField,
  contactCompanyProperty,
  contactIdField,
  type PersonObject,
  personIdProperty,
} from '../domain/record.ts';
import type { FieldComplaint } from './check-fields.ts';
import { namesByObject } from './field-entry.ts';
import type { FieldEntry, MappingFiles } from './schema.ts';
import { findingAtPath, type YamlSource } from './yaml-source.ts';

type Contacts = MappingFiles['contacts'];

/** Set by Handoff itself: a mapped value would fight with it. */
const reserved: ReadonlySet<string> = new Set([contactIdField, 'OwnerId', 'Id', personIdProperty, 'hubspot_owner_id']);

/** What only contacts.yaml can get wrong: fields that Handoff sets itself, and required fields that nothing fills. */
export function checkContacts(source: YamlSource, file: Contacts): Finding[] {
  const perField = file.fields.flatMap((entry, index) => {
    const complaint = reservedName(entry);
    return complaint === null ? [] : findingAtPath(source, ['fields', index, complaint.key], complaint);
  });
  return [...perField, ...unreachableFields(source, file)];
}

/** Where companies are synced, the Account of a Contact follows the primary company of its contact. */
export function checkCompanyLink(source: YamlSource, { fields }: Contacts): Finding[] {
  return fields.flatMap(({ hubspot, salesforce }, index) => {
    const isProperty = hubspot === contactCompanyProperty;
    if (!isProperty && !Object.values(namesByObject(salesforce)).includes(accountField)) return [];
    return findingAtPath(source, ['fields', index, isProperty ? 'hubspot' : 'salesforce'], {
      code: 'reserved_field',
      what: `${isProperty ? hubspot : accountField} is not decided here: contact_company in companies.yaml decides it.`,
      why: 'Two rules for one value would contradict each other.',
      fix: 'Remove this line.',
    });
  });
}

function reservedName(entry: FieldEntry): FieldComplaint | null {
  const names = [entry.hubspot, ...Object.values(namesByObject(entry.salesforce))];
  const name = names.find((each) => reserved.has(each));
  if (name === undefined) return null;
  return {
    key: name === entry.hubspot ? 'hubspot' : 'salesforce',
    code: 'reserved_field',
    what: `${name} is set by Handoff itself.`,
    why: 'A mapped value would break the link between both systems, or fight with owners.yaml.',
    fix: 'Remove this field; owners are mapped in owners.yaml.',
  };
}

function unreachableFields(source: YamlSource, file: Contacts): Finding[] {
  const objects: readonly (readonly ['lead' | 'contact', PersonObject])[] = [
    ['lead', 'Lead'],
    ['contact', 'Contact'],
  ];
  return objects.flatMap(([key, object]) => {
    const mapped = file.fields.flatMap((entry) => namesByObject(entry.salesforce)[object] ?? []);
    const reachable = [...mapped, ...Object.keys(file.defaults[key])];
    return file.required[key]
      .filter((field) => file.create === key && !reachable.includes(field))
      .map((field) =>
        findingAtPath(source, ['required', key], {
          code: 'required_unreachable',
          what: `${field} is required for a new ${object}, but no field is mapped to it and it has no default.`,
          why: 'Nobody could ever be created.',
          fix: `Map a HubSpot property to ${field}, or give it a value under defaults.${key}.`,
        }),
      );
  });
}
