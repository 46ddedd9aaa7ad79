import type { Activation } from '../../ports/ledger-mappings.ts';
import type { RunLedger } from '../../ports/ledger-runs.ts';

/**
 * Ends runs that an activation has paused and that nobody would resume: a comparison, as the next one compares by the new mapping and could
 * not begin beside it; and where the new version is about to be applied, runs that applied older ones.
 * @returns their ids
 */
export async function endSuperseded(
  ledger: Pick<RunLedger, 'run' | 'runs' | 'cancelRun'>,
  { version, pausedRuns }: Pick<Activation, 'version' | 'pausedRuns'>,
  { apply, by }: { apply: boolean; by: string },
): Promise<readonly string[]> {
  const paused = (await Promise.all(pausedRuns.map(async (id) => await ledger.run(id)))).flatMap((run) => run ?? []);
  const comparisons = paused.filter(({ kind }) => kind === 'comparison');
  const applies = apply ? await ledger.runs(20, { kind: 'apply', state: 'paused' }) : [];
  const superseded = [...comparisons, ...applies.filter(({ mappingVersion }) => mappingVersion !== version)];
  const ended: string[] = [];
  for (const { id } of superseded) if (await ledger.cancelRun(id, by)) ended.push(id);
  return ended;
}
