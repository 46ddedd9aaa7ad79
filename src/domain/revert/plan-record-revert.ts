import { sameId } from '../merge/same-id.ts';
import type { FieldChange } from '../plan/types.ts';
import {
  doubleRoleOf,
  type FieldValue,
  type FieldValues,
  idNames,
  roleKey,
  type SalesforceRecord,
  type SystemName,
  stageProperty,
} from '../record.ts';
import { withPseudoFields, withPseudoProperties } from '../records/deal-sides.ts';
import { dealStateAfter } from '../records/deal-state.ts';
import { verdictsOf } from '../records/merge-record.ts';
import { doNothing, type RecordDecision } from '../records/record-plan.ts';
import { resolveAccount } from '../records/resolve-account.ts';
import { resolveOpportunity } from '../records/resolve-opportunity.ts';
import type { CompanyInput, DealInput, RecordPlan } from '../records/types.ts';
import { deletionOf, emptiedId, hasEndedWith, leftDeleted } from './made-records.ts';
import { type PutBack, putBack, type RevertSides } from './put-back.ts';
import { revertReasons, summaryOf } from './revert-reasons.ts';
import type { LeftReason, PendingRevert } from './types.ts';

type Kind = keyof typeof idNames;
type Input = CompanyInput | DealInput;

/** Decides what puts a company and its Account back to what they were before a run, and why the rest is left. @see planContactRevert */
export function planCompanyRevert(company: CompanyInput, revert: PendingRevert, hasChildren: boolean): RecordPlan {
  const resolution = resolveAccount(company);
  const found = resolution.kind === 'found' ? resolution.record : null;
  const { order } = company.stages;
  const decided = decide('company', company, revert, { found, hasChildren, obstacleTo: () => null });
  return withVerdicts('company', company, inSteps(decided, company, order), found);
}

/** The same of a deal and its Opportunity: the contacts of the deal and the roles are put back like fields. */
export function planDealRevert(given: DealInput, revert: PendingRevert): RecordPlan {
  const resolution = resolveOpportunity(given);
  const opportunity = resolution.kind === 'found' ? resolution.record : null;
  const deal = withPseudoProperties(given, opportunity);
  const found = opportunity === null ? null : { ...opportunity, fields: withPseudoFields(deal, opportunity) };
  const obstacleTo = (_: SystemName, field: string, before: FieldValue) => obstacleToRelation(deal, field, before);
  const decided = decide('deal', deal, revert, { found, hasChildren: false, obstacleTo });
  const dealState = found === null ? null : dealStateAfter(deal, found, decided.write?.changes ?? []);
  return withVerdicts('deal', deal, { ...decided, dealState }, found);
}

function withVerdicts(kind: Kind, input: Input, decided: RecordDecision, found: SalesforceRecord | null): RecordPlan {
  const { properties } = input.record;
  return { ...decided, intents: verdictsOf(kind, input, decided, { properties, found }) };
}

type Around = {
  found: SalesforceRecord | null;
  /** Others belong to it: an Account takes them with it when it is deleted. */
  hasChildren: boolean;
  obstacleTo: NonNullable<RevertSides['obstacleTo']>;
};

function decide(kind: Kind, input: Input, revert: PendingRevert, around: Around): RecordDecision {
  const { found, hasChildren } = around;
  const sides = sidesOf(kind, input, around);
  const ending = deletionOf(revert, { ...sides, isTouched: found !== null && isTouched(input, found) });
  const counterpart = found === null ? null : { object: found.object, id: found.id };
  const isKept = ending === 'delete' && hasChildren;
  if (isKept && revert.hasOthers) {
    const summary = summaryOf(revert, nothingPut, { ending: 'none', hasEnded: false, goesOn: true });
    const reasons = revertReasons(revert, summary);
    return { ...doNothing(input), outcome: 'reverted', counterpart, reasons, revert: { ...summary, waits: true } };
  }
  if ((ending === 'delete' || ending === 'archive') && !isKept) {
    const summary = summaryOf(revert, nothingPut, { ending, hasEnded: false, goesOn: ending === 'delete' });
    return {
      ...doNothing(input),
      outcome: 'reverted',
      counterpart,
      archives: ending === 'archive',
      tombstone: ending === 'archive' ? 'contact_deleted' : (input.pair?.tombstone ?? null),
      reasons: revertReasons(revert, summary),
      revert: summary,
    };
  }
  const fields = putBack(revert, sides);
  const back = { ...fields, left: [...fields.left, ...leftDeleted(revert, found?.id ?? null)] };
  const hasEnded = hasEndedWith(revert, ending, input.pair);
  const ids = hasEnded ? emptiedId(revert, idNames[kind].property, input.record.properties) : [];
  const told = isKept ? { ...back, left: back.left.map(withChildren) } : back;
  const summary = summaryOf(revert, told, { ending: isKept ? 'none' : ending, hasEnded, goesOn: false });
  return {
    ...doNothing(input),
    ...(hasEnded ? { tombstone: 'person_deleted' } : {}),
    outcome: 'reverted',
    counterpart,
    write: writeOf(found, back.salesforce),
    changes: [...ids, ...back.hubspot],
    agreed: back.agreed,
    reasons: revertReasons(revert, summary),
    revert: summary,
  };
}

