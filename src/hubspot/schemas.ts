import { z } from 'zod';
import type { HubSpotRecord } from '../domain/record.ts';

/** PostgreSQL refuses NUL characters, so they go where values come in. */
function withoutNul(value: string): string {
  return value.includes('\u0000') ? value.replaceAll('\u0000', '') : value;
}

/** A number that JSON could not hold to the digit would be another amount, or another record: HubSpot sends texts where that matters. */
const exactNumber = z
  .number()
  .refine(
    (value) => Number.isSafeInteger(value) || (!Number.isInteger(value) && /^-?[\d.]{1,16}$/.test(String(value))),
  );

const propertyValue = z
  .union([z.string(), exactNumber, z.boolean(), z.null()])
  .transform((value) => (value === null ? null : withoutNul(String(value))));

/** One record as the client rebuilds it: dates are `Date`, unknown members are gone. */
export const objectSchema = z.object({
  id: z.string().min(1),
  properties: z.record(z.string(), propertyValue).default({}),
  updatedAt: z.date(),
});
export type ObjectAnswer = z.infer<typeof objectSchema>;

/** One record as an upsert answers it; the client calls the member `new` `_new`. */
export const upsertedSchema = objectSchema.extend({
  _new: z.boolean().catch(false),
  objectWriteTraceId: z.string().optional().catch(undefined),
});

const pastValue = z.object({
  value: propertyValue.nullish().transform((value) => value ?? null),
  timestamp: z.date(),
  sourceType: z.string().nullish().catch(null),
  sourceId: z.string().nullish().catch(null),
  sourceLabel: z.string().nullish().catch(null),
  updatedByUserId: z.number().nullish().catch(null),
});
export type PastValue = z.infer<typeof pastValue>;

/** One record with the past of its properties, newest first. An entry that cannot be read must not hide the others. */
export const historySchema = z.object({
  id: z.string().min(1),
  propertiesWithHistory: z
    .record(z.string(), z.array(pastValue.nullable().catch(null)))
    .nullish()
    .transform((past) => past ?? {}),
});

/** Ids of associations are numbers in some answers and texts in others (associations guide, sample answers). */
const recordId = z.union([z.number().int().safe().nonnegative(), z.string().regex(/^\d{1,20}$/)]).transform(String);

const contextValues = z.array(z.union([z.string(), z.number().int().safe()]).transform(String));
const context = z.record(z.string(), contextValues).optional().catch(undefined);
const errorDetail = z.object({
  code: z.string().optional().catch(undefined),
  context,
  name: z.string().optional().catch(undefined),
});

