import { mergeFields } from '../merge/merge-fields.ts';
import { ownerReport } from '../merge/owner.ts';
import { contactIdField, type SalesforcePerson } from '../record.ts';
import { compareFields } from './compare.ts';
import { mergeInputOf } from './merge-input.ts';
import type { Base, FieldChange, Freeze, PersonWrite, Plan, PlanInput, PlanProblem, Reason } from './types.ts';

/** What to write to a found person and to its contact, and on what both sides agree. */
export type UpdateDecision = {
  /** Null where `problem` keeps the record from being written. */
  write: PersonWrite | null;
  contact: readonly FieldChange[];
  agreed: Base | null;
  asks: Plan['asks'];
  freezes: readonly Freeze[];
  reasons: readonly Reason[];
  /** The person must not be written in Salesforce before a human acts. */
  problem: PlanProblem | null;
  /** What a person should know of, although the rest goes on. */
  report: PlanProblem | null;
};

/** What the decisions of a look are made from. `sendsToSalesforce`: false while the contact is handed over and below the gate. */
type UpdateContext = { input: PlanInput; person: SalesforcePerson; sendsToSalesforce: boolean };

/** Decides each field of a found person by its rule, in both directions; fields of one unit are decided together. */
export function planUpdate({ input, person, sendsToSalesforce }: UpdateContext): UpdateDecision {
  const sides = mergeInputOf(input, person, sendsToSalesforce);
  const { comparisons, reasons } = compareFields(input, sides);
  const merge = mergeFields(sides, comparisons);
  const changes = merge.problem === null ? [...idChange({ input, person }), ...merge.toSalesforce] : [];
  const { object, id } = person;
  return {
    write: changes.length === 0 ? null : { operation: 'update', object, id, changes },
    contact: merge.toHubSpot,
    agreed: merge.agreed,
    asks: merge.asks,
    freezes: merge.freezes,
    reasons: [...reasons, ...merge.reasons],
    problem: merge.problem,
    report: ownerReport(sides, input.mapping.contact.owner, input.owners, merge.decided),
  };
}

/** The change of a person's id of the contact; none where it holds the right one. */
export function idChange({ input, person }: Pick<UpdateContext, 'input' | 'person'>): FieldChange[] {
  const { id } = input.contact;
  return person.externalId === id ? [] : [{ field: contactIdField, before: person.externalId, after: id, rule: 'id' }];
}
