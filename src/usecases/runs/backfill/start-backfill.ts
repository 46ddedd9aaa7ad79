import type { BackfillObject, RunFilter, RunForecast } from '../../../domain/runs/types.ts';
import { SyncError } from '../../../errors.ts';
import { limitsOf, type RunLimits } from '../limits.ts';
import { assertFields } from './check-filter.ts';
import { badFilter, compileFilter } from './filter.ts';
import { type ForecastDependencies, forecastBackfill, type GivenIds } from './forecast.ts';
import { bringsOthers, isHubSpotBackfill, isSynced } from './objects.ts';

/** What a person asks for. */
export type BackfillRequest = {
  object: BackfillObject;
  /** Without `hasIds`: that follows from `ids`. */
  filter: RunFilter;
  ids: GivenIds | null;
  isDryRun: boolean;
};

/** A backfill that could be started as it is. `forecast` and `limits` of a dry run: it counts by itself and writes nothing. */
export type PreparedBackfill = {
  request: BackfillRequest;
  forecast: RunForecast | null;
  limits: RunLimits;
};

/**
 * Checks what was asked for, and says what it would come to. Starts nothing.
 * @throws SyncError needs-human `bad_filter` | `object_off` | `hubspot_list_unknown`; where a CRM could not be asked
 */
export async function prepareBackfill(
  dependencies: ForecastDependencies,
  request: BackfillRequest,
): Promise<PreparedBackfill> {
  const { object, filter, ids, isDryRun } = request;
  if (!isSynced(dependencies.mapping, object)) throw objectOff(object);
  if (filter.listId !== undefined && !isHubSpotBackfill(object)) {
    throw badFilter('Lists are HubSpot’s: a backfill of leads or opportunities cannot go by one.');
  }
  if (filter.listId !== undefined && ids !== null)
    throw badFilter('The filter names a list and ids: give one of them.');
  if (ids !== null && ids.count === 0) throw badFilter('No ids were given.');
  const compiled = compileFilter(object, filter);
  await assertFields(dependencies, { object, filter, compiled });
  if (isDryRun) return { request, forecast: null, limits: { creates: 0, changes: 0 } };
  const forecast = await forecastBackfill(dependencies, { object, filter, compiled, ids });
  return { request, forecast, limits: limitsOf(forecast, bringsOthers(dependencies.mapping)) };
}

/**
 * Begins the run.
 * @param ids all of them, in portions
 * @throws SyncError needs-human `run_overlaps`
 */
export async function startBackfill(
  { ledger, mappingVersion }: Pick<ForecastDependencies, 'ledger' | 'mappingVersion'>,
  { request, forecast, limits }: PreparedBackfill,
  requestedBy: string,
  ids: AsyncIterable<readonly string[]> | null = null,
): Promise<string> {
  const { object, filter, isDryRun } = request;
  const runId = await ledger.startRun({
    kind: 'backfill',
    object,
    options: { filter: ids === null ? filter : { ...filter, hasIds: true } },
    isDryRun,
    requestedBy,
    mappingVersion,
    total: request.ids?.count ?? forecast?.records ?? null,
    forecast,
    limits,
  });
  if (ids === null) return runId;
  try {
    let [given, kept] = [0, 0];
    for await (const portion of ids) {
      if (portion.length === 0) continue;
      given += portion.length;
      kept += await ledger.addRunIds(runId, portion);
    }
    const duplicates = { kind: 'listed', code: 'duplicate', count: given - kept, samples: [] } as const;
    if (given > kept) await ledger.countForRun(runId, [duplicates]);
    // These were all: now it may be listed.
    await ledger.addRunIds(runId, []);
  } catch (thrown) {
    await ledger.cancelRun(runId, requestedBy);
    throw thrown;
  }
  return runId;
}

function objectOff(object: BackfillObject): SyncError {
  const file = object === 'companies' ? 'companies.yaml' : 'deals.yaml';
  return new SyncError('needs-human', 'object_off', `The mapping does not sync ${object}.`, {
    advice: `Turn them on in ${file}, then start the backfill again.`,
  });
}
