import { plan } from '../../domain/plan/plan.ts';
import type { Histories, OwnerDirectory, PersonMatches } from '../../domain/plan/types.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Batch } from './batch.ts';
import { noTies } from './contact-ties.ts';
import type { DrainDependencies, OrgFacts } from './dependencies.ts';
import { type FoundPersons, findPersons } from './find-persons.ts';
import type { Look, PlannedLook } from './look.ts';
import { needsPersons } from './needs-persons.ts';
import { readHistories } from './read-histories.ts';
import { faultResult } from './results.ts';

export type PlannedLooks = { planned: readonly PlannedLook[]; failed: readonly RecordResult[] };

/**
 * Plans each look: below the gate by HubSpot alone, else with the persons that Salesforce has. Where the past of a field decides, it is
 * read for those looks only, and they are planned once more.
 */
export async function planLooks(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly Look[],
): Promise<PlannedLooks> {
  const asking = looks.filter((look) => needsPersons(look, dependencies));
  const alone = looks.filter((look) => !asking.includes(look));
  const below = alone.map((look) => planLook(dependencies, look, nothingFound, null));
  if (asking.length === 0) return { planned: below, failed: [] };

  const found = await findPersons(dependencies, batch, asking).catch(toSyncError);
  if (found instanceof SyncError) return { planned: below, failed: allFailed(dependencies, asking, found) };
  const first = asking.map((look) => planLook(dependencies, look, found, null));
  const contested = first.filter(({ plan: { asks } }) => asks !== null);
  if (contested.length === 0) return { planned: [...below, ...first], failed: [] };

  const again = await planWithHistories(dependencies, batch, contested, found);
  const clear = first.filter(({ plan: { asks } }) => asks === null);
  return { planned: [...below, ...clear, ...again.planned], failed: again.failed };
}

async function planWithHistories(
  dependencies: DrainDependencies,
  batch: Batch,
  looks: readonly PlannedLook[],
  found: FoundPersons,
): Promise<PlannedLooks> {
  const histories = await readHistories(dependencies, batch, looks);
  const planned: PlannedLook[] = [];
  const failed: RecordResult[] = [];
  for (const look of looks) {
    const past = histories.get(look.contact.id) ?? noPast;
    if (past instanceof SyncError) failed.push(faultResult(look.claimed, past, dependencies.clock));
    else planned.push(planLook(dependencies, look, found, past));
  }
  return { planned, failed };
}

function planLook(
  { mapping, clock }: DrainDependencies,
  look: Look,
  found: FoundPersons,
  histories: Histories | null,
): PlannedLook {
  const { contact, claimed } = look;
  const { owners, fieldFacts, ourUserId } = found.facts;
  const ties = found.ties.get(contact.id) ?? noTies;
  const persons = found.persons.get(contact.id) ?? nobody;
  const decided = plan({
    now: clock.now(),
    mapping,
    contact,
    pair: claimed.pair,
    persons,
    owners,
    fieldFacts,
    histories,
    deadContactIds: found.deadContactIds.get(contact.id) ?? new Set(),
    ourUserId,
    deals: ties.deals,
    company: ties.company,
    linkBelowGate: claimed.hints.includes('born'),
  });
  const person = [...persons.byId, ...persons.byExternalId, ...persons.byEmail].find(
    ({ id }) => id === decided.person?.id,
  );
  return { ...look, plan: decided, found: person ?? null, ties };
}

function allFailed({ clock }: DrainDependencies, looks: readonly Look[], error: SyncError): RecordResult[] {
  return looks.map(({ claimed }) => faultResult(claimed, error, clock));
}

const nobody: PersonMatches = { byExternalId: [], byId: [], byEmail: [] };
const noPast: Histories = { hubspot: {}, salesforce: {} };

const noOwners: OwnerDirectory = {
  usersByEmail: new Map(),
  emailsByOwner: new Map(),
  teamsByOwner: new Map(),
  ownersByEmail: new Map(),
  emailsByUser: new Map(),
};

/** What an org is as long as nobody has asked it. */
const noFacts: OrgFacts = {
  owners: noOwners,
  fieldFacts: () => undefined,
  ourUserId: null,
  deal: null,
  recordFault: null,
};

/** Below the gate not even a question goes to Salesforce. */
const nothingFound: FoundPersons = { persons: new Map(), facts: noFacts, deadContactIds: new Map(), ties: new Map() };
