import type pg from 'pg';
import type { LedgerPort } from '../ports/ledger.ts';
import { createAdminLedger } from './ledger-admin.ts';
import { claimRecords } from './ledger-claim.ts';
import { commit } from './ledger-commit.ts';
import { createConnectionLedger } from './ledger-connection.ts';
import { createPendingLedger } from './ledger-pending.ts';
import { reserve } from './ledger-reserve.ts';
import { createSweepLedger } from './ledger-sweep.ts';

/** The ledger on PostgreSQL. Time is the database's; everything that many processes share is decided there. */
export function createLedger(pool: pg.Pool, { connectionId = 1 }: { connectionId?: number } = {}): LedgerPort {
  const context = { pool, connectionId };
  return {
    ...createPendingLedger(context),
    claim: (request) => claimRecords(context, request),
    reserve: (token, mappingVersion, reservations) => reserve(context, token, mappingVersion, reservations),
    commit: (token, mappingVersion, results) => commit(context, token, mappingVersion, results),
    ...createSweepLedger(context),
    ...createAdminLedger(context),
    ...createConnectionLedger(context),
  };
}
