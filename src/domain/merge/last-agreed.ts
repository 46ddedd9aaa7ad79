import { sameHeld } from '../mapping/normalise.ts';
import type { FieldFacts } from '../mapping/types.ts';
import type { OpenIntent } from '../plan/types.ts';
import type { FieldValue } from '../record.ts';
import type { Situation } from './decide-field.ts';
import type { MergeInput } from './types.ts';

/** What each side held of one field when both last agreed. */
export type Legs = { hubspot: FieldValue; salesforce: FieldValue };

/** One field of a pair as both sides hold it now: `source` is the HubSpot property, `field` the Salesforce field. */
export type HeldField = {
  source: string;
  field: string;
  hubspot: FieldValue;
  salesforce: FieldValue;
  /** What the field was called on the Lead that the Contact may have been: a conversion changes the name and is no new beginning. */
  leadField?: string;
};

/**
 * The base of one field. A value that an open intent meant to write and that its side holds is ours and not a human's: it counts as
 * agreed, with what the other side held when the intent was planned.
 * @returns null where both never agreed, as far as the ledger knows
 */
export function lastAgreed(
  input: Pick<MergeInput, 'pair' | 'hubspot' | 'salesforce'>,
  held: HeldField,
  facts?: FieldFacts,
): Legs | null {
  const { pair } = input;
  const intents = [...(pair?.openIntents ?? [])].sort((one, other) => other.openedAtMs - one.openedAtMs);
  for (const intent of intents) {
    const legs = isAbout(intent, input) ? legsOf(intent, held, { facts, isCertain: hasMade(intent, input) }) : null;
    if (legs !== null) return legs;
  }
  const hubspot = pair?.base?.hubspot[held.source];
  const ofField = pair?.base?.salesforce[held.field];
  // A null is a base as well: both agreed on nothing.
  const salesforce = ofField === undefined ? pair?.base?.salesforce[held.leadField ?? held.field] : ofField;
  return hubspot === undefined || salesforce === undefined ? null : { hubspot, salesforce };
}

/** An intent without a record id is a create of this very record. */
function isAbout(
  { system, object, recordId }: OpenIntent,
  { hubspot, salesforce }: Pick<MergeInput, 'hubspot' | 'salesforce'>,
): boolean {
  if (system === 'hubspot') return object === hubspot.object;
  return object === salesforce.object && (recordId === null || recordId === salesforce.id);
}

/** A create whose record is there and carries the id that it gave it was carried out, whatever its fields hold by now. */
function hasMade(
  { system, recordId, fields }: OpenIntent,
  { hubspot, salesforce }: Pick<MergeInput, 'hubspot' | 'salesforce'>,
) {
  if (recordId !== null) return false;
  const carries = (field: string) => (system === 'hubspot' ? hubspot.properties[field] : salesforce.externalId);
  return fields.some(({ rule, field, after }) => rule === 'id' && after !== null && after === carries(field));
}

/** @param how `isCertain`: the intent was carried out; else a value that its side holds says so of itself alone */
function legsOf(
  { system, fields }: OpenIntent,
  held: HeldField,
  { facts, isCertain }: { facts: FieldFacts | undefined; isCertain: boolean },
): Legs | null {
  const [written, other] = system === 'hubspot' ? [held.source, held.field] : [held.field, held.source];
  const change = fields.find(({ field, source }) => field === written && source === other);
  if (change === undefined) return null;
  const isHeld = sameHeld(change.after, held[system], facts);
  if (!isHeld && !isCertain) return null;
  const before = change.sourceValue ?? null;
  const after = isHeld ? held[system] : change.after;
  return system === 'hubspot' ? { hubspot: after, salesforce: before } : { hubspot: before, salesforce: after };
}

/** Which side moved away from the base. */
export function situationOf(base: Legs | null, held: HeldField, facts?: FieldFacts): Situation {
  if (base === null) return 'no_base';
  const hubspot = !sameHeld(base.hubspot, held.hubspot, facts);
  const salesforce = !sameHeld(base.salesforce, held.salesforce, facts);
  if (hubspot && salesforce) return 'both';
  if (hubspot) return 'hubspot';
  return salesforce ? 'salesforce' : 'nobody';
}
