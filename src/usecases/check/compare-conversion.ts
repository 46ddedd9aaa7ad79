import type { Finding } from '../../domain/finding.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { SalesforceField } from '../../ports/salesforce.ts';
import { toFinding } from '../live-schemas.ts';
import { nowhere } from './finding-at.ts';

/** What Salesforce itself fills when a Lead is converted ends without `__c`; fields of the org's own must be mapped or typed. */
function isOwn({ name }: SalesforceField): boolean {
  return name.endsWith('__c');
}

/**
 * Fields of the org's own that a Contact requires: whoever converts a Lead must fill them, or the conversion fails. Only where Leads are what
 * we create; otherwise they are required of us. Pure.
 */
export function compareConversion(contactFields: readonly SalesforceField[], { contact }: CompiledMapping): Finding[] {
  if (contact.create !== 'Lead') return [];
  const required = contactFields.filter(
    (field) => isOwn(field) && !field.nillable && !field.defaultedOnCreate && field.createable,
  );
  if (required.length === 0) return [];
  const names = required.map(({ name }) => `Contact.${name}`).join(', ');
  return [
    toFinding(nowhere, {
      severity: 'warning',
      code: 'required_on_conversion',
      what: `Salesforce requires ${names}, which a Lead brings along only where it is mapped for the conversion.`,
      why: 'Sales cannot convert a Lead that has nothing for it.',
      fix: 'Map a field of the Lead to it: Setup > Object Manager > Lead > Fields & Relationships > Map Lead Fields.',
    }),
  ];
}
