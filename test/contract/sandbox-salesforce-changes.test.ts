import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHumanHands } from '../../src/sandbox/salesforce/human.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { createOrg } from '../../src/sandbox/salesforce/org.ts';
import { parseSoql } from '../../src/sandbox/salesforce/soql-parser.ts';
import { compileWhere } from '../../src/sandbox/salesforce/soql-where.ts';
import { catchError, connect } from './sandbox-salesforce-support.ts';

let now = Date.parse('2026-11-22T10:00:00Z');
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

describe('cost: what a batch of the sync looks up never scans a large org', () => {
  const org = createOrg({
    orgId: '00D000000000062EAA',
    isSandbox: false,
    versions: ['67.0'],
    now: () => now,
    app: { clientId: 'id', clientSecret: 'secret' },
    sessionLifetimeMs: 1_000,
    dailyLimit: 1_000,
    withHandoffFields: true,
    canModifyMetadata: true,
    runAs: { username: 'u', email: 'u@x.example', lastName: 'U' },
  });
  const rows = Array.from({ length: 5_000 }, (_, index) => ({
    LastName: `L${index}`,
    Email: `p${index}@x.example`,
    HubSpot_Contact_Id__c: String(index),
  }));
  const ids = createHumanHands(org).seed('Lead', rows);

  it.each([
    { where: `Id IN ('${ids[1]}', '${ids[2]}')`, looksAt: 2 },
    { where: "Email IN ('P1@x.example', 'p2@x.example', 'nobody@x.example')", looksAt: 2 },
    { where: "HubSpot_Contact_Id__c = '7'", looksAt: 1 },
    { where: "(Email = 'p1@x.example' OR HubSpot_Contact_Id__c IN ('2', '3')) AND IsConverted = FALSE", looksAt: 3 },
  ])('looks at $looksAt rows of 5,000 for $where', ({ where, looksAt }) => {
    const condition = parseSoql(`SELECT Id FROM Lead WHERE ${where}`).where;
    if (condition === undefined) throw new Error('no condition');

    expect(compileWhere(org, 'Lead', condition).ids?.size).toBe(looksAt);
  });
});

describe('replication (REST API guide, Get Updated and Get Deleted)', () => {
  it('lists what changed and what was deleted in a span, with latestDateCovered', async () => {
    const [kept = '', gone = ''] = sandbox.seed('Lead', [
      { LastName: 'A', Company: 'x' },
      { LastName: 'B', Company: 'x' },
    ]);
    now += 5 * 60_000;
    sandbox.edit('Lead', kept, { Title: 'CEO' });
    sandbox.remove('Lead', gone);
    now += 5 * 60_000;
    const [start, end] = ['2026-11-22T10:01:00Z', '2026-11-22T10:10:00Z'];

    const updated = await connection.updated('Lead', start, end);
    const deleted = await connection.deleted('Lead', start, end);

    expect(updated).toEqual({ ids: [kept], latestDateCovered: '2026-11-22T10:10:00.000+0000' });
    expect(deleted).toMatchObject({ deletedRecords: [{ id: gone, deletedDate: '2026-11-22T10:05:00.000+0000' }] });
  });

  it('refuses a span under a minute with INVALID_REPLICATION_DATE', async () => {
    const error = await catchError(connection.updated('Lead', '2026-11-22T10:00:00Z', '2026-11-22T10:00:30Z'));

    expect(error).toMatchObject({ errorCode: 'INVALID_REPLICATION_DATE' });
  });
});
