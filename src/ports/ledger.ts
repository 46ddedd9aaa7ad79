import type { HubSpotObject } from '../domain/record.ts';
import type { AccessLedger } from './ledger-access.ts';
import type { ActivityLedger } from './ledger-activity.ts';
import type { AdminLedger } from './ledger-admin.ts';
import type { CatchUpLedger } from './ledger-catch-up.ts';
import type { CompareLedger } from './ledger-compare.ts';
import type { FunnelLedger } from './ledger-funnel.ts';
import type { IncidentLedger } from './ledger-incidents.ts';
import type { KnowledgeLedger } from './ledger-knowledge.ts';
import type { MappingLedger } from './ledger-mappings.ts';
import type { OverviewLedger } from './ledger-overview.ts';
import type { RebuildLedger } from './ledger-rebuild.ts';
import type { RelationLedger } from './ledger-relations.ts';
import type { RevertLedger } from './ledger-reverts.ts';
import type { ProcessLedger, RunLedger } from './ledger-runs.ts';
import type { SchemaLedger } from './ledger-schemas.ts';
import type { SearchLedger } from './ledger-search.ts';
import type { SweepLedger } from './ledger-sweep.ts';
import type { WorkLedger } from './ledger-work.ts';

export type ConnectionLedger = {
  /**
   * Binds the ledger to a portal and an org at the first start and checks them ever after.
   * @throws SyncError needs-human `other_portal` | `other_org` | `demo_ledger`
   */
  bind(identity: { portalId?: string; orgId?: string; demo: boolean }): Promise<void>;
  bound(): Promise<{ portalId: string | null; orgId: string | null; demo: boolean }>;
  /**
   * Registers the mapping and makes it the active version; the same hash keeps its version. `fields`: which HubSpot property is mapped to which
   * Salesforce field (a pair for Lead and one for Contact where they differ): what the version before it had and this one has not loses its
   * base on both sides. `object`: whose they are; absent: contacts'.
   */
  activateMapping(
    hash: string,
    limits: { createsPerRun: number; changesPerRun: number },
    fields?: readonly { object?: HubSpotObject; hubspot: string; salesforce: string }[],
  ): Promise<number>;
  /** Ends the vendors' pauses of these codes: somebody may have mended what they were about. */
  forgetPauses(codes: readonly string[]): Promise<void>;
  /** @throws when the ledger cannot be written */
  ping(): Promise<void>;
};

export type LedgerPort = WorkLedger &
  RelationLedger &
  SweepLedger &
  CompareLedger &
  CatchUpLedger &
  RebuildLedger &
  AdminLedger &
  AccessLedger &
  ConnectionLedger &
  RunLedger &
  ProcessLedger &
  RevertLedger &
  KnowledgeLedger &
  MappingLedger &
  OverviewLedger &
  IncidentLedger &
  SchemaLedger &
  ActivityLedger &
  FunnelLedger &
  SearchLedger;
