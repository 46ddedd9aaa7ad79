import type { Given } from '../../../../src/http/contract/index.ts';
import type { Run } from './run-words.ts';

export type BackfillBody = Given<'POST /backfills', 'body'>;

const nameOf = (runId: string) => `handoff.dry-run.${runId}`;

/** Keeps what a dry run was asked for in this tab: the service keeps neither ids nor expressions, which may name a person. */
export function remember(runId: string, body: BackfillBody): void {
  sessionStorage.setItem(nameOf(runId), JSON.stringify(body));
}

/**
 * What it takes to start the same backfill for real.
 * @returns null where this tab does not know it: without its ids or its expression the run would take in more than was planned
 */
export function bodyOf({ id, object, filter }: Run): BackfillBody | null {
  const kept = sessionStorage.getItem(nameOf(id));
  if (kept !== null) return { ...(JSON.parse(kept) as BackfillBody), dryRun: false };
  if (filter.where !== undefined || filter.hasIds === true || !isObject(object)) return null;
  const { since, until, stage, list } = filter;
  return {
    object,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(stage === undefined ? {} : { stage }),
    ...(list === undefined ? {} : { list }),
    dryRun: false,
  };
}

export const objects = ['contacts', 'companies', 'deals', 'leads', 'opportunities'] as const;

function isObject(object: string | null): object is BackfillBody['object'] {
  return objects.some((name) => name === object);
}
