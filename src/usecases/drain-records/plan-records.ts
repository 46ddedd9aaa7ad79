import { joinBases } from '../../domain/merge/base.ts';
import type { Base, Histories, PairKnowledge } from '../../domain/plan/types.ts';
import type { CounterpartReference, SalesforceRecord } from '../../domain/record.ts';
import { planCompany } from '../../domain/records/plan-company.ts';
import { planDeal } from '../../domain/records/plan-deal.ts';
import type { RecordMatches } from '../../domain/records/types.ts';
import { planCompanyRevert, planDealRevert } from '../../domain/revert/plan-record-revert.ts';
import { SyncError } from '../../errors.ts';
import type { RecordResult } from '../../ports/ledger-result.ts';
import { inPortions } from '../drain/in-portions.ts';
import { faultResult } from '../drain/results.ts';
import { toVendorFault } from '../vendor-fault.ts';
import type { RecordPlanDependencies } from './dependencies.ts';
import { findGoneEnds, keysOfGone, lookWithout, surroundingsWithout, takesOff } from './gone-ends.ts';
import type { KindNames } from './kinds.ts';
import { readRecordHistories } from './record-histories.ts';
import { companyInputOf, dealInputOf, type Given, nobody, type Read, readGiven } from './record-inputs.ts';
import type { PlannedRecord, RecordBatch, RecordLook } from './record-look.ts';

export type PlannedRecords = { planned: readonly PlannedRecord[]; failed: readonly RecordResult[] };

type Pasts = Awaited<ReturnType<typeof readRecordHistories>>;

/**
 * Plans each look with what Salesforce and the ledger have around it. Where the past of a field decides, it is read for those looks only, and
 * they are planned once more.
 */
export async function planRecords(
  dependencies: RecordPlanDependencies,
  batch: RecordBatch,
  names: KindNames,
  looks: readonly RecordLook[],
): Promise<PlannedRecords> {
  if (looks.length === 0) return { planned: [], failed: [] };
  const given = await readGiven(dependencies, batch, names, looks).catch(toVendorFault);
  if (given instanceof SyncError)
    return { planned: [], failed: looks.map(({ claimed }) => faultResult(claimed, given, dependencies.clock)) };
  const first = await inPortions(dependencies, looks, (look) => planLook(dependencies, names, look, given, null));
  const contested = first.filter(({ plan: { asks } }) => asks !== null);
  const histories = await readRecordHistories(dependencies, batch, names, contested);
  const planned = first.filter(({ plan: { asks } }) => asks === null);
  const failed: RecordResult[] = [];
  for (const look of contested) {
    const past = histories.get(look.record.id) ?? noPast;
    if (past instanceof SyncError) failed.push(faultResult(look.claimed, past, dependencies.clock));
    else planned.push(planLook(dependencies, names, look, given, past));
  }
  const checked = await planWithoutGone(dependencies, batch, { names, given, histories }, planned);
  return { planned: checked.planned, failed: [...failed, ...checked.failed] };
}

/** Plans anew where a plan takes somebody off a deal, or off its Opportunity, who is gone: that was no human's doing. */
async function planWithoutGone(
  dependencies: RecordPlanDependencies,
  batch: RecordBatch,
  { names, given, histories }: { names: KindNames; given: Given; histories: Pasts },
  planned: readonly PlannedRecord[],
): Promise<PlannedRecords> {
  const ends = names.kind === 'deal' ? await findGoneEnds(dependencies, batch, planned) : null;
  if (ends === null) return { planned, failed: [] };
  if (ends instanceof SyncError) {
    const asking = planned.filter(takesOff);
    const failed = asking.map(({ claimed }) => faultResult(claimed, ends, dependencies.clock));
    return { planned: planned.filter((look) => !asking.includes(look)), failed };
  }
  const { gone, looks } = ends;
  const remaining = { ...given, deals: surroundingsWithout(given.deals, gone) };
  const again = looks.map((look) => {
    const past = histories.get(look.record.id);
    const known = past instanceof SyncError ? null : (past ?? null);
    const next = planLook(dependencies, names, lookWithout(look, gone), remaining, known);
    return { ...next, claimed: look.claimed, goneEnds: keysOfGone(look, gone) };
  });
  return { planned: [...planned.filter((look) => !looks.includes(look)), ...again], failed: [] };
}

const nothing: RecordMatches = { byExternalId: [], byId: [], byDomain: [] };

const noPast: Histories = { hubspot: {}, salesforce: {} };
function planLook(
  dependencies: RecordPlanDependencies,
  names: KindNames,
  look: RecordLook,
  given: Given,
  histories: Histories | null,
): PlannedRecord {
  const matches = given.matches.get(look.record.id) ?? nothing;
  const planned =
    names.kind === 'company'
      ? planOneCompany(dependencies, look, given, { matches, histories })
      : planOneDeal(dependencies, look, given, { matches, histories });
  return {
    ...planned,
    goneEnds: [],
    replan(held, agreed) {
      const { claimed } = look;
      const now = dependencies.clock.now();
      const linked = pairAfter(look, held, agreed, now);
      const pair = planned.plan.handsOver ? { ...linked, handedOverAtMs: linked.handedOverAtMs ?? now } : linked;
      const found = { byExternalId: [], byId: [held], byDomain: [] };
      const again = { ...given, matches: new Map([[look.record.id, found]]) };
      return planLook(dependencies, names, { ...look, claimed: { ...claimed, pair } }, again, null).plan;
    },
  };
}

/** What the ledger will know of the pair once the write is committed. */
function pairAfter(
  { claimed: { pair } }: RecordLook,
  { object, id }: SalesforceRecord,
  agreed: Base | null,
  now: number,
): PairKnowledge<CounterpartReference> {
  const linked = { person: { object, id }, tombstone: null };
  const base = joinBases(pair?.base ?? null, agreed);
  return { ...unpaired, ...pair, ...linked, base, agreedAtMs: base === null ? null : now, openIntents: [] };
}

const unpaired: PairKnowledge<CounterpartReference> = {
  person: null,
  handedOverAtMs: null,
  base: null,
  openIntents: [],
  formerPersonIds: [],
  tombstone: null,
  agreedAtMs: null,
  recycles: 0,
  stageMove: null,
  frozen: [],
  recentWrites: [],
};

type Planned = Omit<PlannedRecord, 'replan' | 'goneEnds'>;

function planOneCompany(dependencies: RecordPlanDependencies, look: RecordLook, given: Given, read: Read): Planned {
  const { record, claimed } = look;
  const { unpairedDeals } = given.companies.get(record.id) ?? nobody;
  const input = companyInputOf(dependencies, look, given, read);
  const revert = claimed.pair?.revert ?? null;
  const accountId = claimed.pair?.person?.id ?? '';
  const plan = revert === null ? planCompany(input) : planCompanyRevert(input, revert, !given.childless.has(accountId));
  return { ...look, matches: read.matches, personOf: new Map(), unpairedDeals, plan };
}

function planOneDeal(dependencies: RecordPlanDependencies, look: RecordLook, given: Given, read: Read): Planned {
  const { input, personOf } = dealInputOf(dependencies, look, given, read);
  const { record, matches } = input;
  const revert = look.claimed.pair?.revert ?? null;
  const plan = revert === null ? planDeal(input) : planDealRevert(input, revert);
  return { ...look, record, matches, personOf, unpairedDeals: [], plan };
}
