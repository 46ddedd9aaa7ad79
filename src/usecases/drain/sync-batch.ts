import { plan } from '../../domain/plan/plan.ts';
import type { PersonMatches } from '../../domain/plan/types.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { Claim, RecordResult } from '../../ports/ledger.ts';
import type { DrainDependencies, OrgFacts } from './dependencies.ts';
import { findPersons } from './find-persons.ts';
import { linkBack } from './link-back.ts';
import type { KnownContact, Look, PlannedLook } from './look.ts';
import { readContacts } from './read-contacts.ts';
import { reserveWrites } from './reserve-writes.ts';
import { decisionOf, doneResult, faultResult, judgedOutcomes, problemResult, settledAfter } from './results.ts';
import { writePersons } from './write-persons.ts';

/** One claim on its way through the steps. */
export type Batch = {
  claim: Claim;
  /** When our lease ends, counted from before it was asked for. */
  leasedUntilMs: number;
  /** When the reading began. */
  readAtMs: number;
  /** What was still ours at the last renewal of the lease; absent before the first. */
  held?: ReadonlySet<string>;
  /** Whose work it is, and the reads that were reserved before the claim. */
  spend: Spend;
  signal: AbortSignal;
};

const nobody: PersonMatches = { byExternalId: [], byId: [], byEmail: [] };

/**
 * Takes one claim from reading to settling: read HubSpot, find the persons, plan each, commit intents, write Salesforce, commit, write the
 * ids back to HubSpot, commit. Each record has its own outcome. Data is read moments before it decides, and checked once more before
 * it is written where the way was long.
 * @throws SyncError only when the ledger cannot be reached; the lease then runs out and the records are looked at again
 */
export async function syncBatch(dependencies: DrainDependencies, batch: Batch): Promise<void> {
  const { ledger, mappingVersion } = dependencies;
  const planned = await planBatch(dependencies, batch);
  if (planned.settled.length > 0) await ledger.commit(batch.claim.token, mappingVersion, planned.settled);
  if (planned.toWrite.length === 0) return;
  if (batch.signal.aborted) return ledger.release(batch.claim.token);

  const reserved = await reserveWrites(dependencies, batch, planned.toWrite);
  const paired = await writePersons(dependencies, batch, reserved);
  await linkBack(dependencies, batch, paired);
}

type PlannedBatch = { settled: readonly RecordResult[]; toWrite: readonly PlannedLook[] };

async function planBatch(dependencies: DrainDependencies, batch: Batch): Promise<PlannedBatch> {
  const { looks, settled } = await readContacts(dependencies, batch);
  const [passing, below] = partition(looks, (look) => needsPersons(look, dependencies));
  const settledBelow = below.map((look) => {
    const decided = { ...look, plan: planLook(dependencies, look, nobody, null) };
    return settleDecided(decided, dependencies.observe);
  });
  if (passing.length === 0) return { settled: [...settled, ...settledBelow], toWrite: [] };

  const found = await findPersons(dependencies, batch, passing).catch(toSyncError);
  if (found instanceof SyncError) {
    const failed = passing.map(({ claimed }) => faultResult(claimed, found, dependencies.clock));
    return { settled: [...settled, ...settledBelow, ...failed], toWrite: [] };
  }
  const plans = passing.map((look) => {
    const persons = found.persons.get(look.contact.id) ?? nobody;
    return { ...look, plan: planLook(dependencies, look, persons, found.facts) };
  });
  const [toWrite, decided] = partition(plans, (look) => !dependencies.observe && leadsToAWrite(look));
  const settledPlans = decided.map((look) => settleDecided(look, dependencies.observe));
  return { settled: [...settled, ...settledBelow, ...settledPlans], toWrite };
}

/** Below the gate nobody asks Salesforce, unless a person may be there already: handed over, or by a write whose answer was lost. */
export function needsPersons(
  { claimed: { pair }, contact }: KnownContact,
  { mapping }: Pick<DrainDependencies, 'mapping'>,
): boolean {
  if (mapping.gate.decide(contact.properties).passes) return true;
  if (pair === null) return false;
  const mayBeThere = pair.openIntents.some(({ system }) => system === 'salesforce');
  return mayBeThere || (pair.handedOverAtMs !== null && mapping.gate.below === 'continue');
}

function planLook({ mapping, clock }: DrainDependencies, look: Look, persons: PersonMatches, facts: OrgFacts | null) {
  const owners = facts?.owners ?? { usersByEmail: new Map(), emailsByOwner: new Map() };
  const { contact, claimed } = look;
  const maxLength = facts?.maxLength ?? (() => undefined);
  return plan({ now: clock.now(), mapping, contact, pair: claimed.pair, persons, owners, maxLength });
}

function leadsToAWrite({ plan: { problem, write, linkBack: link, person }, claimed }: PlannedLook): boolean {
  if (problem !== null) return false;
  const newlyPaired = person !== null && claimed.pair?.person?.id !== person.id;
  return write !== null || link || newlyPaired;
}

function settleDecided(look: PlannedLook, observe: boolean): RecordResult {
  const { claimed, plan: decided } = look;
  if (decided.problem !== null) return problemResult(claimed, decided, decided.problem);
  const done = doneResult(claimed, decisionOf(decided, observe && leadsToAWrite(look)));
  if (observe || claimed.pairId === null) return done;
  const { agreed, intents } = decided;
  const outcomes = judgedOutcomes(intents, false);
  return { ...done, pairId: claimed.pairId, agreed, outcomes, settle: settledAfter(intents, { kind: 'done' }) };
}

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (belongs(item) ? yes : no).push(item);
  return [yes, no];
}
