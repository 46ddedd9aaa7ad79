import type { LoggedRequest } from '../../src/sandbox/server.ts';
import type { Engine } from './engine.ts';

/** Every row of the ledger as text, by table; what counts calls is left out. */
export async function dumpLedger({ database: { pool } }: Pick<Engine, 'database'>): Promise<Record<string, string[]>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const dumps = tables
    .filter(({ name }) => name !== 'calls' && name !== 'paces')
    .map(async ({ name }) => {
      const { rows } = await pool.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`);
      return [name, rows.map(({ row }) => row)] as const;
    });
  return Object.fromEntries(await Promise.all(dumps));
}

/** HubSpot reads batches and searches by POST. */
const hubspotReads = /\/(batch\/read|search)$/;
const salesforceSession = /\/oauth2\/token$/;

/** Requests at both CRMs that may have changed something there. The Salesforce sandbox must keep bodies: a composite may hold anything. */
export function writesIn({ hubspot, salesforce }: Pick<Engine, 'hubspot' | 'salesforce'>): string[] {
  const pathOf = ({ path }: LoggedRequest) => new URL(path, 'http://crm').pathname;
  const posted = ({ method }: LoggedRequest) => method !== 'GET';
  const toHubSpot = hubspot.requests.filter(posted).filter((request) => !hubspotReads.test(pathOf(request)));
  const toSalesforce = salesforce.requests
    .filter(posted)
    .filter((request) => !salesforceSession.test(pathOf(request)) && !asksOnly(request));
  return [...toHubSpot, ...toSalesforce].map(({ method, path }) => `${method} ${path}`);
}

/** A composite of questions. */
function asksOnly({ path, body }: LoggedRequest): boolean {
  if (!path.endsWith('/composite') || body === undefined) return false;
  const { compositeRequest: parts = [] } = JSON.parse(body);
  return Array.isArray(parts) && parts.every(({ method }) => method === 'GET');
}
