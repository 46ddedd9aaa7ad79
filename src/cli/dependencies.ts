import type { Finding } from '../domain/finding.ts';
import type { Delivery } from '../ports/alerts.ts';
import type { ActionLedger } from '../ports/ledger-access.ts';
import type { AdminLedger } from '../ports/ledger-admin.ts';
import type { IncidentLedger } from '../ports/ledger-incidents.ts';
import type { RunLedger } from '../ports/ledger-runs.ts';
import type { SchemaLedger } from '../ports/ledger-schemas.ts';
import type { Explanation } from '../usecases/explain-contact.ts';
import type { RecordExplanation } from '../usecases/explain-record.ts';
import type { MappingDesk } from '../usecases/preview/mapping-desk.ts';
import type { Audited } from './audited.ts';
import type { NamedRecord } from './named-record.ts';
import type { RunDeps } from './run-session.ts';
import type { SetupDeps } from './setup.ts';

/** Where a contact stands, or a company or deal. */
export type Explainers = {
  explain(idOrEmail: string): Promise<Explanation>;
  explainRecord(kind: 'company' | 'deal', id: string): Promise<RecordExplanation>;
};

/** What the composition root gives to the commands; opened when a command asks for it, closed when its work ends. */
export type CliDependencies = {
  /** One line on standard output: what the command is for. */
  print(line: string): void;
  /** One line on standard error: progress and faults. */
  tell(line: string): void;
  /** Who runs the command, for the audit log. */
  user(): string;
  /** Everything that changes state goes through it. */
  audited: Audited;
  mode(): 'observe' | 'live';
  withLedger<Result>(
    work: (
      ledger: AdminLedger & RunLedger & ActionLedger & Pick<SchemaLedger, 'lastCheck'> & IncidentLedger,
    ) => Promise<Result>,
  ): Promise<Result>;
  /** Where mappings are planned and activated. */
  withMappings<Result>(work: (desk: MappingDesk, actions: ActionLedger) => Promise<Result>): Promise<Result>;
  withExplain<Result>(work: (explainers: Explainers) => Promise<Result>): Promise<Result>;
  /**
   * Lets frozen fields be written again.
   * @param record as `explain` takes it: a HubSpot id needs the ledger alone, all else is asked of the CRMs
   * @param field by its name on either side; undefined: all
   */
  thaw(record: NamedRecord, field?: string): Promise<{ recordId: string; thawed: number }>;
  migrate(): Promise<{ applied: readonly string[]; version: number }>;
  /** Runs the service until it is stopped. @returns the exit code */
  start(role: 'http' | 'worker' | 'all'): Promise<number>;
  /** The local CRMs alone, or the whole story on them; loaded only then. @returns the exit code */
  demo(options: { once: boolean; json: boolean }): Promise<number>;
  sandbox(): Promise<number>;
  check(options: { offline: boolean }): Promise<readonly Finding[]>;
  setup: SetupDeps;
  runs: RunDeps;
  alerts: {
    hasWebhook(): boolean;
    /** Null: there is no webhook. */
    sendTest(): Promise<Delivery | null>;
  };
};
