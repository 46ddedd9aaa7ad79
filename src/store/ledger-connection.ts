import { sql } from 'kysely';
import { SyncError } from '../errors.ts';
import type { ConnectionLedger } from '../ports/ledger.ts';
import { activateMapping } from './activate-mapping.ts';
import type { LedgerContext } from './context.ts';
import { asLedger, inTransaction } from './pool.ts';
import { createQueries } from './tables.ts';

type Bound = { portalId: string | null; orgId: string | null; demo: boolean };
type Identity = Parameters<ConnectionLedger['bind']>[0];

/** The binding of the ledger to one portal and one org, and the one active mapping version. */
export function createConnectionLedger(context: LedgerContext): ConnectionLedger {
  const { pool, connectionId } = context;
  const queries = createQueries(pool);
  return {
    bind: (identity) => asLedger(() => bind(context, identity)),

    bound: () =>
      asLedger(async () => {
        const row = await queries
          .selectFrom('connections')
          .select(['hubspot_portal_id', 'salesforce_org_id', 'demo'])
          .where('id', '=', connectionId)
          .executeTakeFirst();
        return {
          portalId: row?.hubspot_portal_id ?? null,
          orgId: row?.salesforce_org_id ?? null,
          demo: row?.demo ?? false,
        };
      }),

    activateMapping: (hash, limits, fields) => asLedger(() => activateMapping(context, hash, limits, fields)),

    forgetPauses: (codes) =>
      asLedger(async () => {
        await context.pool.query('delete from waits where connection_id = $1 and code = any($2)', [
          connectionId,
          codes,
        ]);
      }),

    ping: () =>
      asLedger(async () => {
        // A write, because a full disk or a read-only standby still answers questions.
        await sql`update connections set mapping_version = mapping_version where id = ${connectionId}`.execute(queries);
      }),
  };
}

async function bind({ pool, connectionId }: LedgerContext, identity: Identity): Promise<void> {
  await inTransaction(pool, async (client) => {
    const text = `select hubspot_portal_id as "portalId", salesforce_org_id as "orgId", demo from connections where id = $1 for update`;
    const { rows } = await client.query<Bound>(text, [connectionId]);
    const bound = rows[0];
    if (bound === undefined)
      throw new SyncError('needs-human', 'ledger_unbound', 'The ledger has no connection; run `handoff migrate`.');
    assertSame(bound, identity);
    await client.query(
      `update connections set hubspot_portal_id = coalesce(hubspot_portal_id, $2), salesforce_org_id = coalesce(salesforce_org_id, $3),
         demo = $4 where id = $1`,
      [connectionId, identity.portalId ?? null, identity.orgId ?? null, identity.demo],
    );
  });
}

function assertSame(bound: Bound, { portalId, orgId, demo }: Identity): void {
  const isBound = bound.portalId !== null || bound.orgId !== null;
  if (isBound && bound.demo !== demo) {
    throw new SyncError(
      'needs-human',
      'demo_ledger',
      bound.demo
        ? 'This ledger belongs to the demo.'
        : 'This ledger belongs to a real portal; the demo does not touch it.',
      { advice: 'Use another DATA_DIR or DATABASE_URL.' },
    );
  }
  const advice =
    'Check the credentials, or give these accounts a ledger of their own (another DATA_DIR or DATABASE_URL).';
  if (portalId !== undefined && bound.portalId !== null && bound.portalId !== portalId) {
    throw new SyncError(
      'needs-human',
      'other_portal',
      `This ledger belongs to HubSpot portal ${bound.portalId}, the token to ${portalId}.`,
      { advice },
    );
  }
  if (orgId !== undefined && bound.orgId !== null && bound.orgId !== orgId) {
    throw new SyncError(
      'needs-human',
      'other_org',
      `This ledger belongs to Salesforce org ${bound.orgId}, the credentials to ${orgId}.`,
      { advice },
    );
  }
}
