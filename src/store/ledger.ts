import type pg from 'pg';
import type { LedgerPort } from '../ports/ledger.ts';
import { createAccessLedger } from './access/access-ledger.ts';
import { createActivityLedger } from './activity/activity-ledger.ts';
import { createCatchUpLedger } from './catch-up.ts';
import { createCompareLedger } from './compared-pairs.ts';
import { findErased } from './erase.ts';
import { createFunnelLedger } from './funnel/funnel-ledger.ts';
import { createIncidentLedger } from './incidents.ts';
import { inheritMerged } from './inherit-merged.ts';
import { createKnowledgeLedger } from './knowledge-of.ts';
import { createRelationLedger } from './known-relations.ts';
import { createAdminLedger } from './ledger-admin.ts';
import { claimRecords } from './ledger-claim.ts';
import { commit } from './ledger-commit.ts';
import { createConnectionLedger } from './ledger-connection.ts';
import { createPendingLedger } from './ledger-pending.ts';
import { reserve } from './ledger-reserve.ts';
import { createSweepLedger } from './ledger-sweep.ts';
import { createMappingLedger } from './mapping-versions.ts';
import { markErasedWith, rememberMerges } from './merged-contacts.ts';
import { createOverviewLedger } from './overview/overview-ledger.ts';
import { remarkOldWaits } from './parent-waits.ts';
import { asLedger } from './pool.ts';
import { createProcessLedger } from './processes.ts';
import { createRebuildLedger } from './rebuild-ledger.ts';
import { reserveBirths } from './reserve-births.ts';
import { createRevertLedger } from './revert-pairs.ts';
import { createRunLedger } from './runs/run-ledger.ts';
import { createSchemaLedger } from './schema-snapshots.ts';
import { createSearchLedger } from './search/search-ledger.ts';
import { rememberWinners } from './winners.ts';

/** The ledger on PostgreSQL. Time is the database's; everything that many processes share is decided there. */
export function createLedger(pool: pg.Pool, { connectionId = 1 }: { connectionId?: number } = {}): LedgerPort {
  const context = { pool, connectionId };
  return {
    ...createPendingLedger(context),
    claim: (request) => claimRecords(context, request),
    reserve: (token, mappingVersion, reservations, of) => reserve(context, token, mappingVersion, reservations, of),
    inheritMerged: (token, contacts, of) => inheritMerged(context, token, contacts, of),
    rememberMerges: (merges) => rememberMerges(context, merges),
    markErasedWith: (contactIds) => markErasedWith(context, contactIds),
    rememberWinners: (winners) => rememberWinners(context, winners),
    reserveBirths: (token, mappingVersion, births) => reserveBirths(context, token, mappingVersion, births),
    remarkOldWaits: (olderThanMs) => remarkOldWaits(context, olderThanMs),
    erasedEmails: (emails) => asLedger(() => findErased(context, emails)),
    commit: (token, mappingVersion, results, of) => commit(context, token, mappingVersion, results, of),
    ...createRelationLedger(context),
    ...createKnowledgeLedger(context),
    ...createRevertLedger(context),
    ...createMappingLedger(context),
    ...createSweepLedger(context),
    ...createCompareLedger(context),
    ...createCatchUpLedger(context),
    ...createRebuildLedger(context),
    ...createAdminLedger(context),
    ...createAccessLedger(context),
    ...createConnectionLedger(context),
    ...createRunLedger(context),
    ...createProcessLedger(context),
    ...createSchemaLedger(context),
    ...createActivityLedger(context),
    ...createSearchLedger(context),
    ...createFunnelLedger(context),
    ...createOverviewLedger(context),
    ...createIncidentLedger(context),
  };
}
