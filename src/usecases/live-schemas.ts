import type { MappedField } from '../domain/mapping/types.ts';
import type { PersonObject } from '../domain/record.ts';
import type { HubSpotProperty } from '../ports/hubspot.ts';
import type { SalesforceField, SalesforceUser } from '../ports/salesforce.ts';

/** What both CRMs offer, as the credentials see it. */
export type Schemas = {
  properties: readonly HubSpotProperty[];
  fields: Readonly<Record<PersonObject, readonly SalesforceField[]>>;
  users: readonly SalesforceUser[];
};

export const personObjects: readonly PersonObject[] = ['Lead', 'Contact'];

/** Whether any rule of the field lets HubSpot's value into Salesforce. */
export function isWritten({ rule }: MappedField): boolean {
  return [rule.before, rule.after].some((each) => each !== 'never' && each !== 'salesforce');
}
