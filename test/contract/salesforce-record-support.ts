import type { RecordLookup, RecordWriteRequest } from '../../src/ports/salesforce.ts';
import type { SalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { connectTo, spend } from './salesforce-support.ts';

export function recordLookup(key: string, more: Partial<RecordLookup> = {}): RecordLookup {
  return { key, externalIds: [key], recordIds: [], domains: [], ...more };
}

/** A new opportunity for the deal of this id. */
export function dealOf(key: string, more: Partial<RecordWriteRequest> = {}): RecordWriteRequest {
  const fields = { Name: `Deal ${key}`, StageName: 'Qualification', CloseDate: '2026-12-31' };
  return { key, operation: 'create', object: 'Opportunity', id: null, fields, roles: [], ...more };
}

/** A new account for the company of this id. */
export function companyOf(key: string, more: Partial<RecordWriteRequest> = {}): RecordWriteRequest {
  return {
    key,
    operation: 'create',
    object: 'Account',
    id: null,
    fields: { Name: `Company ${key}` },
    roles: [],
    ...more,
  };
}

/** The records that people of the org made, by hand. */
export function createHands(sandbox: SalesforceSandbox) {
  return {
    account: (values: Record<string, string | null> = {}) =>
      sandbox.create('Account', { Name: 'Example', ...values }).Id,
    contact: (values: Record<string, string> = {}) => sandbox.create('Contact', { LastName: 'Example', ...values }).Id,
    opportunity: (values: Record<string, string | number> = {}) =>
      sandbox.create('Opportunity', { Name: 'Deal', StageName: 'Qualification', CloseDate: '2026-12-31', ...values })
        .Id,
  };
}

/** The adapter, logged in, with what the org told once already: what is counted from here on are the calls of the work itself. */
export async function connectReady(sandbox: SalesforceSandbox) {
  const connected = connectTo(sandbox);
  await connected.salesforce.identity(spend);
  await connected.salesforce.describe('Account', spend);
  sandbox.resetRequests();
  return connected;
}
