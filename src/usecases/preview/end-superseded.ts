import type { Activation } from '../../ports/ledger-mappings.ts';
import type { RunLedger } from '../../ports/ledger-runs.ts';

const waiting = ['paused', 'stopped'] as const;

/**
 * Ends runs that an activation has paused and that nobody would resume: a comparison, as the next one compares by the new mapping and could
 * not begin beside it; and where the new version is about to be applied, runs that applied another one or wait since an earlier turn of it.
 * @returns their ids
 */
export async function endSuperseded(
  ledger: Pick<RunLedger, 'run' | 'runs' | 'cancelRun'>,
  { version, before, pausedRuns }: Pick<Activation, 'version' | 'before' | 'pausedRuns'>,
  { apply, by }: { apply: boolean; by: string },
): Promise<readonly string[]> {
  const paused = (await Promise.all(pausedRuns.map(async (id) => await ledger.run(id)))).flatMap((run) => run ?? []);
  const comparisons = paused.filter(({ kind }) => kind === 'comparison');
  const open = apply ? await Promise.all(waiting.map((state) => ledger.runs(20, { kind: 'apply', state }))) : [];
  const applies = open.flat().filter(({ mappingVersion }) => before !== version || mappingVersion !== version);
  const superseded = [...comparisons, ...applies];
  const ended: string[] = [];
  for (const { id } of superseded) if (await ledger.cancelRun(id, by)) ended.push(id);
  return ended;
}
