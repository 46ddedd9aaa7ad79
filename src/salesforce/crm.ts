import type { Connection } from 'jsforce';
import { toLongId } from '../domain/salesforce-ids.ts';
import type { SalesforcePort } from '../ports/salesforce.ts';
import type { JobProgress } from './bulk-query.ts';
import { bulkWritePersons } from './bulk-write.ts';
import { readChanges } from './changes.ts';
import { accountsWithChildren } from './children.ts';
import { createClient, type SalesforceOptions } from './client.ts';
import { deleteRecords } from './delete.ts';
import { createDescriber, listUsers, readObjectRights } from './directory.ts';
import { findPersons } from './find.ts';
import { findRecords } from './find-records.ts';
import { readHistories } from './histories.ts';
import { readAssignmentRules, readDuplicateRules } from './org-rules.ts';
import { createRolesReader } from './roles.ts';
import { readSalesFacts } from './sales-facts.ts';
import { readUsage } from './usage.ts';
import { countRows, walkPersons, walkRecords } from './walk.ts';
import { writePersons } from './write.ts';
import { writeRecords } from './write-records.ts';

export type { SalesforceAuth } from './auth.ts';
export type { SalesforceOptions } from './client.ts';

/**
 * The Salesforce side of the sync. Nothing is sent before the first call; the login is shared by all calls of the process.
 * `connection` gives jsforce's own connection, logged in and with the safe transport, for setup's metadata calls.
 */
export function createSalesforce(options: SalesforceOptions): SalesforcePort & { connection(): Promise<Connection> } {
  const client = createClient(options);
  const roles = createRolesReader(client);
  const describe = createDescriber(client);
  const progress: JobProgress = new Map();
  return {
    async identity(spend) {
      const { session, apiVersion } = await client.ready(spend);
      const { orgId, userId, instanceUrl: url } = session;
      return { orgId: toLongId(orgId) ?? orgId, userId: toLongId(userId) ?? userId, apiVersion, url };
    },
    countRows: (object, filter, spend) => countRows({ client, describe, spend }, object, filter),
    walkPersons: (object, question, spend) => walkPersons({ client, describe, spend, progress }, object, question),
    walkRecords: (object, question, spend) => walkRecords({ client, describe, spend, progress }, object, question),
    usage: (spend) => readUsage(client, spend),
    findPersons: (lookups, fields, spend) => findPersons({ client, roles, fields, spend }, lookups),
    writePersons: (writes, writeOptions, spend) => writePersons(client, writes, writeOptions, spend),
    bulkWritePersons: (writes, bulkOptions, spend) => bulkWritePersons({ client, spend }, writes, bulkOptions),
    readChanges: (questions, spend) => readChanges({ client, roles, describe, spend }, questions),
    readHistories: (records, fields, spend) => readHistories(client, records, fields, spend),
    findRecords: (object, lookups, fields, spend) => findRecords({ client, describe, object, fields, spend }, lookups),
    writeRecords: (writes, readBack, spend) => writeRecords({ client, describe, spend }, writes, readBack),
    salesFacts: (spend, wanted) => readSalesFacts(client, spend, wanted),
    deleteRecords: (ids, spend) => deleteRecords(client, ids, spend),
    accountsWithChildren: (ids, spend) => accountsWithChildren(client, ids, spend),
    users: (spend) => listUsers(client, spend),
    objectRights: (object, spend) => readObjectRights(client, object, spend),
    duplicateRules: (objects, spend) => readDuplicateRules(client, objects, spend),
    assignmentRules: (spend) => readAssignmentRules(client, spend),
    describe,
    connection: () => client.connection(),
  };
}
