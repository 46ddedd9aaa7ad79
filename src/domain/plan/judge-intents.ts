import { sameValue } from '../mapping/normalise.ts';
import { contactIdField, type FieldValue, type HubSpotRecord, type SalesforcePerson } from '../record.ts';
import type { FieldChange, IntentVerdict, OpenIntent } from './types.ts';

/** A lost answer's write may still be carried out by the vendor this long after it was sent. */
const vendorMayCommitMs = 12 * 60_000;

type Now = { contact: HubSpotRecord; person: SalesforcePerson; now: number };

/**
 * Judges writes whose answers were lost by what both sides hold now: carried out, where every value is there; overtaken, where it is not
 * and no vendor can still commit it; still open otherwise.
 */
export function judgeIntents(intents: readonly OpenIntent[], now: Now): IntentVerdict[] {
  return intents.map((intent) => {
    const held = intent.fields.every((change) => isHeld(intent, change, now));
    const opensForMs = Math.max(0, intent.openedAtMs + vendorMayCommitMs - now.now);
    if (held) return { intentId: intent.id, verdict: 'done', opensForMs: 0 };
    return { intentId: intent.id, verdict: opensForMs === 0 ? 'superseded' : 'open', opensForMs };
  });
}

function isHeld({ system }: OpenIntent, { field, after }: FieldChange, { contact, person }: Now): boolean {
  const held: FieldValue | undefined = system === 'hubspot' ? contact.properties[field] : personValue(person, field);
  return held !== undefined && sameValue(held, after);
}

function personValue(person: SalesforcePerson, field: string): FieldValue | undefined {
  return field === contactIdField ? person.externalId : person.fields[field];
}
