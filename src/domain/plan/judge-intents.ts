import { sameValue } from '../mapping/normalise.ts';
import {
  contactIdField,
  type FieldValue,
  type HubSpotRecord,
  personIdProperty,
  type SalesforcePerson,
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
  /** The person's id is about to be written to HubSpot. */
  linkBack: boolean;
};

/**
 * Judges writes whose answers were lost: carried out, where every value is there; repeated, where the write that follows sends the same
 * values, so that a late one changes nothing; overtaken, where no vendor can still commit it; still open otherwise.
 */
export function judgeIntents(intents: readonly OpenIntent[], now: Now): IntentVerdict[] {
  return intents.map((intent) => {
    if (intent.fields.every((change) => isHeld(intent, change, now))) return verdictOf(intent, 'done', now);
    if (intent.fields.every((change) => isRepeated(intent, change, now))) return verdictOf(intent, 'repeated', now);
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

function isHeld({ system }: OpenIntent, { field, after }: FieldChange, { contact, person }: Now): boolean {
  const held = system === 'hubspot' ? contact.properties[field] : personValue(person, field);
  return held !== undefined && sameValue(held, after);
}

function personValue(person: SalesforcePerson | null, field: string): FieldValue | undefined {
  return field === contactIdField ? person?.externalId : person?.fields[field];
}

function isRepeated({ system }: OpenIntent, { field, after }: FieldChange, { person, write, linkBack }: Now): boolean {
  if (system === 'hubspot') return linkBack && field === personIdProperty && after === person?.id;
  const again = write?.changes.find((change) => change.field === field);
  return again !== undefined && sameValue(again.after, after);
}
