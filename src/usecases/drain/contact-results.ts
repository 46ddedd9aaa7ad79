import { joinBases } from '../../domain/merge/base.ts';
import { baseOfStage } from '../../domain/plan/base.ts';
import type { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { DrainDependencies } from './dependencies.ts';
import { type AnsweredUpdate, seesEdit, showsNoEdit } from './edited-meanwhile.ts';
import type { ContactLook } from './look.ts';
import { endOf, faultResult, lookAgainResult } from './results.ts';

/** An update that was refused, or whose answer was lost. */
export function refusedUpdate({ clock }: DrainDependencies, look: ContactLook, error: SyncError): RecordResult {
  const { claimed, pairId, intentId } = look;
  const state = error.detail.mayHaveHappened === true ? 'unknown' : 'refused';
  return { ...faultResult(claimed, error, clock), pairId, outcomes: [{ intentId, state, errorCode: error.code }] };
}

/**
 * The look ends, with the base of the stage. Where HubSpot's answer shows an edit that came in between, somebody looks again; where it
 * proves that there was none, sweeps may pass over the time of our own write.
 */
export function lastResult(
  { mapping }: DrainDependencies,
  { look, answer }: AnsweredUpdate,
  done: RecordResult,
): RecordResult {
  const { plan, claimed } = look;
  const agreed = joinBases(done.agreed ?? null, baseOfStage(plan));
  const properties = mapping.contact.hubspotProperties;
  if (seesEdit(properties, look, answer.properties)) {
    return { ...done, agreed, ...lookAgainResult(claimed, 'edited_meanwhile') };
  }
  const isOurs = showsNoEdit(properties, look, answer.properties);
  return { ...done, agreed, ...endOf(plan), ...(isOurs ? { hubspotWrittenAtMs: answer.updatedAtMs } : {}) };
}
