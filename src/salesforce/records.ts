import { z } from 'zod';
import { type ContactRole, type CounterpartObject, idNames, type SalesforceRecord } from '../domain/record.ts';
import type { Spend } from '../ports/budget.ts';
import type { Row } from './composite.ts';
import type { Describer } from './directory.ts';
import { rolesField, toFieldValues, toId, toLastModifiedBy, toStamp, toText } from './persons.ts';

/** The external id that `handoff setup` creates on each object. */
export const recordIdFields: Readonly<Record<CounterpartObject, string>> = {
  Account: idNames.company.field,
  Opportunity: idNames.deal.field,
};

/** What is told of every record, besides the mapped fields. */
const toldFields: Readonly<Record<CounterpartObject, readonly string[]>> = {
  Account: ['Name', 'Website'],
  Opportunity: ['Name', 'AccountId', 'IsClosed', 'IsWon'],
};

const commonFields = ['Id', 'IsDeleted', 'SystemModstamp', 'LastModifiedById', 'LastModifiedBy.Name'];
/** Opportunities cannot be merged. */
const ownFields: Readonly<Record<CounterpartObject, readonly string[]>> = {
  Account: ['MasterRecordId'],
  Opportunity: [],
};
/** Exists only in orgs with person accounts. */
export const personFlag = 'IsPersonAccount';

/** Read with each Opportunity: `queryAll` would show deleted roles too. */
const membersSelection = `(SELECT Id,ContactId,Role,IsPrimary FROM ${rolesField} WHERE IsDeleted=false)`;

const members = z.object({ records: z.array(z.record(z.string(), z.unknown())) });

/** What to select of an object; `isPersonal` tells which Accounts are persons. */
export type RecordSelection = { object: CounterpartObject; fields: readonly string[]; children: readonly string[] };

/**
 * @param fields the mapped fields
 * @param describe cached: tells whether the org has person accounts
 */
export async function toRecordSelection(
  object: CounterpartObject,
  fields: readonly string[],
  describe: Describer,
  spend: Spend,
): Promise<RecordSelection> {
  const hasPersons = object === 'Account' && (await describe('Account', spend)).some(({ name }) => name === personFlag);
  return {
    object,
    fields: [
      ...commonFields,
      recordIdFields[object],
      ...ownFields[object],
      ...toldFields[object],
      ...fields,
      ...(hasPersons ? [personFlag] : []),
    ],
    children: object === 'Opportunity' ? [membersSelection] : [],
  };
}

/** A person account is a Contact in the shape of an Account: no company stands for it. */
export function isPersonAccount(row: Row): boolean {
  return row[personFlag] === true;
}

function toRoles(row: Row): ContactRole[] {
  const answer = members.safeParse(row[rolesField]);
  if (!answer.success) return [];
  return answer.data.records.flatMap((role) => {
    const [id, contactId] = [toId(role.Id), toId(role.ContactId)];
    if (id === null || contactId === null) return [];
    return [{ id, contactId, role: toText(role.Role), isPrimary: role.IsPrimary === true }];
  });
}

/** @throws SyncError retryable when the row has no id or no time: an answer that cannot be trusted */
export function toRecord(object: CounterpartObject, row: Row, fields: readonly string[]): SalesforceRecord {
  return {
    object,
    ...toStamp(row),
    fields: toFieldValues(row, [...new Set([...toldFields[object], ...fields])]),
    externalId: toText(row[recordIdFields[object]]),
    isDeleted: row.IsDeleted === true,
    masterRecordId: toId(row.MasterRecordId),
    lastModifiedBy: toLastModifiedBy(row),
    roles: object === 'Opportunity' ? toRoles(row) : [],
  };
}
