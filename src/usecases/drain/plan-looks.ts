import { plan } from '../../domain/plan/plan.ts';
import type { Histories, OwnerDirectory, PersonMatches } from '../../domain/plan/types.ts';
import { contactCompanyProperty } from '../../domain/record.ts';
import { planContactRevert } from '../../domain/revert/plan-contact-revert.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import type { Batch } from './batch.ts';
import { noTies } from './contact-ties.ts';
import type { OrgFacts, PlanDependencies } from './dependencies.ts';
import { baseWithout, findGone, type Gone } from './find-gone.ts';
import { type FoundPersons, findPersons } from './find-persons.ts';
import { endOfCompany, goneCompanyOf, tiesWithout } from './gone-company.ts';
import { inPortions } from './in-portions.ts';
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
  dependencies: PlanDependencies,
  batch: Batch,
  looks: readonly Look[],
): Promise<PlannedLooks> {
  const asking = looks.filter((look) => needsPersons(look, dependencies));
  const alone = looks.filter((look) => !asking.includes(look));
  const below = await inPortions(dependencies, alone, (look) => planLook(dependencies, look, nothingFound, null));
  if (asking.length === 0) return { planned: below, failed: [] };

  const found = await findPersons(dependencies, batch, asking).catch(toSyncError);
  if (found instanceof SyncError) return { planned: below, failed: allFailed(dependencies, asking, found) };
  const first = await inPortions(dependencies, asking, (look) => planLook(dependencies, look, found, null));
  const contested = first.filter(({ plan: { asks } }) => asks !== null);
  const pasts = contested.length === 0 ? noPasts : await readHistories(dependencies, batch, contested);
  const again = planWithHistories(dependencies, contested, found, pasts);
  const clear = first.filter(({ plan: { asks } }) => asks === null);
  const checked = await planWithoutGone(dependencies, batch, { found, pasts }, [...clear, ...again.planned]);
  return { planned: [...below, ...checked.planned], failed: [...again.failed, ...checked.failed] };
}

type Pasts = Awaited<ReturnType<typeof readHistories>>;
const noPasts: Pasts = new Map();

function planWithHistories(
  dependencies: PlanDependencies,
  looks: readonly PlannedLook[],
  found: FoundPersons,
  histories: Pasts,
): PlannedLooks {
  const planned: PlannedLook[] = [];
  const failed: RecordResult[] = [];
  for (const look of looks) {
    const past = histories.get(look.contact.id) ?? noPast;
    if (past instanceof SyncError) failed.push(faultResult(look.claimed, past, dependencies.clock));
    else planned.push(planLook(dependencies, look, found, past));
  }
  return { planned, failed };
}

/** Plans anew where a plan takes a contact from its company, or a Contact from its Account, because that is gone: it was no human's doing. */
async function planWithoutGone(
  dependencies: PlanDependencies,
  { spend }: Batch,
  { found, pasts }: { found: FoundPersons; pasts: Pasts },
  looks: readonly PlannedLook[],
): Promise<PlannedLooks> {
  const leaving = looks.filter((look) => endOfCompany(look) !== null);
  if (leaving.length === 0) return { planned: looks, failed: [] };
  const ends = leaving.flatMap((look) => endOfCompany(look) ?? []);
  const companies = ends.flatMap((end) => end.companies);
  const accounts = ends.flatMap((end) => end.accounts);
  const gone = await findGone(dependencies, { contacts: [], persons: [], companies, accounts }, spend);
  const staying = looks.filter((look) => !leaving.includes(look));
  if (gone instanceof SyncError) {
    return { planned: staying, failed: allFailed(dependencies, leaving, gone) };
  }
  const again = leaving.map((look) => planAgain(dependencies, look, { found, pasts, gone }));
  return { planned: [...staying, ...again], failed: [] };
}

function planAgain(
  dependencies: PlanDependencies,
  look: PlannedLook,
  { found, pasts, gone }: { found: FoundPersons; pasts: Pasts; gone: Gone },
): PlannedLook {
  const { claimed, contact } = look;
  const pair = baseWithout(claimed.pair, contactCompanyProperty, gone);
  if (pair === claimed.pair) return look;
  const past = pasts.get(contact.id);
  const ties = tiesWithout(look.ties, gone);
  const without = { ...found, ties: new Map([[contact.id, ties]]) };
  const known = past instanceof SyncError ? null : (past ?? null);
  const next = planLook(dependencies, { ...look, claimed: { ...claimed, pair } }, without, known);
  return { ...next, claimed, goneCompanyId: goneCompanyOf(look, gone) };
}

function planLook(
  { mapping, clock }: PlanDependencies,
  look: Look,
  found: FoundPersons,
  histories: Histories | null,
): PlannedLook {
  const { contact, claimed } = look;
  const { owners, fieldFacts, ourUserId } = found.facts;
  const ties = found.ties.get(contact.id) ?? noTies;
  const persons = found.persons.get(contact.id) ?? nobody;
  const input = {
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
  };
  const revert = claimed.pair?.revert ?? null;
  const decided = revert === null ? plan(input) : planContactRevert(input, revert);
  const person = [...persons.byId, ...persons.byExternalId, ...persons.byEmail].find(
    ({ id }) => id === decided.person?.id,
  );
  return { ...look, plan: decided, found: person ?? null, ties, goneCompanyId: null };
}

function allFailed({ clock }: PlanDependencies, looks: readonly Look[], error: SyncError): RecordResult[] {
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
  ownerNames: new Map(),
  fieldFacts: () => undefined,
  ourUserId: null,
  deal: null,
  recordFault: null,
};

/** Below the gate not even a question goes to Salesforce. */
const nothingFound: FoundPersons = { persons: new Map(), facts: noFacts, deadContactIds: new Map(), ties: new Map() };
