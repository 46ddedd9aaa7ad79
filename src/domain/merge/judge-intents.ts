import { sameHeld } from '../mapping/normalise.ts';
import type { FieldFacts } from '../mapping/types.ts';
import type { FieldChange, IntentVerdict, OpenIntent } from '../plan/types.ts';
import type { FieldValues, SystemName } from '../record.ts';

/** A lost answer's write may still be carried out by the vendor this long after it was sent. */
const vendorMayCommitMs = 12 * 60_000;

/** One side as it was just read, by API field name, whatever a write of ours may have meant to set there included. */
type Side = { id: string; values: FieldValues };

/** What both sides hold now, and what is about to be written to them. */
type Now = {
  /** Epoch milliseconds. */
  now: number;
  hubspot: Side;
  /** Null: there is no such record. */
  salesforce: Side | null;
  /** A field that is written in two steps has a change for each of them. */
  writes: { hubspot: readonly FieldChange[]; salesforce: readonly FieldChange[] };
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
    if (hasMade(intent, intents, now)) return verdictOf(intent, 'done', now);
    const isSafe = (change: FieldChange) =>
      isRepeated(intent, change, now) || (isHeld(intent, change, now) && !isChanged(intent, change, now));
    if (intent.fields.every(isSafe)) return verdictOf(intent, 'repeated', now);
    return judgeByAge(intent, now.now);
  });
}

/** The only create that is open, and its record is there: what else that holds by now, people have changed. */
function hasMade(intent: OpenIntent, intents: readonly OpenIntent[], now: Now): boolean {
  const isCreate = ({ system, recordId }: OpenIntent) => system === intent.system && recordId === null;
  if (!isCreate(intent) || intents.filter(isCreate).length > 1) return false;
  const id = intent.fields.find(({ rule }) => rule === 'id');
  return id !== undefined && isHeld(intent, id, now);
}

/** The verdict where neither side can be asked: overtaken once no vendor can still commit it, open until then. */
export function judgeByAge(intent: OpenIntent, now: number): IntentVerdict {
  const opensForMs = Math.max(0, intent.openedAtMs + vendorMayCommitMs - now);
  return { intentId: intent.id, verdict: opensForMs === 0 ? 'superseded' : 'open', recordId: null, opensForMs };
}

function verdictOf({ id, system }: OpenIntent, verdict: IntentVerdict['verdict'], now: Now): IntentVerdict {
  const recordId = now[system]?.id ?? null;
  return { intentId: id, verdict, recordId: verdict === 'done' ? recordId : null, opensForMs: 0 };
}

function isHeld({ system }: OpenIntent, { field, after }: FieldChange, now: Now): boolean {
  const held = now[system]?.values[field];
  return held !== undefined && sameHeld(held, after, now.factsOf(system, field));
}

/** What is there now is about to be changed: a late write would bring it back. */
function isChanged({ system }: OpenIntent, { field }: FieldChange, { writes }: Now): boolean {
  return writes[system].some((change) => change.field === field);
}

function isRepeated({ system }: OpenIntent, { field, after }: FieldChange, { writes, factsOf }: Now): boolean {
  return writes[system].some(
    (change) => change.field === field && sameHeld(change.after, after, factsOf(system, field)),
  );
}
