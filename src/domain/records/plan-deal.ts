import type { Reason } from '../plan/types.ts';
import type { SalesforceRecord } from '../record.ts';
import { createDeal } from './create-deal.ts';
import { stageContext, withPseudoFields, withPseudoProperties } from './deal-sides.ts';
import { dealStateAfter } from './deal-state.ts';
import { verdictsOf } from './merge-record.ts';
import { askPerson, doNothing, endPair, notWanted, type RecordDecision } from './record-plan.ts';
import { resolveOpportunity } from './resolve-opportunity.ts';
import type { Resolution } from './resolve-record.ts';
import { contactsOf } from './role-fields.ts';
import { ignoredBy } from './stage-map.ts';
import type { DealInput, RecordPlan } from './types.ts';
import { updateDeal } from './update-deal.ts';

/**
 * Decides what brings one deal and its Opportunity into agreement, in both directions, roles, Account and stage included, and why. Does no I/O,
 * reads no clock, never throws on what a record holds.
 *
 * @param given both sides as just read, what the ledger knows, the compiled mapping, `now` (epoch milliseconds)
 */
export function planDeal(given: DealInput): RecordPlan {
  const resolution = resolveOpportunity(given);
  const opportunity = resolution.kind === 'found' ? resolution.record : null;
  const deal = withPseudoProperties(given, opportunity);
  const found = opportunity === null ? null : { ...opportunity, fields: withPseudoFields(deal, opportunity) };
  const decided = decide(deal, resolution, found);
  const { properties } = deal.record;
  return { ...decided, intents: verdictsOf('deal', deal, decided, { properties, found }) };
}

function decide(deal: DealInput, resolution: Resolution, found: SalesforceRecord | null): RecordDecision {
  if (resolution.kind === 'ended') return endPair(deal, resolution.problem);
  const ignored = ignoredBy(stageContext(deal), deal.record.properties, found?.fields ?? null);
  if (ignored !== null) return leaveAlone(deal, found, ignored);
  if (resolution.kind === 'problem') return askPerson(deal, resolution.problem, []);
  if (found !== null && resolution.kind === 'found') return updateDeal(deal, found, resolution.reasons);
  if (deal.mapping.createInSalesforce === 'never') {
    return notWanted(deal, 'create_off', 'deals.yaml says that no Opportunity is created for a deal.');
  }
  return waitBefore(deal) ?? createDeal(deal);
}

/** What the mapping says to ignore is not synced; that it is paired stays true. */
function leaveAlone(deal: DealInput, found: SalesforceRecord | null, ignored: string): RecordDecision {
  const text = `deals.yaml says that ${ignored} is not synced (pipelines.not_synced): the deal is left alone on both sides.`;
  const left = notWanted(deal, 'deal_stage_ignored', text);
  if (found === null) return left;
  const { object, id } = found;
  return { ...left, counterpart: { object, id }, dealState: dealStateAfter(deal, found, []) };
}

/** Why no Opportunity is created yet, and for whom that waits; null: nothing is in the way. */
function waitBefore(deal: DealInput): RecordDecision | null {
  const ids = [...contactsOf(deal.associations).keys()];
  const wait = (
    reasons: readonly Reason[],
    waitsFor: RecordDecision['waitsFor'],
    wants: RecordDecision['wants'] = [],
  ) => ({ ...doNothing(deal), outcome: 'waiting', reasons, waitsFor, wants }) as const;
  if (ids.length === 0) {
    const text = 'The deal has no contact: its Opportunity is created as soon as it has one that has passed the gate.';
    return wait([{ code: 'deal_without_contact', text }], []);
  }
  const passed = ids.filter((id) => deal.contacts.get(id)?.passedGate);
  const keys = (of: readonly string[]) => of.map((recordId) => ({ object: 'contact', recordId }) as const);
  if (passed.length === 0) {
    const text = `No contact of the deal has passed the gate (${ids.join(', ')}): its Opportunity is created as soon as one has.`;
    return wait([{ code: 'contact_below_gate', text }], keys(ids));
  }
  const isAnyThere = passed.some((id) => deal.contacts.get(id)?.person != null);
  const { reasons, waitsFor, wants } = companyWait(deal);
  if (isAnyThere) return reasons.length === 0 ? null : wait(reasons, waitsFor, wants);
  const text = `Nobody of the contacts that have passed the gate (${passed.join(', ')}) is in Salesforce yet: the Opportunity waits for the first one.`;
  return wait([...reasons, { code: 'contact_coming', text }], [...waitsFor, ...keys(passed)], wants);
}

function companyWait({ company: { id, state } }: DealInput): Pick<RecordDecision, 'reasons' | 'waitsFor' | 'wants'> {
  if (id === null || (state !== 'coming' && state !== 'refused')) return { reasons: [], waitsFor: [], wants: [] };
  const key = { object: 'company', recordId: id } as const;
  if (state === 'coming') {
    const text = `The primary company ${id} of the deal has no Account yet: the Opportunity is created as soon as it has.`;
    return { reasons: [{ code: 'company_coming', text }], waitsFor: [key], wants: [key] };
  }
  const text = `The primary company ${id} of the deal cannot get an Account before a person acts: see its own failure. The Opportunity waits for it.`;
  return { reasons: [{ code: 'company_refused', text }], waitsFor: [key], wants: [] };
}
