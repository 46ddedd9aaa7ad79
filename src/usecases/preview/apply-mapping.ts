import { type HubSpotObject, pluralOf } from '../../domain/record.ts';
import { kindsOn } from '../../domain/records/kinds-on.ts';
import type { RunForecast } from '../../domain/runs/types.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { KnowledgeLedger } from '../../ports/ledger-knowledge.ts';
import { callsLeft, type RunBudget } from '../runs/calls-left.ts';
import { limitsOf } from '../runs/limits.ts';
import { callsOfLooks, secondsOfLooks } from '../runs/look-cost.ts';
import { textOf } from '../runs/run-cursor.ts';
import { type RunDependencies, type RunHandler, runSpend } from '../runs/run-handler.ts';

const pairsPerPage = 1_000;

/** The run that applies an activated mapping: it marks every existing pair, kind after kind, so that each is looked at under it. Asks no CRM. */
export const applyMapping: RunHandler = {
  async page(dependencies, { id, cursor }) {
    const kinds = kindsOn(dependencies.mapping);
    const [kind, after] = [textOf(cursor, 'kind'), textOf(cursor, 'after')];
    const current = kinds.find((object) => object === kind) ?? kinds[0];
    if (current === undefined) return { kind: 'failed', code: 'unexpected' };
    const pairs = await dependencies.ledger.pairsAfter(current, after, pairsPerPage);
    const marks = pairs.map(({ recordId }) => toMark(current, recordId, id));
    const next = kinds[kinds.indexOf(current) + 1];
    const isEnd = pairs.length < pairsPerPage;
    const behind = pairs.at(-1)?.pairId ?? after;
    const position = isEnd && next !== undefined ? { kind: next, after: null } : { kind: current, after: behind };
    const counts =
      marks.length === 0 ? [] : [{ kind: 'listed' as const, code: 'marked', count: marks.length, samples: [] }];
    return { kind: 'page', page: { cursor: position, isLast: isEnd && next === undefined, marks, counts } };
  },
};

function toMark(object: HubSpotObject, recordId: string, runId: string): Mark {
  return { system: 'hubspot', object, recordId, priority: 4, source: 'apply', runId };
}

type StartDependencies = RunDependencies & { runBudget: RunBudget };

/**
 * Begins a run that applies the active mapping to all existing pairs, with a forecast from some of them. What no CRM answers for is not
 * foreseen, and the limits leave room for it: the mapping is the active one already.
 * @returns its id
 * @throws SyncError needs-human `run_overlaps`: one is on already; what the ledger answers
 */
export async function startApply(dependencies: StartDependencies, by: string): Promise<string> {
  const { ledger, mappingVersion } = dependencies;
  const forecast = await forecastApply(dependencies);
  return await ledger.startRun({
    kind: 'apply',
    object: null,
    options: {},
    isDryRun: false,
    requestedBy: by,
    mappingVersion,
    total: forecast.records,
    forecast,
    limits: limitsOf(forecast),
  });
}

/** Samples of each kind: so many places, and so many pairs behind each. */
const places = 8;
const pairsPerPlace = 25;

async function forecastApply(dependencies: StartDependencies): Promise<RunForecast> {
  const { ledger, preview } = dependencies;
  const { pairsByObject } = await ledger.status();
  const total = { records: 0, sampled: 0, creates: 0, changes: 0 };
  for (const object of kindsOn(dependencies.mapping)) {
    const ids = await samplePairs(ledger, object);
    const all = [...(await preview(pluralOf[object], ids, runSpend())).values()];
    const previews = all.filter(({ outcome }) => outcome !== 'unread');
    const records = pairsByObject[object];
    const weight = previews.length === 0 ? 0 : Math.max(1, records / previews.length);
    total.records += records;
    total.sampled += previews.length;
    total.creates += weight * previews.filter(({ creates }) => creates).length;
    total.changes += weight * previews.filter(({ creates, changes }) => !creates && changes.length > 0).length;
  }
  const { records, sampled } = total;
  const [creates, changes] = [Math.round(total.creates), Math.round(total.changes)];
  return {
    isExact: sampled >= records,
    records,
    sampled,
    creates,
    changes,
    calls: callsToApply({ looked: records, written: creates + changes }),
    callsLeft: await callsLeft(dependencies),
    durationMs: secondsOfLooks(records) * 1_000,
  };
}

/** Ids from the whole range of the pairs of this kind; all of them, where they are few. */
async function samplePairs(ledger: Pick<KnowledgeLedger, 'pairsAfter'>, object: HubSpotObject): Promise<string[]> {
  const few = await ledger.pairsAfter(object, null, places * pairsPerPlace);
  if (few.length < places * pairsPerPlace) return few.map(({ recordId }) => recordId);
  const first = Number(few[0]?.pairId ?? 0);
  let end = first + 1;
  while ((await ledger.pairsAfter(object, String(end), 1)).length > 0) end = first + 2 * (end - first);
  const ids = new Set<string>();
  for (let place = 0; place < places; place += 1) {
    const after = Math.floor(first - 1 + (place * (end - first)) / places);
    for (const { recordId } of await ledger.pairsAfter(object, String(after), pairsPerPlace)) ids.add(recordId);
  }
  return [...ids];
}

/** What it costs to look at records and write some of them, in whole calls. */
export function callsToApply(work: Parameters<typeof callsOfLooks>[0]): RunForecast['calls'] {
  const { hubspot, salesforce } = callsOfLooks(work);
  return { hubspot: Math.ceil(hubspot), salesforce: Math.ceil(salesforce) };
}
