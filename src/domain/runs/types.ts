import type { SystemName } from '../record.ts';

/** What a backfill walks through: the first three in HubSpot, the last two in Salesforce. */
export type BackfillObject = 'contacts' | 'companies' | 'deals' | 'leads' | 'opportunities';

/**
 * What a run does. `live`: the writes of one day's sync. `comparison`: both CRMs against the ledger, nightly. `apply`: existing pairs under a
 * mapping that was activated.
 */
export const runKinds = ['live', 'backfill', 'comparison', 'revert', 'rebuild', 'apply'] as const;
export type RunKind = (typeof runKinds)[number];

/**
 * `paused`: a person, or a mapping that was activated meanwhile, holds it (`stoppedReason`). `stopped`: a safety limit does. `review`: it is
 * done, and a person must choose how it goes on (a rebuild). `failed`: it cannot go on. `ended`, `cancelled` and `failed` are final.
 */
export const runStates = ['running', 'paused', 'stopped', 'review', 'ended', 'cancelled', 'failed'] as const;
export type RunState = (typeof runStates)[number];

/** `listing`: pages are being read. `draining`: all is marked, and what is marked is worked off. */
export const runPhases = ['listing', 'draining'] as const;
export type RunPhase = (typeof runPhases)[number];

/** A word of a run as the ledger holds it. `unknown`: another version of Handoff has written it, and this one does not know what it means. */
export type OfAnyVersion<Word extends string> = Word | 'unknown';

/** Which records a backfill takes. All that is given must hold; nothing given: all of them. */
export type RunFilter = {
  /** Modified in this interval, epoch milliseconds; the end is not part of it. */
  sinceMs?: number;
  untilMs?: number;
  /** Lifecycle stage of contacts and companies, deal stage of deals; Status of leads, StageName of opportunities. */
  stage?: string;
  /** An expression over the record's fields, as in `gate.yaml`. */
  where?: string;
  /** The id of a list of HubSpot. */
  listId?: string;
  /** The ids were given one by one: they stand in the ledger beside the run. */
  hasIds?: boolean;
};

/** What a run was asked to do. Holds no values but the filter. */
export type RunOptions = {
  filter?: RunFilter;
  /** Of a revert: the run, and what becomes of the records that it created. */
  reverts?: string;
  created?: 'keep' | 'delete';
  /** Of a rebuild: only what is missing is added to a ledger that has pairs. */
  again?: boolean;
  /** Of a rebuild that was reviewed: what both sides hold counts as agreed on, or each field's rule decides. */
  policy?: 'keep' | 'rules';
};

/** How many of what, per system. */
export type PerSystem = Readonly<Record<SystemName, number>>;

/** What a run would come to. `isExact`: every record was planned (a dry run); else extrapolated from `sampled` of them. */
export type RunForecast = {
  isExact: boolean;
  records: number;
  sampled: number;
  creates: number;
  changes: number;
  /** Calls it would cost, and how many each budget leaves for runs today; null: no daily limit is known. */
  calls: PerSystem;
  callsLeft: Readonly<Record<SystemName, number | null>>;
  durationMs: number;
};

/**
 * How many records came to what. `kind`: `listed` (by what became of them on the page: `marked`, `below_gate`, `filtered`, `unknown_id` …),
 * `outcome` (of a look: the outcome of its plan, `failed`, …), `drift` (of a comparison), `left` (of a revert: what it did not put back, by why),
 * `put_back` (of a revert: `hubspot` and `salesforce` fields, `deleted` records; of a dry run what would be).
 * Samples: up to `mostSamples` record ids.
 */
export type RunCount = {
  kind: 'listed' | 'outcome' | 'drift' | 'left' | 'put_back';
  code: string;
  count: number;
  samples: readonly string[];
};

/** Most record ids that are kept per count. */
export const mostSamples = 20;
