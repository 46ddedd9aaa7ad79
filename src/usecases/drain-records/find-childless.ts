import type { Spend } from '../../ports/budget.ts';
import type { RecordPlanDependencies } from './dependencies.ts';
import type { RecordLook } from './record-look.ts';

/**
 * Which Accounts a revert may delete: Salesforce deletes what belongs to an Account with it, so nobody may. Asked only where a run that created
 * Accounts is put back with them.
 */
export async function findChildless(
  { salesforce }: Pick<RecordPlanDependencies, 'salesforce'>,
  looks: readonly RecordLook[],
  spend: Spend,
): Promise<ReadonlySet<string>> {
  const ids = looks.flatMap(({ claimed: { pair } }) => {
    const isAsked = pair?.revert?.created === 'delete' && pair.revert.made.some(({ object }) => object === 'Account');
    return isAsked && pair.person !== null ? [pair.person.id] : [];
  });
  if (ids.length === 0) return new Set();
  const parents = await salesforce.accountsWithChildren(ids, spend);
  return new Set(ids.filter((id) => !parents.has(id)));
}
