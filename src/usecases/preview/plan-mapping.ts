import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { HubSpotObject, HubSpotRecord } from '../../domain/record.ts';
import type { PerSystem } from '../../domain/runs/types.ts';
import { toSyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { HubSpotPort, HubSpotType } from '../../ports/hubspot.ts';
import { sampleWalk } from '../runs/sample.ts';
import { afterActivation } from './after-activation.ts';
import { callsToApply } from './apply-mapping.ts';
import { comparePreviews, type PlanChange } from './compare-previews.ts';
import type { PreviewDependencies } from './dependencies.ts';
import { createTally, type ObjectPlan, type PlanTally, type PlanWork } from './plan-tally.ts';
import { previewRecords } from './preview-records.ts';
import { fieldsOfBoth, shareReads } from './share-reads.ts';
import type { Preview } from './types.ts';

export type PlanMappingDependencies = Omit<PreviewDependencies, 'mapping'> & {
  hubspot: PreviewDependencies['hubspot'] & Pick<HubSpotPort, 'walk'>;
};

/** `sample`: about so many records of each kind, spread over all; absent: all of them. `sinceMs`: only those that changed since then. */
export type PlanQuestion = {
  active: CompiledMapping;
  proposed: CompiledMapping;
  objects: readonly HubSpotType[];
  sample?: number;
  sinceMs?: number;
};

/** What a changed mapping comes to. `calls`: what it would cost to apply it. */
export type MappingPlan = { objects: readonly ObjectPlan[]; calls: PerSystem };

const kindOf: Readonly<Record<HubSpotType, HubSpotObject>> = {
  contacts: 'contact',
  companies: 'company',
  deals: 'deal',
};

/** One look for persons or counterparts serves this many. */
const recordsPerBatch = 500;

/** A plan is made when live work leaves the calls for it. */
const spendOf = (): Spend => ({ priority: 4, prepaid: 0 });

/**
 * Plans the same records under two mappings and tells the differences: under the proposed one as the run that applies it would find them. Each record is read once. Writes nothing: neither to a CRM nor to the
 * ledger. Memory does not grow with the number of records.
 * @param onChange told of each change that differs, with its values, as it is found
 * @throws SyncError what the ledger answers, and what HubSpot answers to the walk
 */
export async function planMapping(
  dependencies: PlanMappingDependencies,
  question: PlanQuestion,
  onChange: (change: PlanChange) => void = () => undefined,
): Promise<MappingPlan> {
  const plans: ObjectPlan[] = [];
  let work: PlanWork = { looked: 0, written: 0 };
  for (const type of question.objects) {
    const tally = createTally(kindOf[type]);
    const numbers = await planType(dependencies, question, { type, tally, onChange });
    plans.push(tally.result(numbers));
    const { looked, written } = tally.work();
    work = { looked: work.looked + looked, written: work.written + written };
  }
  return { objects: plans, calls: callsToApply(work) };
}

type Part = { type: HubSpotType; tally: PlanTally; onChange(change: PlanChange): void };

async function planType(
  dependencies: PlanMappingDependencies,
  question: PlanQuestion,
  part: Part,
): Promise<Pick<ObjectPlan, 'total' | 'isSample'>> {
  const { hubspot } = dependencies;
  const { sample, sinceMs } = question;
  const filter = sinceMs === undefined ? {} : { modifiedFromMs: sinceMs };
  const properties = propertiesOf(question, part.type);
  const walkFrom = async (afterId: string | null) =>
    await patiently(dependencies, () => hubspot.walk(part.type, { filter, properties, afterId }, spendOf()));
  if (sample !== undefined) {
    const { total, strata, isAll } = await sampleWalk(walkFrom, sample);
    const weighed = strata.flatMap(({ rows, stands }) => rows.map((row) => ({ row, weight: stands / rows.length })));
    for (let start = 0; start < weighed.length; start += recordsPerBatch) {
      const batch = weighed.slice(start, start + recordsPerBatch);
      const weights = new Map(batch.map(({ row, weight }) => [row.id, weight]));
      const records = batch.map(({ row }) => row);
      await planBatch(dependencies, question, part, { records, weightOf: (id) => weights.get(id) ?? 1 });
    }
    return { total, isSample: !isAll };
  }
  let total = 0;
  let waiting: HubSpotRecord[] = [];
  for (let afterId: string | null = null, isFirst = true; isFirst || afterId !== null; isFirst = false) {
    const page = await walkFrom(afterId);
    total += page.records.length;
    waiting.push(...page.records);
    afterId = page.nextAfterId;
    if (waiting.length < recordsPerBatch && afterId !== null) continue;
    await planBatch(dependencies, question, part, { records: waiting, weightOf: () => 1 });
    waiting = [];
  }
  if (sinceMs !== undefined) total += await planWritten(dependencies, question, part, { sinceMs, properties });
  return { total, isSample: false };
}

/** Pairs in which something was written since then, and whose HubSpot record the walk has not seen, as it was not modified. */
async function planWritten(
  dependencies: PlanMappingDependencies,
  question: PlanQuestion,
  part: Part,
  { sinceMs, properties }: { sinceMs: number; properties: readonly string[] },
): Promise<number> {
  const { ledger, hubspot } = dependencies;
  let total = 0;
  let after: string | null = null;
  for (;;) {
    const pairs = await ledger.pairsAfter(kindOf[part.type], after, recordsPerBatch, sinceMs);
    after = pairs.at(-1)?.pairId ?? null;
    if (after === null) return total;
    const ids = pairs.map(({ recordId }) => recordId);
    const reads = await hubspot.read(part.type, ids, properties, spendOf());
    // What could not be read is asked for once more, and else told as unread.
    const records = [...reads].flatMap(([id, read]) =>
      read.kind === 'error' ? id : read.kind === 'found' && read.record.updatedAtMs < sinceMs ? read.record : [],
    );
    total += records.length;
    await planBatch(dependencies, question, part, { records, weightOf: () => 1 });
  }
}

type Planned = { records: readonly (string | HubSpotRecord)[]; weightOf(id: string): number };

async function planBatch(
  dependencies: PlanMappingDependencies,
  question: PlanQuestion,
  { type, tally, onChange }: Part,
  { records, weightOf }: Planned,
): Promise<void> {
  if (records.length === 0) return;
  const pairs = await planBoth(dependencies, question, type, records);
  const unread = records.filter((record) => isUnread(pairs.get(idOf(record))));
  if (unread.length > 0) {
    await dependencies.clock.sleep(againAfterMs);
    for (const [id, pair] of await planBoth(dependencies, question, type, unread)) pairs.set(id, pair);
  }
  for (const [id, { before, now }] of pairs) {
    const difference = comparePreviews(kindOf[type], before, now);
    tally.add(difference, now, weightOf(id));
    for (const change of difference.changes) onChange(change);
  }
}

type Both = { before: Preview; now: Preview };

/** Both plans of these records, from one read. */
async function planBoth(
  dependencies: PlanMappingDependencies,
  { active, proposed }: PlanQuestion,
  type: HubSpotType,
  records: readonly (string | HubSpotRecord)[],
): Promise<Map<string, Both>> {
  const ports = shareReads(dependencies, fieldsOfBoth(active, proposed));
  const under = async (mapping: CompiledMapping, ledger: PlanMappingDependencies['ledger']) =>
    await previewRecords({ ...dependencies, ...ports, mapping, ledger }, type, records, spendOf());
  const { ledger } = dependencies;
  const before = await under(active, ledger);
  const after = await under(proposed, afterActivation(ledger, active, proposed));
  return new Map(
    [...after].flatMap(([id, now]): [string, Both][] => {
      const other = before.get(id);
      return other === undefined ? [] : [[id, { before: other, now }]];
    }),
  );
}

function isUnread(pair: Both | undefined): boolean {
  return pair?.before.outcome === 'unread' || pair?.now.outcome === 'unread';
}

function idOf(record: string | HubSpotRecord): string {
  return typeof record === 'string' ? record : record.id;
}

/** A plan of many records meets a vendor's short pause or a lost answer sooner or later. */
const againAfterMs = 2_000;
const mostPatienceMs = 120_000;
const mostTries = 5;

/** @throws SyncError what lasts longer, such as a spent day */
async function patiently<Answer>(
  { clock }: Pick<PlanMappingDependencies, 'clock'>,
  ask: () => Promise<Answer>,
  tries = 1,
): Promise<Answer> {
  try {
    return await ask();
  } catch (thrown) {
    const { kind, detail } = toSyncError(thrown);
    const waitMs = Math.max(againAfterMs, (detail.untilMs ?? 0) - clock.now());
    if ((kind !== 'retryable' && kind !== 'wait') || waitMs > mostPatienceMs || tries >= mostTries) throw thrown;
    await clock.sleep(waitMs);
    return await patiently({ clock }, ask, tries + 1);
  }
}

function propertiesOf({ active, proposed }: PlanQuestion, type: HubSpotType): readonly string[] {
  const of = ({ contact, company, deal }: CompiledMapping) =>
    ({ contacts: contact, companies: company, deals: deal })[type].hubspotProperties;
  return [...new Set([...of(active), ...of(proposed)])];
}
