import type { FieldChange, PlanProblem, Reason } from '../../domain/plan/types.ts';
import type { HubSpotObject, SalesforceObject, SalesforceReference, SystemName } from '../../domain/record.ts';

/** One field that would be written. */
export type PreviewChange = { system: SystemName; object: string } & Pick<
  FieldChange,
  'field' | 'before' | 'after' | 'rule'
>;

/** What the sync would do with one record now, from its own plan; nothing is written or stored. */
export type Preview = {
  system: SystemName;
  object: HubSpotObject | SalesforceObject;
  recordId: string;
  /** The outcome of the plan; `gone`: the CRM has no such record; `unread`: it could not be asked (then `problem` says why). */
  outcome: string;
  /** Null for kinds without a gate. */
  passesGate: boolean | null;
  counterpart: SalesforceReference | null;
  /** In Salesforce or, of one born there, in HubSpot. */
  creates: boolean;
  changes: readonly PreviewChange[];
  reasons: readonly Reason[];
  problem: PlanProblem | null;
};
