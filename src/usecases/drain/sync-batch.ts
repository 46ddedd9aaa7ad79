import { joinBases } from '../../domain/merge/base.ts';
import { baseOfStage } from '../../domain/plan/base.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import { archiveContacts } from './archive-contacts.ts';
import type { Batch } from './batch.ts';
import { contactRelations } from './contact-relations.ts';
import { type Doomed, deleteMade, deletesMade } from './delete-made.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { PlannedLook } from './look.ts';
import { endedMove, pairFacts, stagesOf } from './pair-facts.ts';
import { planLooks } from './plan-looks.ts';
import { readContacts } from './read-contacts.ts';
import { reserveWrites } from './reserve-writes.ts';
import { decisionOf, doneResult, endOf, judgedOutcomes } from './results.ts';
import { withReverts } from './revert-results.ts';
import { settleGone } from './settle-gone.ts';
import { settleMerges } from './settle-merges.ts';
import { writeContacts } from './write-contacts.ts';
import { toWaves, writePersons } from './write-persons.ts';

/**
 * Takes one claim from reading to settling: read HubSpot, find the persons, plan each, commit intents, write Salesforce, commit, write
 * HubSpot, commit. Each record has its own outcome. Data is read moments before it decides, and checked once more before it is written
 * where the way was long.
 * @throws SyncError only when the ledger cannot be reached; the lease then runs out and the records are looked at again
 */
export async function syncBatch(given: DrainDependencies, batch: Batch): Promise<void> {
  const { dependencies, tell } = withReverts(given, batch.claim);
  const { ledger, mappingVersion, observe } = dependencies;
  const read = await readContacts(dependencies, batch);
  const of = { system: 'hubspot', object: 'contact' } as const;
  const looks = await settleMerges(dependencies, {
    ...read,
    token: batch.claim.token,
    of,
    recordOf: ({ contact }) => contact,
  });
  const { planned, failed } = await planLooks(dependencies, batch, looks);
  for (const { claimed, plan } of planned) tell(claimed.recordId, plan.revert);
  const doomed = observe ? [] : planned.filter(({ plan }) => deletesMade(plan.revert));
  const toWrite = observe ? [] : planned.filter((look) => !doomed.includes(look) && leadsToAWrite(look));
  const decided = planned.filter((look) => !toWrite.includes(look) && !doomed.includes(look));
  const results = [...failed, ...decided.map((look) => settleDecided(dependencies, look))];
  if (results.length > 0) await ledger.commit(batch.claim.token, mappingVersion, results);
  await settleGone(dependencies, batch, read.gone);
  await deleteMade(dependencies, batch, of, doomed.map(toDoomed));
  if (toWrite.length === 0) return;
  if (batch.signal.aborted) return ledger.release(batch.claim.token);

  const reserved = await reserveWrites(dependencies, batch, toWrite);
  await archiveContacts(dependencies, batch, reserved.filter(archives));
  const writing = reserved.filter((look) => !archives(look));
  for (const wave of toWaves(dependencies, batch, writing)) {
    await writeContacts(dependencies, batch, await writePersons(dependencies, batch, wave));
  }
}

function toDoomed({ claimed, contact, plan, readAtMs }: PlannedLook): Doomed {
  return { claimed, hubspotIds: [contact.id, ...contact.mergedIds], counterpart: plan.person, readAtMs };
}

function archives({ plan }: PlannedLook): boolean {
  return plan.archivesContact;
}

/** A problem may stand beside writes: what it forbids, the plan does not hold. */
function leadsToAWrite({ plan, claimed }: PlannedLook): boolean {
  const { write, contact, stage, linkBack, person, archivesContact } = plan;
  const newlyPaired = person !== null && claimed.pair?.person?.id !== person.id;
  return write !== null || contact.length > 0 || stage.move !== null || linkBack || newlyPaired || archivesContact;
}

function settleDecided({ observe, mapping }: DrainDependencies, look: PlannedLook): RecordResult {
  const { claimed, plan } = look;
  const decided = { ...doneResult(claimed, decisionOf(plan, observe && leadsToAWrite(look))), ...endOf(plan) };
  const related = observe ? {} : contactRelations({ mapping }, look);
  if (observe) return { ...decided, ...related };
  // Below the gate there is no pair, and the funnel wants to know all the same where the contact has been.
  if (claimed.pairId === null) return { ...decided, ...related, ...stagesOf(look) };
  return {
    ...decided,
    ...related,
    ...pairFacts(look),
    ...endedMove(plan),
    pairId: claimed.pairId,
    agreed: joinBases(plan.agreed, baseOfStage(plan)),
    outcomes: judgedOutcomes(plan.intents, false),
  };
}
