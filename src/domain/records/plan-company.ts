import { joinBases } from '../merge/base.ts';
import type { Reason } from '../plan/types.ts';
import type { SalesforceRecord } from '../record.ts';
import { followDeals } from './company-stage.ts';
import { createRecord, newField } from './create-record.ts';
import { compareFields, mergeRecord, sidesOf, verdictsOf } from './merge-record.ts';
import { askPerson, doNothing, endPair, gateReasons, notWanted, pairUp, type RecordDecision } from './record-plan.ts';
import { hasPassed, resolveAccount } from './resolve-account.ts';
import type { Resolution } from './resolve-record.ts';
import type { CompanyInput, RecordPlan } from './types.ts';

/**
 * Decides what brings one company and its Account into agreement, in both directions, and why. Does no I/O, reads no clock, never throws on
 * what a record holds.
 *
 * @param company both sides as just read, what the ledger knows, the compiled mapping, `now` (epoch milliseconds)
 */
export function planCompany(company: CompanyInput): RecordPlan {
  const resolution = resolveAccount(company);
  const found = resolution.kind === 'found' ? resolution.record : null;
  const decided = decide(company, resolution);
  const { properties } = company.record;
  return { ...decided, intents: verdictsOf('company', company, decided, { properties, found }) };
}

function decide(company: CompanyInput, resolution: Resolution): RecordDecision {
  if (resolution.kind === 'problem') return askPerson(company, resolution.problem, []);
  if (resolution.kind === 'ended') return endPair(company, resolution.problem);
  if (resolution.kind === 'found') return keepInStep(company, resolution.record, resolution.reasons);
  if (!hasPassed(company)) {
    const text = 'No contact of this company has passed the gate: no Account is created for it.';
    return notWanted(company, 'no_person_passed', text);
  }
  if (company.mapping.createInSalesforce === 'never') {
    return notWanted(company, 'create_off', 'companies.yaml says that no Account is created for a company.');
  }
  return create(company);
}

function create(company: CompanyInput): RecordDecision {
  const fields = company.mapping.fields.flatMap((mapped) => newField(company, 'Account', mapped));
  const creation = createRecord('company', company, fields);
  if (creation.kind === 'problem') return askPerson(company, creation.problem, creation.reasons);
  const text =
    'Nothing in Salesforce leads to this company, and a person of theirs has passed the gate: an Account is created.';
  const { change, agreed } = followDeals(company);
  return {
    ...doNothing(company),
    outcome: 'create',
    write: creation.write,
    changes: change === null ? [] : [change],
    blanks: creation.blanks,
    tombstone: null,
    handsOver: true,
    linkBack: true,
    agreed,
    reasons: [{ code: 'created', text }, ...creation.reasons],
  };
}

function keepInStep(company: CompanyInput, found: SalesforceRecord, how: readonly Reason[]): RecordDecision {
  const passes = hasPassed(company);
  const sides = sidesOf('company', company, found, passes);
  const { comparisons, reasons } = compareFields(company, sides, [], ['Name']);
  const merged = mergeRecord(sides, comparisons);
  const stage = followDeals({ ...company, base: sides.pair?.base ?? null });
  const merge = {
    ...merged,
    toHubSpot: [...merged.toHubSpot, ...(stage.change === null ? [] : [stage.change])],
    agreed: joinBases(merged.agreed, stage.agreed),
  };
  const gate = passes ? [] : gateReasons(company, found, 'this company');
  const told = [...how, ...gate, ...reasons, ...merge.reasons];
  return pairUp('company', company, { found, sides, merge, reasons: told, report: null });
}