/** HubSpot's error body and an entry of `errors` in a 207: every member may be missing (error-handling page). */
export const errorBodySchema = z.object({
  status: z.string().optional().catch(undefined),
  category: z.string().optional().catch(undefined),
  subCategory: z.string().optional().catch(undefined),
  policyName: z.string().optional().catch(undefined),
  correlationId: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  context,
  errors: z.array(errorDetail).optional().catch(undefined),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

/** A batch answer, 200 or 207. The entries are parsed one by one: one odd record must not hide the others. */
export const batchSchema = z.object({
  // Required: the client makes an empty answer out of anything, a proxy's page included.
  results: z.array(z.unknown()),
  errors: z.array(errorBodySchema).nullish(),
});

const nextAfter = z.object({ next: z.object({ after: z.string() }).nullish() }).nullish();

const associationType = z.object({
  category: z.string(),
  typeId: z.number().int(),
  label: z
    .string()
    .nullish()
    .transform((label) => label ?? null),
});
export type AssociationTypeAnswer = z.infer<typeof associationType>;

/** The associations of one record; the client calls the member `from` `_from`. */
export const associationsSchema = z.object({
  _from: z.object({ id: recordId }),
  to: z.array(z.object({ toObjectId: recordId, associationTypes: z.array(associationType) })),
  paging: nextAfter,
});
export type AssociationsAnswer = z.infer<typeof associationsSchema>;

/** A pair of records as a write of associations answers it. */
export const associatedSchema = z.object({ fromObjectId: recordId, toObjectId: recordId });

export const labelsSchema = z.object({ results: z.array(associationType) });

export const searchSchema = z.object({
  results: z.array(objectSchema.extend({ archived: z.boolean().optional().catch(undefined) })),
  paging: nextAfter,
  total: z.number().int().nonnegative().optional().catch(undefined),
});
export type SearchAnswer = z.infer<typeof searchSchema>;

/** A list without its filters. `deletedAt`: it is answered for 90 days after its deletion. */
export const listSchema = z.object({
  list: z.object({ objectTypeId: z.string().min(1), deletedAt: z.date().nullish().catch(null) }),
});

export const membersSchema = z.object({ results: z.array(z.object({ recordId })), paging: nextAfter });

/** Daily limits by name. The counts are absent where HubSpot could not fetch them. */
export const usageSchema = z.object({
  results: z.array(
    z.object({
      name: z.string().catch(''),
      usageLimit: z.number().int().positive().nullish().catch(null),
      currentUsage: z.number().int().nonnegative().nullish().catch(null),
      resetsAt: z.string().nullish().catch(null),
    }),
  ),
});

export const ownersSchema = z.object({
  results: z.array(
    z.object({
      id: z.string().min(1),
      email: z.string().nullish(),
      firstName: z.string().nullish(),
      lastName: z.string().nullish(),
      archived: z.boolean(),
      // Archived owners have this one alone (owners guide).
      userIdIncludingInactive: z.number().nullish(),
      // Absent in portals without teams (a feature of the larger plans).
      teams: z
        .array(z.object({ name: z.string(), primary: z.boolean().catch(false) }))
        .nullish()
        .catch(null),
    }),
  ),
  paging: nextAfter,
});

/** As a person sees them; -1 or nothing: behind the others, in the order of the answer (properties API guide, "displayOrder"). */
function inDisplayOrder<Option extends { displayOrder?: number | null | undefined }>(options: readonly Option[]) {
  const place = ({ displayOrder }: Option) =>
    displayOrder == null || displayOrder < 0 ? Number.MAX_VALUE : displayOrder;
  return options.toSorted((one, other) => place(one) - place(other)).map(({ displayOrder: _, ...option }) => option);
}

export const propertySchema = z.object({
  name: z.string().min(1),
  label: z.string().default(''),
  type: z.string(),
  fieldType: z.string().default(''),
  options: z
    .array(
      z.object({
        value: z.string(),
        label: z.string(),
        hidden: z.boolean().default(false),
        displayOrder: z.number().nullish(),
      }),
    )
    .nullish()
    .transform((options) => inDisplayOrder(options ?? [])),
  hasUniqueValue: z.boolean().default(false),
  calculated: z.boolean().default(false),
  modificationMetadata: z.object({ readOnlyValue: z.boolean().default(false) }).nullish(),
});

const stageSchema = z.object({
  id: z.string().min(1),
  label: z.string().default(''),
  displayOrder: z.number().nullish(),
  archived: z.boolean().default(false),
  // Required for deals, as a text; without it nobody can tell a won stage.
  metadata: z.object({ probability: z.union([z.string(), z.number()]).transform(String) }),
});

export const pipelinesSchema = z.object({
  results: z
    .array(
      z.object({
        id: z.string().min(1),
        label: z.string().default(''),
        displayOrder: z.number().nullish(),
        archived: z.boolean().default(false),
        stages: z.array(stageSchema).transform((stages) => inDisplayOrder(stages.filter(({ archived }) => !archived))),
      }),
    )
    .transform((pipelines) => inDisplayOrder(pipelines.filter(({ archived }) => !archived))),
});

export const propertiesSchema = z.object({ results: z.array(propertySchema) });

export const accountSchema = z.object({
  portalId: z.union([z.number().int(), z.string().min(1)]).transform(String),
  timeZone: z.string().min(1),
  companyCurrency: z.string().min(1),
  // The host of HubSpot's pages (account information API, "Retrieve account details"). It ends up in links: nothing but a host name will do.
  uiDomain: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i)
    .nullish()
    .catch(null),
});

/** Ids that were merged into a record: `hs_merged_object_ids` holds them separated by semicolons. */
function parseMergedIds(value: string | null | undefined): string[] {
  return (value ?? '')
    .split(';')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}

export const mergedIdsProperty = 'hs_merged_object_ids';

/** A parsed record in the product's own shape. */
export function toRecord(answer: ObjectAnswer): HubSpotRecord {
  return {
    id: answer.id,
    properties: answer.properties,
    mergedIds: parseMergedIds(answer.properties[mergedIdsProperty]),
    updatedAtMs: answer.updatedAt.getTime(),
  };
}
