import { sameValue } from '../mapping/normalise.ts';
import type { FieldValue, PersonReference } from '../record.ts';
import type { Situation } from './decide-field.ts';
import type { FieldChange, PairKnowledge } from './types.ts';

/** What each side held of one field when both last agreed. */
export type Legs = { hubspot: FieldValue; salesforce: FieldValue };

/** One field of a pair as both sides hold it now. */
export type HeldField = { source: string; field: string; hubspot: FieldValue; salesforce: FieldValue };

/**
 * The base of one field. A value that an open intent meant to write and that Salesforce holds is ours and not a human's: it counts as
 * agreed, with what HubSpot held when the intent was planned.
 * @returns null where both never agreed, as far as the ledger knows
 */
export function lastAgreed(pair: PairKnowledge | null, person: PersonReference, held: HeldField): Legs | null {
  const intended = intendedChanges(pair, person).find(
    (change) => change.field === held.field && sameValue(change.after, held.salesforce),
  );
  if (intended !== undefined && (intended.source === undefined || intended.source === held.source)) {
    return { hubspot: intended.sourceValue ?? null, salesforce: held.salesforce };
  }
  const hubspot = pair?.base?.hubspot[held.source];
  const salesforce = pair?.base?.salesforce[held.field];
  return hubspot === undefined || salesforce === undefined ? null : { hubspot, salesforce };
}

/** Which side moved away from the base. */
export function situationOf(base: Legs | null, held: HeldField): Situation {
  if (base === null) return 'no_base';
  const hubspot = !sameValue(base.hubspot, held.hubspot);
  const salesforce = !sameValue(base.salesforce, held.salesforce);
  if (hubspot && salesforce) return 'both';
  if (hubspot) return 'hubspot';
  return salesforce ? 'salesforce' : 'nobody';
}

/** Changes of open intents on this person, the newest first. An intent without a record id is a create of this very person. */
function intendedChanges(pair: PairKnowledge | null, person: PersonReference): FieldChange[] {
  return [...(pair?.openIntents ?? [])]
    .filter((intent) => intent.object === person.object && (intent.recordId === null || intent.recordId === person.id))
    .sort((one, other) => other.openedAtMs - one.openedAtMs)
    .flatMap((intent) => intent.fields);
}
