import { z } from 'zod';
import { toLongId } from '../domain/salesforce-ids.ts';
import type { Spend } from '../ports/budget.ts';
import type { SalesforceClient } from './client.ts';
import { runQueries } from './composite.ts';
import { toStatements } from './soql.ts';

const child = z.object({ AccountId: z.string() });

/**
 * Which Accounts have a living Contact or Opportunity: Salesforce deletes those with their Account.
 * @see https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/relationships_among_objects.htm
 * @throws SyncError when it could not be asked
 */
export async function accountsWithChildren(
  client: SalesforceClient,
  accountIds: readonly string[],
  spend: Spend,
): Promise<ReadonlySet<string>> {
  const values = [...new Set(accountIds.flatMap((id) => toLongId(id) ?? []))];
  if (values.length === 0) return new Set();
  const queries = ['Contact', 'Opportunity'].flatMap((object) =>
    toStatements({ object, fields: ['AccountId'] }, [{ field: 'AccountId', values }]),
  );
  const rows = await runQueries(
    client,
    queries.map((soql) => ({ soql, withDeleted: false })),
    spend,
  );
  const parents = rows.flat().flatMap((row) => {
    const parsed = child.safeParse(row);
    return parsed.success ? [parsed.data.AccountId] : [];
  });
  return new Set(parents.flatMap((id) => toLongId(id) ?? []));
}
