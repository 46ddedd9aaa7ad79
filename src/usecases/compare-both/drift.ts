import type { SystemName } from '../../domain/record.ts';
import type { RunCount } from '../../domain/runs/types.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import { createCounter } from '../runs/run-counts.ts';

/**
 * How a CRM and the ledger can differ.
 * - `missing`: past the gate, and not in Salesforce or not handed over. `not_backfilled`: the same, but older than the ledger and never looked at.
 * - `extra`: carries an id of ours that leads to no living record in HubSpot, or to another pair.
 * - `unequal`: a side holds something else than when both last agreed.
 * - `gone`: a record of a pair was not seen in its CRM.
 * - `unlinked_pair`: the pair has ended, and its record is there (again).
 * - `failing`: any of these, and the last look at it failed; it has not changed since, so that another look would fail as well.
 * - `ended`: past the gate; the pair has ended with its record in Salesforce, and nobody creates it again.
 * - `below_gate_present`, `recycled`: handed over, and below the gate; the latter was sent back by sales.
 * - `held`, `frozen`: fields that a revert, or a fight, keeps us from writing.
 */
export type DriftCode =
  | 'missing'
  | 'not_backfilled'
  | 'extra'
  | 'unequal'
  | 'gone'
  | 'unlinked_pair'
  | 'failing'
  | 'ended'
  | 'below_gate_present'
  | 'recycled'
  | 'held'
  | 'frozen';

/** What is found about one record. `repairs`: somebody is to look at it; what is done about it is the look's to decide. */
export type Drift = { code: DriftCode; repairs: boolean };

/** One record, and what was found. `marks`: whom to look at. */
export type Found = {
  recordId: string;
  drift: readonly Drift[];
  marks: readonly Pick<Mark, 'system' | 'object' | 'recordId'>[];
};

/**
 * What a look failed to repair, and has not changed since, no other look repairs: it is told, and costs nothing.
 * @param changedAtMs of the record that differs
 */
export function unlessFailing(
  drift: readonly Drift[],
  failedAtMs: number | null,
  changedAtMs: number,
): readonly Drift[] {
  if (failedAtMs === null || changedAtMs > failedAtMs) return drift;
  const isOpen = ({ code, repairs }: Drift) => repairs || code === 'not_backfilled';
  return drift.map((each) => (isOpen(each) ? { code: 'failing', repairs: false } : each));
}

/** Numbers with samples, by code. */
export function countDrift(found: readonly Found[]): RunCount[] {
  const counter = createCounter();
  for (const { recordId, drift } of found) {
    for (const code of new Set(drift.map((each) => each.code))) counter.add('drift', code, recordId);
  }
  return counter.all();
}

/** The marks of a page; each record once. */
export function marksOf(found: readonly Found[], runId: string): Mark[] {
  const marks = new Map<string, Mark>();
  for (const { drift, marks: wanted } of found) {
    if (!drift.some(({ repairs }) => repairs)) continue;
    for (const { system, object, recordId } of wanted) {
      marks.set(`${system} ${object} ${recordId}`, {
        system,
        object,
        recordId,
        priority: 4,
        source: 'comparison',
        runId,
      });
    }
  }
  return [...marks.values()];
}

/** How many records of a kind were read. */
export function countRead(system: SystemName, object: string, count: number): RunCount {
  return { kind: 'listed', code: `${system}.${object}`, count, samples: [] };
}
