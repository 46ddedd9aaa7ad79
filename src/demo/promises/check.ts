import type { Stage } from '../stage.ts';
import { exactlyOnce, nobodyBelowTheGate, nothingLost } from './arrival.ts';
import { everyFieldAccounted } from './audit.ts';
import { neighboursUnharmed, noLoops, nothingPersonalLogged, withinBudgets } from './conduct.ts';
import { type Check, type Seen, takeFindings } from './findings.ts';
import { stagesMovedBackOnlyByRecycles } from './stages.ts';

export type PromiseCheck = Check & { number: number };

/**
 * Holds the nine promises of the product against the CRMs' own data after the story; only what the CRMs cannot tell (the audit log, what
 * was pending) is asked of the service.
 * @param seen what was watched while the story was played
 */
export async function checkPromises(stage: Stage, seen: Seen): Promise<PromiseCheck[]> {
  const findings = await takeFindings(stage, seen);
  return [
    nobodyBelowTheGate(findings),
    exactlyOnce(findings),
    await nothingLost(findings),
    noLoops(findings),
    everyFieldAccounted(findings),
    stagesMovedBackOnlyByRecycles(findings),
    neighboursUnharmed(findings),
    withinBudgets(findings),
    nothingPersonalLogged(findings),
  ].map((check, index) => ({ number: index + 1, ...check }));
}
