import type { HubSpotProperty, HubSpotType } from '../../ports/hubspot.ts';
import type {
  ConversionSettings,
  DescribedField,
  PermissionSetDefinition,
  TextFieldDefinition,
} from '../../ports/salesforce-setup.ts';
import type { DesiredProperty } from './desired.ts';

/**
 * `exists`: nothing to do · `missing`: `--apply` creates it · `outdated`: ours, `--apply` completes it · `wrong`: somebody's, a person
 * must act, it is never changed or deleted by us · `unknown`: the credentials may not look.
 */
type StepState = 'exists' | 'missing' | 'outdated' | 'wrong' | 'unknown';

export type SetupAction =
  | { kind: 'create-field'; field: TextFieldDefinition & { description: string } }
  | { kind: 'grant'; permissionSet: PermissionSetDefinition }
  | { kind: 'assign'; permissionSet: string; userId: string }
  | { kind: 'map-conversion'; settings: ConversionSettings }
  | { kind: 'create-property'; property: DesiredProperty };

/** One thing that the sync needs: what, where, why, and how it stands. */
export type SetupStep = {
  id: string;
  system: 'salesforce' | 'hubspot';
  what: string;
  where: string;
  why: string;
  state: StepState;
  /** For `outdated`, `wrong` and `unknown`: what was found and what to do about it. */
  note: string | null;
  /** What `--apply` would do; null when there is nothing to do or a person must act. */
  action: SetupAction | null;
  /** Ids of the steps that must have succeeded before this one can. */
  after: readonly string[];
};

/** Something to know that no step repairs. */
export type SetupWarning = { code: string; text: string; fix: string };

/** A part of a CRM that could not be looked at: our code and the sentence for the reader. */
export type Unreadable = { code: string; text: string };

/** What both CRMs hold now. A part that could not be read is its reason instead. */
export type SetupFound = {
  userId: string;
  fields: ReadonlyMap<string, TextFieldDefinition | null> | Unreadable;
  /** By `Object.Field`, as the integration user sees them. */
  described: ReadonlyMap<string, DescribedField> | Unreadable;
  permissionSet: PermissionSetDefinition | null | Unreadable;
  assigned: boolean | null | Unreadable;
  conversion: ConversionSettings | Unreadable;
  /** Of the types that anything is wanted of. */
  hubspotProperties: ReadonlyMap<HubSpotType, readonly HubSpotProperty[] | Unreadable>;
  connector: { installed: boolean; lastSyncMs: number | null } | Unreadable;
};

export type SetupPlan = { steps: readonly SetupStep[]; warnings: readonly SetupWarning[] };

/** Tells a reason from what it stands for. */
export function isUnreadable(value: object | boolean | null): value is Unreadable {
  return value !== null && typeof value === 'object' && 'code' in value && 'text' in value;
}
