import { effectiveStage } from '../../domain/lifecycle/effective-stage.ts';
import { stageProperty } from '../../domain/record.ts';
import type { DrainDependencies } from './dependencies.ts';
import type { KnownContact } from './look.ts';

/**
 * Below the gate nobody asks Salesforce, unless a person may be there already: handed over, by a write whose answer was lost, or born
 * there. A pair that has ended is looked at too: somebody may be back. Nor is a pair passed over whose values a person wants back.
 */
export function needsPersons(
  { claimed: { pair, hints = [] }, contact }: KnownContact,
  { mapping }: Pick<DrainDependencies, 'mapping'>,
): boolean {
  const stage = effectiveStage(contact, pair);
  if (mapping.gate.decide({ ...contact.properties, [stageProperty]: stage }).passes) return true;
  if (hints.includes('born')) return true;
  if (pair === null) return false;
  if (pair.revert != null) return true;
  const mayBeThere = pair.openIntents.some(({ system }) => system === 'salesforce');
  return mayBeThere || pair.handedOverAtMs !== null || (pair.tombstone !== null && pair.tombstone !== 'erased');
}
