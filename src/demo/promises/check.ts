import type { Stage } from '../stage.ts';
import { exactlyOnce, nobodyBelowTheGate, nothingLost } from './arrival.ts';
import { everyFieldAccounted } from './audit.ts';
import { neighboursUnharmed, noLoops, nothingPersonalLogged, withinBudgets } from './conduct.ts';
import { type Check, type Seen, takeFindings } from './findings.ts';
import { stagesMovedBackOnlyByRecycles } from './stages.ts';

/** `promise`: its sentence; `evidence`: what was seen. */
export type PromiseCheck = Check & { number: number; promise: string };

/** The nine sentences, in their order; README.md names the same. */
const promises: readonly string[] = [
  'Below the gate nobody is created in Salesforce, and nothing is sent there.',
  'Everybody who passes it arrives exactly once: one person, whatever crashes, repeats or times out.',
  'Nothing that was taken is lost.',
  'No write of ours comes back as a change of theirs: no loops.',
  'A field is changed only by the rule that owns it, and the audit log tells which, when, from what, to what.',
  "A stage moves backward only by a recycle, or where the mapping accepts a person's own move.",
  'One bad record stops nobody else.',
  'The limits of both APIs are kept.',
  'No secret and nothing personal reaches a log line.',
];

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
  ].map((check, index) => ({ number: index + 1, promise: promises[index] ?? '', ...check }));
}
