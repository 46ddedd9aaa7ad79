import type { Finding, Place } from '../domain/finding.ts';
import type { FieldRule, MappedField } from '../domain/mapping/types.ts';
import type { HubSpotObject, PersonObject, SalesforceObject } from '../domain/record.ts';
import type { DealPipeline, HubSpotProperty } from '../ports/hubspot.ts';
import type { SalesFacts, SalesforceField, SalesforceUser } from '../ports/salesforce.ts';

/** What both CRMs offer, as the credentials see it. */
export type Schemas = {
  properties: readonly HubSpotProperty[];
  fields: Readonly<Record<PersonObject, readonly SalesforceField[]>>;
  users: readonly SalesforceUser[];
  /** Absent where the mapping has no companies on. */
  company?: { properties: readonly HubSpotProperty[]; fields: readonly SalesforceField[] };
  /** Absent where the mapping has no deals on. */
  deal?: {
    properties: readonly HubSpotProperty[];
    fields: readonly SalesforceField[];
    pipelines: readonly DealPipeline[];
    sales: SalesFacts;
  };
};

/** One kind of record as both CRMs offer it, and the file that maps it. */
export type KindSchemas = {
  kind: HubSpotObject;
  file: 'contacts' | 'companies' | 'deals';
  properties: readonly HubSpotProperty[];
  fields: Readonly<Partial<Record<SalesforceObject, readonly SalesforceField[]>>>;
};

/** The contacts among what both CRMs offer. */
export function contactSchemas({ properties, fields }: Schemas): KindSchemas {
  return { kind: 'contact', file: 'contacts', properties, fields };
}

/** Each object of a kind with its fields. */
export function objectsOf({ fields }: KindSchemas): { object: SalesforceObject; known: readonly SalesforceField[] }[] {
  const objects = ['Lead', 'Contact', 'Account', 'Opportunity'] as const;
  return objects.flatMap((object) => {
    const known = fields[object];
    return known === undefined ? [] : [{ object, known }];
  });
}

/** Whether a field can be our id of the other side: unique, and no two of its values differ in case alone. */
export function isIdField({ externalId, unique, caseSensitive }: SalesforceField): boolean {
  return externalId && unique && caseSensitive !== true;
}

/** What a finding says, without its place. */
export type Complaint = Pick<Finding, 'code' | 'what' | 'why' | 'fix'> & { severity?: Finding['severity'] };

export const personObjects: readonly PersonObject[] = ['Lead', 'Contact'];

/** A finding at a place of a mapping file; an error where the complaint says nothing else. */
export function toFinding(at: Place, { severity = 'error', ...complaint }: Complaint): Finding {
  return { severity, ...at, ...complaint };
}

/** Whether any rule of the field lets HubSpot's value into Salesforce. */
export function isWritten(mapped: MappedField): boolean {
  return hasRule(mapped, (rule) => rule !== 'never' && rule !== 'salesforce');
}

/** Whether any rule of the field lets Salesforce's value into HubSpot, and there is a way. */
export function isWrittenBack(mapped: MappedField): boolean {
  return mapped.hasWayBack && hasRule(mapped, (rule) => rule !== 'never' && rule !== 'hubspot');
}

function hasRule({ rule }: MappedField, lets: (rule: FieldRule) => boolean): boolean {
  return [rule.before, rule.after].some(lets);
}