const nothingPut: PutBack = { hubspot: [], salesforce: [], left: [], agreed: null, holds: [], looksAgain: false };

function withChildren<Left extends { reason: LeftReason }>(left: Left): Left {
  return left.reason === 'created' ? { ...left, reason: 'has_children' } : left;
}

function writeOf(found: SalesforceRecord | null, changes: readonly FieldChange[]): RecordDecision['write'] {
  if (found === null || changes.length === 0) return null;
  return { operation: 'update', object: found.object, id: found.id, changes };
}

function isTouched({ ourUserId }: Input, { lastModifiedBy }: SalesforceRecord): boolean {
  return ourUserId !== null && lastModifiedBy !== null && !sameId(lastModifiedBy.id, ourUserId);
}

function sidesOf(
  kind: Kind,
  input: Input,
  { found, obstacleTo }: Around,
): RevertSides & { hubspot: RevertSides['hubspot'] } {
  const { record, pair, mapping } = input;
  const { object } = idNames[kind];
  const counterpart = (field: string) => mapping.fields.find(({ hubspot }) => hubspot === field)?.salesforce[object];
  const fields: FieldValues = { ...found?.fields, [idNames[kind].field]: found?.externalId ?? null };
  return {
    hubspot: {
      object: kind,
      ids: [record.id, ...record.mergedIds, ...(pair?.formerContactIds ?? [])],
      values: record.properties,
    },
    salesforce:
      found === null
        ? null
        : {
            object,
            ids: [found.id, ...(pair?.person ? [pair.person.id] : []), ...(pair?.formerPersonIds ?? [])],
            values: fields,
          },
    base: pair?.base ?? null,
    factsOf(system, field) {
      const name = system === 'salesforce' ? field : counterpart(field);
      return name === undefined ? undefined : input.fieldFacts(object, name);
    },
    counterpartOf(system, field) {
      if (system === 'hubspot') return counterpart(field) ?? null;
      return mapping.fields.find(({ salesforce }) => salesforce[object] === field)?.hubspot ?? null;
    },
    afterConversion: () => null,
    obstacleTo,
  };
}

/** A role of somebody who has no Contact cannot be given back; nor can one of which there were two. */
function obstacleToRelation(deal: DealInput, field: string, before: FieldValue): LeftReason | null {
  if (doubleRoleOf(field) !== null) return 'relation';
  const id = field.startsWith(roleKey('')) ? field.slice(roleKey('').length) : null;
  const whose = id === 'primary' ? String(before ?? '') : id;
  if (whose === null) return null;
  if (id === 'primary' && before === null) return 'relation';
  return deal.contacts.get(whose)?.person?.object === 'Contact' ? null : 'relation';
}

/** HubSpot takes no step backward of a company's stage at once: it is emptied first, and set with the next look. */
function inSteps(decided: RecordDecision, { record }: CompanyInput, order: readonly string[]): RecordDecision {
  const move = decided.changes.find(({ field }) => field === stageProperty);
  const { revert } = decided;
  const from = record.properties[stageProperty] ?? '';
  if (move === undefined || revert === undefined || move.after === null || from === '') return decided;
  if (order.indexOf(String(move.after)) > order.indexOf(from)) return decided;
  const emptied = decided.changes.map((change) => (change === move ? { ...change, after: null } : change));
  return { ...decided, changes: emptied, revert: { ...revert, goesOn: true } };
}
