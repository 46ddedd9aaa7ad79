import { contactIdField, type SalesforceObject } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import { recordIdFields } from './records.ts';

/** Our id field of each object. */
export const externalIdFields: Readonly<Record<SalesforceObject, string>> = {
  Lead: contactIdField,
  Contact: contactIdField,
  ...recordIdFields,
};

/** Where Salesforce does not know our own id field, setup was not run, or its rights were not given. */
export function withSetupAdvice(object: SalesforceObject | 'Lead or Contact', error: SyncError): SyncError {
  const field = object === 'Lead or Contact' ? contactIdField : externalIdFields[object];
  if (error.detail.fields?.includes(field) !== true) return error;
  const message = `${object} has no field ${field}, or the integration user may not see it.`;
  return new SyncError('needs-human', 'salesforce_unknown_field', message, {
    ...error.detail,
    advice: 'Run handoff setup.',
    cause: error,
  });
}
