import { z } from 'zod';

/** The parts that several mapping files are made of. */

export const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: 'Expected one value.' });

/** A rule that holds before and after the handoff alike. */
export const fieldRule = z.enum(['hubspot', 'salesforce', 'newest', 'fill_blank', 'never']);

export const rule = z
  .union([fieldRule, z.strictObject({ before: fieldRule, after: fieldRule })], {
    error: 'Expected hubspot, salesforce, newest, fill_blank or never, or { before, after } of these.',
  })
  .describe(
    'Who owns the field. hubspot, salesforce: that side. newest: who wrote last. fill_blank: Salesforce wherever it has a value. never: compared, not written. { before, after }: before and after the handoff.',
  );

export const fieldName = z.string().regex(/^[A-Z]\w*$/, { error: 'Expected the API name of a Salesforce field.' });
export const propertyName = z
  .string()
  .regex(/^(?!constructor$)[a-z]\w*$/, { error: 'Expected the internal name of a HubSpot property.' });
export const emailAddress = z.string().regex(/^[^\s@]+@[^\s@]+$/, { error: 'Expected an email address.' });
export const domain = z.string().regex(/^[^\s@]+\.[^\s@]+$/, { error: 'Expected a domain such as example.com.' });
export const expression = z.string().min(1, { error: 'Expected an expression.' });
export const stageName = z.string().regex(/^\w+$/, { error: 'Expected the name of a stage in lifecycle.yaml.' });
/** A value that both systems hold as text; a number or boolean of YAML is taken as it would be written. */
export const textual = z
  .union([z.string().min(1), z.number(), z.boolean()], { error: 'Expected a text.' })
  .transform(String);

export const properties = z
  .record(z.string(), scalar)
  .describe('HubSpot properties by internal name; what is left out is empty.');
