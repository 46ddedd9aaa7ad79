import { z } from 'zod';
import { defineEndpoint, listOf, moment, pageQuery } from './endpoint.ts';

/** What a privacy deletion erased, without repeating it. */
export const erasureReceipt = z
  .object({
    id: z.string(),
    contactId: z.string(),
    /** Null where the ledger had no pair for the contact. */
    pairId: z.string().nullable(),
    at: moment,
    personIds: z.array(z.string()),
    erased: z.record(z.string(), z.number().int()).meta({ description: 'How many values, by where they were' }),
  })
  .meta({ id: 'ErasureReceipt' });

export const erasurePage = listOf(erasureReceipt);

export const erasuresEndpoints = {
  'GET /erasures': defineEndpoint({
    role: 'admin',
    tag: 'Contacts',
    summary: 'Receipts of privacy deletions, the newest first',
    query: pageQuery,
    answer: erasurePage,
  }),
};
