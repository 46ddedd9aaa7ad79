import type { FieldValue, HubSpotObject, SystemName } from '../../domain/record.ts';
import type { Preview, PreviewChange } from './types.ts';

/**
 * A change that only one of the mappings makes, or that they make differently. `kind`: `new`: only the proposed one makes it; `other`: both
 * write the field, to different values; `dropped`: only the active one makes it.
 */
export type PlanChange = {
  object: HubSpotObject;
  recordId: string;
  system: SystemName;
  /** The object that is written. */
  target: string;
  field: string;
  /** The rule of the proposed mapping; of what is dropped, the active one's. */
  rule: PreviewChange['rule'];
  kind: 'new' | 'other' | 'dropped';
  before: FieldValue;
  /** What the proposed mapping writes; of what is dropped, `before`. */
  after: FieldValue;
  /** What the active mapping would write; of what is new, `before`. */
  instead: FieldValue;
};

/** How the fate of one record differs between two mappings. */
export type PlanDifference = {
  recordId: string;
  changes: readonly PlanChange[];
  gate: 'passes' | 'fails' | null;
  creates: 'created' | 'not_created' | null;
  problemNew: { code: string; message: string } | null;
  problemGone: { code: string; message: string } | null;
  unread: boolean;
};

/** Compares what two mappings would do with one record. Pure. */
export function comparePreviews(object: HubSpotObject, active: Preview, proposed: Preview): PlanDifference {
  const { recordId } = proposed;
  if (active.outcome === 'unread' || proposed.outcome === 'unread') return { ...same(recordId), unread: true };
  const isOtherProblem = active.problem?.code !== proposed.problem?.code;
  return {
    recordId,
    changes: compareChanges(object, active, proposed),
    gate: active.passesGate === proposed.passesGate ? null : proposed.passesGate === true ? 'passes' : 'fails',
    creates: active.creates === proposed.creates ? null : proposed.creates ? 'created' : 'not_created',
    problemNew: isOtherProblem ? told(proposed) : null,
    problemGone: isOtherProblem ? told(active) : null,
    unread: false,
  };
}

function same(recordId: string): PlanDifference {
  return { recordId, changes: [], gate: null, creates: null, problemNew: null, problemGone: null, unread: false };
}

function told({ problem }: Preview): PlanDifference['problemNew'] {
  return problem === null ? null : { code: problem.code, message: problem.message };
}

function compareChanges(object: HubSpotObject, active: Preview, proposed: Preview): PlanChange[] {
  const before = new Map(active.changes.map((change) => [keyOf(change), change]));
  const now = new Set(proposed.changes.map(keyOf));
  const toChange = (change: PreviewChange, kind: PlanChange['kind'], after: FieldValue, instead: FieldValue) => {
    const { system, object: target, field, rule, before: held } = change;
    return { object, recordId: proposed.recordId, system, target, field, rule, kind, before: held, after, instead };
  };
  const made = proposed.changes.flatMap((change): PlanChange[] => {
    const other = before.get(keyOf(change));
    if (other === undefined) return [toChange(change, 'new', change.after, change.before)];
    return other.after === change.after ? [] : [toChange(change, 'other', change.after, other.after)];
  });
  const dropped = active.changes.filter((change) => !now.has(keyOf(change)));
  return [...made, ...dropped.map((change) => toChange(change, 'dropped', change.before, change.after))];
}

function keyOf({ system, object, field }: PreviewChange): string {
  return `${system}\n${object}\n${field}`;
}
