import type { StageMove } from '../lifecycle/types.ts';
import { isBlank, sameHeld } from '../mapping/normalise.ts';
import type { FieldFacts } from '../mapping/types.ts';
import {
  contactIdField,
  type FieldValue,
  type HubSpotRecord,
  personIdProperty,
  type SalesforcePerson,
  type SystemName,
  stageProperty,
} from '../record.ts';
import type { FieldChange, IntentVerdict, OpenIntent, PersonWrite } from './types.ts';

/** A lost answer's write may still be carried out by the vendor this long after it was sent. */
const vendorMayCommitMs = 12 * 60_000;

/** What both sides hold now, and what is about to be written to them. */
type Now = {
  now: number;
  contact: HubSpotRecord;
  person: SalesforcePerson | null;
  write: PersonWrite | null;
  /** What is about to be written to the contact. */
  changes: readonly FieldChange[];
  /** The move of the stage that is about to be made. */
  move: StageMove | null;
  /** The person's id is about to be written to HubSpot. */
  linkBack: boolean;
  /** What the org says of a field, by its name on the side that was written. */
  factsOf(system: SystemName, field: string): FieldFacts | undefined;
};

/**
 * Judges writes whose answers were lost: carried out, where every value is there; repeated, where what is not there is sent again by the
 * write that follows, so that a late one changes nothing; overtaken, where no vendor can still commit it; still open otherwise.
 */
export function judgeIntents(intents: readonly OpenIntent[], now: Now): IntentVerdict[] {
  return intents.map((intent) => {
    // A deletion has no fields to find again.
    if (intent.fields.length === 0) return judgeByAge(intent, now.now);
    if (intent.fields.every((change) => isHeld(intent, change, now))) return verdictOf(intent, 'done', now);
    const isSafe = (change: FieldChange) =>
      isRepeated(intent, change, now) || (isHeld(intent, change, now) && !isChanged(intent, change, now));
    if (intent.fields.every(isSafe)) return verdictOf(intent, 'repeated', now);
    return judgeByAge(intent, now.now);
  });
}

/** The verdict where neither side can be asked: overtaken once no vendor can still commit it, open until then. */
export function judgeByAge(intent: OpenIntent, now: number): IntentVerdict {
  const opensForMs = Math.max(0, intent.openedAtMs + vendorMayCommitMs - now);
  return { intentId: intent.id, verdict: opensForMs === 0 ? 'superseded' : 'open', recordId: null, opensForMs };
}

function verdictOf(
  { id, system }: OpenIntent,
  verdict: IntentVerdict['verdict'],
  { contact, person }: Now,
): IntentVerdict {
  const recordId = system === 'hubspot' ? contact.id : (person?.id ?? null);
  return { intentId: id, verdict, recordId: verdict === 'done' ? recordId : null, opensForMs: 0 };
}

function isHeld({ system }: OpenIntent, { field, after }: FieldChange, now: Now): boolean {
  const held = system === 'hubspot' ? now.contact.properties[field] : personValue(now.person, field);
  return held !== undefined && sameHeld(held, after, now.factsOf(system, field));
}

function personValue(person: SalesforcePerson | null, field: string): FieldValue | undefined {
  return field === contactIdField ? person?.externalId : person?.fields[field];
}

/** What is there now is about to be changed: a late write would bring it back. */
function isChanged({ system }: OpenIntent, { field }: FieldChange, { changes, write, move }: Now): boolean {
  if (system === 'hubspot' && field === stageProperty) return move !== null;
  return (system === 'hubspot' ? changes : (write?.changes ?? [])).some((change) => change.field === field);
}

function isRepeated({ system }: OpenIntent, { field, after }: FieldChange, now: Now): boolean {
  if (system === 'hubspot' && field === personIdProperty) return now.linkBack && after === now.person?.id;
  if (system === 'hubspot' && field === stageProperty) return isStageRepeated(after, now.move);
  const changes = system === 'hubspot' ? now.changes : (now.write?.changes ?? []);
  const again = changes.find((change) => change.field === field);
  return again !== undefined && sameHeld(again.after, after, now.factsOf(system, field));
}

function isStageRepeated(after: FieldValue, move: StageMove | null): boolean {
  if (move === null) return false;
  return after === move.to || (move.mustClear && isBlank(after));
}
