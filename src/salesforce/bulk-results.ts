import type { Spend } from '../ports/budget.ts';
import type { SalesforceClient } from './client.ts';
import { type CsvRow, readCsv } from './csv.ts';

const TRIES = 3;

/** `locator`: of the next page; null: this was the last one. */
export type ResultPage = { rows: CsvRow[]; locator: string | null };

async function readOnce(client: SalesforceClient, path: string, spend: Spend): Promise<ResultPage | null> {
  const { text, headers } = await client.sendForText({ method: 'GET', path, headers: { accept: 'text/csv' } }, spend);
  const rows = await readCsv(text).catch(() => null);
  const stated = headers['sforce-numberofrecords'];
  if (rows === null || (stated !== undefined && Number(stated) !== rows.length)) return null;
  const locator = headers['sforce-locator'];
  return { rows, locator: locator === undefined || locator === 'null' ? null : locator };
}

/**
 * One page of a job's result. One that came cut, which its header tells, is read again.
 * @returns null where it came cut each time
 * @throws SyncError as the call does
 * @see https://developer.salesforce.com/docs/platform/api-asynch/guide/query-get-job-results.html
 */
export async function readResultPage(client: SalesforceClient, path: string, spend: Spend): Promise<ResultPage | null> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const page = await readOnce(client, path, spend);
    if (page !== null) return page;
  }
  return null;
}

/** All pages of a job's result. */
export async function readAllResults(client: SalesforceClient, path: string, spend: Spend): Promise<CsvRow[] | null> {
  const rows: CsvRow[] = [];
  let behind = '';
  for (;;) {
    const page = await readResultPage(client, `${path}${behind}`, spend);
    if (page === null) return null;
    rows.push(...page.rows);
    if (page.locator === null) return rows;
    behind = `?locator=${encodeURIComponent(page.locator)}`;
  }
}
