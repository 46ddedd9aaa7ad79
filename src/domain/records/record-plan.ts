import { fieldFrozen } from '../merge/fights.ts';
import type { Decided } from '../merge/merge-fields.ts';
import { ownerReport } from '../merge/owner.ts';
import type { Merge, MergeInput } from '../merge/types.ts';
import type { PlanProblem, Reason } from '../plan/types.ts';
import { idNames, type SalesforceRecord } from '../record.ts';
import { idChange, isHandedOver } from './merge-record.ts';
import type { CompanyInput, DealInput, RecordPlan } from './types.ts';

type Input = CompanyInput | DealInput;

/** A plan before its open intents are judged. */
export type RecordDecision = Omit<RecordPlan, 'intents'>;

/** What a plan is that does nothing. */
export function doNothing({ pair }: Pick<Input, 'pair'>): Omit<RecordDecision, 'outcome' | 'reasons'> {
  return {
    counterpart: null,
    write: null,
    changes: [],
    handsOver: false,
    linkBack: false,
    waitsFor: [],
    wants: [],
    asks: null,
    freezes: [],
    tombstone: pair?.tombstone ?? null,
    archives: false,
    agreed: null,
    blanks: [],
    problem: null,
    dealState: null,
  };
}

/** Nothing is to be done as long as nothing changes. */
export function notWanted(input: Pick<Input, 'pair'>, code: string, text: string): RecordDecision {
  return { ...doNothing(input), outcome: 'not_wanted', reasons: [{ code, text }] };
}

/** The pair ends with its Salesforce side: reported, and nothing is created in its place. */
export function endPair(input: Pick<Input, 'pair' | 'mapping'>, problem: PlanProblem): RecordDecision {
  // Only at once: what somebody brings back from the recycle bin stays.
  const archives = input.pair?.tombstone == null && input.mapping.events.deletedInSalesforce === 'delete';
  return {
    ...doNothing(input),
    outcome: 'unlinked',
    tombstone: 'person_deleted',
    archives,
    reasons: [{ code: problem.code, text: problem.message }],
    problem: archives ? null : problem,
  };
}

/** Nothing is written on either side: the problem becomes a failure of the record, with the reasons so far. */
export function askPerson(
  input: Pick<Input, 'pair'>,
  problem: PlanProblem,
  reasons: readonly Reason[],
): RecordDecision {
  const told = { code: problem.code, text: problem.message };
  return { ...doNothing(input), outcome: 'needs_person', reasons: [told, ...reasons], problem };
}

/** A found record and what the merge of both sides came to. `report`: what a person should know of although the rest goes on. */
export type Paired = {
  found: SalesforceRecord;
  sides: MergeInput;
  merge: Merge & { decided: Decided };
  reasons: readonly Reason[];
  report: PlanProblem | null;
};

/** Links or updates a found record. Nothing is linked by a write that must not be made. */
export function pairUp(
  kind: keyof typeof idNames,
  input: Input,
  { found, sides, merge, reasons, report }: Paired,
): RecordDecision {
  const { pair, mapping, owners, record } = input;
  const isKnown = isLinked(input, found);
  if (merge.problem !== null && !isKnown) return askPerson(input, merge.problem, reasons);
  const changes = merge.problem === null ? [...idChange(kind, input, found), ...merge.toSalesforce] : [];
  const { object, id } = found;
  const isBusy = changes.length > 0 || merge.toHubSpot.length > 0;
  return {
    ...doNothing(input),
    outcome: isKnown ? (isBusy ? 'update' : 'unchanged') : 'link',
    counterpart: { object, id },
    write: changes.length === 0 ? null : { operation: 'update', object, id, changes },
    changes: merge.toHubSpot,
    handsOver: sides.sendsToSalesforce,
    linkBack: record.properties[idNames[kind].property] !== id,
    asks: merge.asks,
    freezes: merge.freezes,
    tombstone: null,
    agreed: merge.agreed,
    reasons,
    problem:
      merge.problem ??
      report ??
      fieldFrozen({ pair, object: kind }, merge.freezes) ??
      ownerReport(sides, mapping.owner, owners, merge.decided),
  };
}

/** What is said of a found record of whom nobody passes the gate. @param whose as in "No contact of this deal" */
export function gateReasons(input: Pick<Input, 'pair'>, found: SalesforceRecord, whose: string): Reason[] {
  const { object } = found;
  if (isHandedOver(input)) {
    if (!isLinked(input, found)) return [];
    const text = `No contact of ${whose} passes the gate now; its ${object} is in Salesforce, so both are kept in step.`;
    return [{ code: 'nobody_passed_now', text }];
  }
  const text = `No contact of ${whose} has passed the gate: its ${object} learns its id, and nothing else is sent to Salesforce until one has.`;
  return [{ code: 'linked_below_gate', text }];
}

/** The ledger knows this very pair. */
function isLinked({ pair }: Pick<Input, 'pair'>, { id }: SalesforceRecord): boolean {
  return pair?.person?.id === id;
}
