import type { HubSpotObject } from '../../domain/record.ts';
import type { RunCount } from '../../domain/runs/types.ts';
import { createCounter } from '../runs/run-counts.ts';
import type { Position } from './position.ts';
import { type ReadAgreement, readAgreements } from './read-agreements.ts';
import type { RebuildContext, RebuildPage } from './rebuild.ts';

const pairsPerPage = 200;

/** Reads what surrounds the pairs that were made, and counts in which fields their sides differ: what a person reviews. */
export async function measurePairs(
  context: RebuildContext,
  object: HubSpotObject,
  position: Position,
): Promise<RebuildPage> {
  const { read, next } = await readPage(context, object, position);
  await context.dependencies.ledger.storeFacts(
    object,
    read.map(({ unequal: _unequal, ...facts }) => ({ ...facts, base: null })),
  );
  return { counts: countUnequal(object, read), marks: [], next };
}

/**
 * Behind the review. `keep`: what each side holds counts as agreed on, so that only later changes are carried over. `rules`: nothing is agreed on.
 * Either way each record is looked at, which writes the ids that are missing.
 */
export async function settlePairs(
  context: RebuildContext,
  object: HubSpotObject,
  position: Position,
): Promise<RebuildPage> {
  const { run, dependencies } = context;
  const pairs = await dependencies.ledger.rebuiltPairs(run.id, object, position.after, pairsPerPage);
  if (run.options.policy === 'keep') {
    const read = await readAgreements(context, object, pairs);
    await dependencies.ledger.storeFacts(
      object,
      read.map(({ unequal: _unequal, ...facts }) => facts),
    );
  }
  return {
    counts: [],
    marks: pairs.map(({ recordId }) => ({
      system: 'hubspot',
      object,
      recordId,
      priority: 4,
      source: 'rebuild',
      runId: run.id,
    })),
    next: nextOf(pairs, position),
  };
}

async function readPage(context: RebuildContext, object: HubSpotObject, position: Position) {
  const { run, dependencies } = context;
  const pairs = await dependencies.ledger.rebuiltPairs(run.id, object, position.after, pairsPerPage);
  return { read: await readAgreements(context, object, pairs), next: nextOf(pairs, position) };
}

function nextOf(pairs: readonly { pairId: string }[], position: Position): Position | null {
  const last = pairs.at(-1);
  return last === undefined || pairs.length < pairsPerPage ? null : { ...position, after: last.pairId };
}

/** Pairs by the field in which they differ, and how many differ in any. */
function countUnequal(object: HubSpotObject, read: readonly ReadAgreement[]): RunCount[] {
  const counter = createCounter();
  for (const { recordId, unequal } of read) {
    if (unequal.length > 0) counter.add('drift', `${object}.unequal`, recordId);
    for (const field of new Set(unequal.map(nameOf))) counter.add('drift', `${object}.unequal.${field}`, recordId);
  }
  return counter.all();
}

/** Roles are fields by contact: they are counted together. */
function nameOf(field: string): string {
  return field.startsWith('roles/') ? 'roles' : field;
}
