import { z } from 'zod';

/** Where a walk through Salesforce goes on, as a run's cursor keeps it: `RowCursor`. */
export const rowCursorSchema = z.union([
  z.object({ kind: z.literal('id'), afterId: z.string() }),
  z.object({
    kind: z.literal('bulk'),
    jobId: z.string(),
    locator: z.string().nullable(),
    afterId: z.string().nullable(),
  }),
]);
