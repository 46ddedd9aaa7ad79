import type { SalesforceObject, SalesforcePerson, SalesforceRecord } from '../domain/record.ts';
import type { Spend } from '../ports/budget.ts';
import type { RowPage, RowQuestion, SalesforcePort } from '../ports/salesforce.ts';

/** A row of a walk through Salesforce. */
export type WalkedRow = SalesforcePerson | SalesforceRecord;

/** One page of a walk through Salesforce, whatever it walks through. */
export function walkRows(
  salesforce: Pick<SalesforcePort, 'walkPersons' | 'walkRecords'>,
  object: SalesforceObject,
  question: RowQuestion,
  spend: Spend,
): Promise<RowPage<WalkedRow>> {
  return object === 'Lead' || object === 'Contact'
    ? salesforce.walkPersons(object, question, spend)
    : salesforce.walkRecords(object, question, spend);
}
