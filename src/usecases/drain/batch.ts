import type { PersonReference, SalesforceReference } from '../../domain/record.ts';
import type { Spend } from '../../ports/budget.ts';
import type { Claim } from '../../ports/ledger-claim.ts';

/** One claim on its way through the steps. `Reference`: what the pairs of its records have in Salesforce. */
export type Batch<Reference extends SalesforceReference = PersonReference> = {
  claim: Claim<Reference>;
  /** When our lease ends, counted from before it was asked for. */
  leasedUntilMs: number;
  /** When the reading began. */
  readAtMs: number;
  /** What was still ours at the last renewal of the lease; absent before the first. */
  held?: ReadonlySet<string>;
  /** Whose work it is, and the reads that were reserved before the claim. */
  spend: Spend;
  signal: AbortSignal;
  /** Of a run or a sweep: it may wait for a job of minutes. Absent: live work. */
  isBackground?: boolean;
};
