import { z } from 'zod';

// jsforce turns the SOAP answers into objects by its own copy of the schema: a list is an array, a field that was not answered is
// absent, and a component that does not exist is a record without a name.

/** What a read of custom fields answers. */
export const customField = z.object({
  fullName: z.string().nullish(),
  label: z.string().nullish(),
  type: z.string().nullish(),
  length: z.number().nullish(),
  externalId: z.boolean().nullish(),
  unique: z.boolean().nullish(),
  caseSensitive: z.boolean().nullish(),
});

export const permissionSet = z.looseObject({
  fullName: z.string().nullish(),
  label: z.string().nullish(),
  description: z.string().nullish(),
  fieldPermissions: z
    .array(z.object({ field: z.string(), readable: z.boolean().nullish(), editable: z.boolean() }))
    .default([]),
});

export const leadConvertSettings = z.object({
  fullName: z.string().nullish(),
  allowOwnerChange: z.boolean().nullish(),
  opportunityCreationOptions: z.string().nullish(),
  objectMapping: z
    .array(
      z.object({
        inputObject: z.string(),
        outputObject: z.string(),
        mappingFields: z.array(z.object({ inputField: z.string(), outputField: z.string() })).default([]),
      }),
    )
    .default([]),
});

export const upsertResult = z.object({
  success: z.boolean(),
  fullName: z.string().nullish(),
  errors: z.array(z.object({ statusCode: z.string().nullish(), message: z.string().nullish() })).default([]),
});

export const describeAnswer = z.object({
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      type: z.string(),
      length: z.number(),
      externalId: z.boolean().default(false),
      unique: z.boolean().default(false),
      caseSensitive: z.boolean().default(false),
      updateable: z.boolean().default(false),
    }),
  ),
});

export const idRows = z.object({ records: z.array(z.object({ Id: z.string() })) });

/** How a fault of the SOAP endpoint arrives: `sf:INSUFFICIENT_ACCESS`. */
export const soapFault = z.object({ errorCode: z.string() });
