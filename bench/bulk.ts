import { setTimeout } from 'node:timers/promises';
import type { BudgetPort, Spend } from '../src/ports/budget.ts';
import type { PersonWriteRequest, RowCursor, RowPage, SalesforcePort, WriteOptions } from '../src/ports/salesforce.ts';
import { createSalesforce } from '../src/salesforce/crm.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../src/sandbox/salesforce/index.ts';

const spend: Spend = { priority: 4, prepaid: 0 };
const latencyMs = 100;
/** A job waits for its turn, and then takes its time for each row; Salesforce promises neither. */
const queueMs = 5_000;
const queryRowMs = 0.02;
const writeRowMs = 2;
const perCall = 200;
const fields = { Lead: ['LastName', 'Company', 'City', 'Email'], Contact: [] };
const options: WriteOptions = { assignmentRule: false, allowDuplicates: false, readBack: fields };

/** Lets every call through at once. */
const budget: BudgetPort = {
  reserve: async () => ({ waitMs: 0, granted: true }),
  take: async () => undefined,
  observe: () => undefined,
  pause: async () => undefined,
};

type Measured = { rows: number; way: 'calls' | 'job'; calls: number; seconds: number };

async function connect(): Promise<{ sandbox: SalesforceSandbox; salesforce: SalesforcePort }> {
  const sandbox = await startSalesforceSandbox({ latencyMs, dailyLimit: 1_000_000 });
  const auth = { kind: 'client-credentials', clientSecret: sandbox.clientSecret } as const;
  const { url: loginUrl, clientId } = sandbox;
  const salesforce = createSalesforce({ loginUrl, clientId, auth, apiVersion: '67.0', budget });
  await salesforce.identity(spend);
  return { sandbox, salesforce };
}

async function measure(
  sandbox: SalesforceSandbox,
  work: () => Promise<void>,
): Promise<{ calls: number; seconds: number }> {
  sandbox.resetRequests();
  const startedAt = performance.now();
  await work();
  return { calls: sandbox.countedCalls(), seconds: (performance.now() - startedAt) / 1_000 };
}

async function walk(salesforce: SalesforcePort, expected: number): Promise<number> {
  let cursor: RowCursor | null = null;
  let rows = 0;
  do {
    const question = { filter: {}, fields: fields.Lead, cursor, expected };
    const page: RowPage<unknown> = await salesforce.walkPersons('Lead', question, spend);
    rows += page.rows.length;
    cursor = page.next;
    await setTimeout(page.waitMs);
  } while (cursor !== null);
  return rows;
}

/** Reads all Leads, by REST and through a query job. */
async function measureWalks(counts: readonly number[], tell: (measured: Measured) => void): Promise<void> {
  const { sandbox, salesforce } = await connect();
  sandbox.setBulk({ delayMs: queueMs, rowMs: queryRowMs });
  let made = 0;
  for (const rows of counts) {
    for (; made < rows; made += 1) {
      sandbox.create('Lead', { LastName: `Name ${made}`, Company: 'Example Ltd', Email: `n${made}@example.com` });
    }
    for (const way of ['calls', 'job'] as const) {
      const expected = way === 'calls' ? 1 : Number.MAX_SAFE_INTEGER;
      // Described once per process.
      await salesforce.describe('Lead', spend);
      tell({ rows, way, ...(await measure(sandbox, async () => void (await walk(salesforce, expected)))) });
    }
  }
  await sandbox.close();
}

function toCreates(rows: number): PersonWriteRequest[] {
  return Array.from({ length: rows }, (_, index) => ({
    contactId: String(index + 1),
    operation: 'create',
    object: 'Lead',
    id: null,
    fields: { LastName: `Name ${index}`, Company: 'Example Ltd', Email: `n${index}@example.com`, City: null },
  }));
}

/** Creates Leads and reads them back, by collections and through an upload job. */
async function measureWrites(counts: readonly number[], tell: (measured: Measured) => void): Promise<void> {
  for (const rows of counts) {
    for (const way of ['calls', 'job'] as const) {
      const { sandbox, salesforce } = await connect();
      sandbox.setBulk({ delayMs: queueMs, rowMs: writeRowMs });
      const creates = toCreates(rows);
      const byCalls = async () => {
        for (let start = 0; start < rows; start += perCall) {
          await salesforce.writePersons(creates.slice(start, start + perCall), options, spend);
        }
      };
      const keeping = { ...options, keepAlive: async () => undefined, signal: new AbortController().signal };
      const byJob = async () => void (await salesforce.bulkWritePersons(creates, keeping, spend));
      tell({ rows, way, ...(await measure(sandbox, way === 'calls' ? byCalls : byJob)) });
      await sandbox.close();
    }
  }
}

/** Calls and time of Bulk API 2.0 against ordinary calls, for walks and for creates. See docs/decisions/0027-bulk-api.md. */
export async function printBulk(print: (line: string) => void): Promise<void> {
  const tell = (what: string) => (measured: Measured) => {
    const { rows, way, calls, seconds } = measured;
    const ratio = ((calls / rows) * 1_000).toFixed(2);
    print(`  ${what} ${rows} rows by ${way}: ${calls} calls (${ratio} per 1,000), ${seconds.toFixed(1)} s`);
  };
  print(
    `Bulk API 2.0: ${latencyMs} ms latency, a job waits ${queueMs / 1_000} s, then ${queryRowMs} ms per row read, ${writeRowMs} ms per row written`,
  );
  await measureWalks([2_000, 10_000, 50_000, 200_000], tell('read'));
  await measureWrites([1_000, 5_000, 20_000], tell('create'));
}
