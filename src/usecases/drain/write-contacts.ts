import { stageOf } from '../../domain/lifecycle/effective-stage.ts';
import { baseAfterContact } from '../../domain/plan/base.ts';
import { stageProperty } from '../../domain/record.ts';
import type { HubSpotWriteResult } from '../../ports/hubspot.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Batch } from './batch.ts';
import { answerTo, moveToCompanies, toWrite } from './contact-company.ts';
import { clearsFirst, settingIntent } from './contact-intent.ts';
import { lastResult, refusedUpdate } from './contact-results.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { AnsweredUpdate } from './edited-meanwhile.ts';
import { holdFresh } from './hold-fresh.ts';
import { keepContactsFresh } from './keep-fresh.ts';
import type { ContactLook } from './look.ts';
import { setStages, verifyStages } from './move-stages.ts';
import { lookAgainResult, resultFor } from './results.ts';
import { hubSpotUnanswered } from './unanswered.ts';

/**
 * Writes contacts in HubSpot, one update per 100 with all that is to be written: mapped properties, the person's id, the stage. A stage
 * that had to be cleared is set in a second update. What was moved is read back, as HubSpot may accept a stage and ignore it. Settles the
 * records.
 */
export async function writeContacts(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly ContactLook[],
): Promise<void> {
  if (looks.length === 0) return;
  const { hubspot, ledger, mappingVersion } = dependencies;
  const { fresh, changed } = await holdFresh(dependencies, batch, looks, keepContactsFresh);
  const moved = await moveToCompanies(dependencies, batch, fresh);
  const writes = fresh.flatMap((look) => (moved.get(look) != null ? [] : (toWrite(look) ?? [])));
  const answers = writes.length === 0 ? nothing : await hubspot.update('contacts', writes, batch.spend);
  const outcomes = fresh.map((look) =>
    outcomeOf(dependencies, look, answerTo(look, moved.get(look) ?? null, answers.get(look.contact.id))),
  );
  const results = [...changed.map(grewOld), ...outcomes.map(({ result }) => result)];
  const { intentIds, stale, poisoned } = await ledger.commit(batch.claim.token, mappingVersion, results);
  const lost = new Set([...stale, ...poisoned]);
  const moving = outcomes.flatMap(({ next }) => (next === null || lost.has(next.look.claimed.recordId) ? [] : [next]));
  const cleared = moving.flatMap(({ look, step }) => {
    const intentId = intentIds.get(look.claimed.recordId);
    return step === 'set' && intentId !== undefined ? [{ ...look, intentId }] : [];
  });
  const set = await setStages(dependencies, batch, cleared);
  const verifying = moving.flatMap(({ look, step, answer }) => (step === 'verify' ? [{ look, answer }] : []));
  await verifyStages(dependencies, batch, [...verifying, ...set]);
}

function grewOld({ claimed, pairId, intentId }: ContactLook): RecordResult {
  const outcomes = [{ intentId, state: 'refused', errorCode: 'data_grew_old' } as const];
  return { ...lookAgainResult(claimed, 'data_grew_old'), pairId, outcomes };
}

const nothing: ReadonlyMap<string, HubSpotWriteResult> = new Map();

/** `next`: what its stage move still needs. */
type Outcome = {
  result: RecordResult;
  next: (AnsweredUpdate & { step: 'set' | 'verify' }) | null;
};

function outcomeOf(
  dependencies: DrainDependencies,
  look: ContactLook,
  answer: HubSpotWriteResult | undefined,
): Outcome {
  if (answer?.ok !== true) {
    return { result: refusedUpdate(dependencies, look, answer?.error ?? hubSpotUnanswered), next: null };
  }
  const { claimed, contact, plan, pairId, intentId } = look;
  const { move } = plan.stage;
  const done: RecordResult = {
    ...resultFor(claimed),
    pairId,
    outcomes: [{ intentId, state: 'done', recordId: contact.id }],
    agreed: baseAfterContact(plan, answer.properties),
  };
  if (move === null) return { result: lastResult(dependencies, { look, answer }, done), next: null };
  if (!clearsFirst(plan.stage, contact)) return { result: done, next: { look, answer, step: 'verify' } };

  const left = (answer.properties[stageProperty] ?? '').trim();
  // Somebody set another stage while we emptied it: theirs counts.
  if (left !== '' && left !== stageOf(contact)) {
    return { result: { ...done, ...lookAgainResult(claimed, 'stage_conflict'), stageMove: 'conflict' }, next: null };
  }
  const result: RecordResult = { ...done, stageMove: 'setting', nextIntent: settingIntent(contact, move.to) };
  return { result, next: { look, answer, step: 'set' } };
}
