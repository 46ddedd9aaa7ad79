import { isBlank, sameHeld } from '../mapping/normalise.ts';
import type { FieldFacts } from '../mapping/types.ts';
import { sameId } from '../merge/same-id.ts';
import type { Base, FieldChange } from '../plan/types.ts';
import type { FieldValue, FieldValues, SystemName } from '../record.ts';
import type { LeftReason, PendingRevert, RevertLeft, RevertTarget } from './types.ts';

/** One side of a pair as it was just read; null where there is no such record. */
export type RevertSide = {
  object: string;
  /** Its id, and those that led to it once. */
  ids: readonly string[];
  values: FieldValues;
};

export type RevertSides = {
  hubspot: RevertSide;
  salesforce: RevertSide | null;
  base: Base | null;
  factsOf(system: SystemName, field: string): FieldFacts | undefined;
  /** The field on the other side that goes with this one; null: the mapping names none. */
  counterpartOf(system: SystemName, field: string): string | null;
  /** What a field of a Lead is called on the Contact; null: nothing. Asked where the Lead was converted. */
  afterConversion(field: string): string | null;
  /** Why a field cannot be put back by a write of this kind; null: it can. */
  obstacleTo?(system: SystemName, field: string, before: FieldValue): LeftReason | null;
};

/** What becomes of the fields that a run wrote. */
export type PutBack = {
  hubspot: readonly FieldChange[];
  salesforce: readonly FieldChange[];
  left: readonly RevertLeft[];
  /** What both sides hold of fields that need no write: a base, so that nobody repairs them. */
  agreed: Base | null;
  holds: readonly { hubspot: string; salesforce: string }[];
  looksAgain: boolean;
};

/** How one side of a field stands. `moved`: somebody has changed it since both agreed. */
type Stand = 'put' | 'back' | 'moved' | 'still';

/**
 * Puts back what a run wrote, field by field: the value that was there before its first write, where the field still holds what its last one
 * wrote. Whatever else a field holds was somebody's doing since, and stays. Both sides of a field are judged together, so that what they hold
 * afterwards becomes their base and the field stays as it is. Does no I/O.
 */
export function putBack(
  revert: Pick<PendingRevert, 'targets' | 'made' | 'own' | 'refused'>,
  sides: RevertSides,
): PutBack {
  const left: RevertLeft[] = [];
  const changes: Record<SystemName, FieldChange[]> = { hubspot: [], salesforce: [] };
  const stands = new Map<string, Stand>();
  const targets = ownOnly(revert.targets, sides);
  for (const target of targets) {
    const { system } = target;
    const field = nameNow(target, sides);
    const fate = field === null ? 'converted' : fateOf(revert, { ...target, field }, sides);
    const told = { system, field: field ?? target.field };
    if (fate === 'put' || fate === 'already_back') stands.set(keyOf(told), fate === 'put' ? 'put' : 'back');
    if (fate === 'put') changes[system].push(changeOf(told, target, sides));
    else left.push({ ...told, reason: fate });
  }
  const pairs = pairsOf(targets, sides, stands);
  return {
    hubspot: changes.hubspot.map((change) => withSource('hubspot', change, pairs, changes.salesforce, sides)),
    salesforce: changes.salesforce.map((change) => withSource('salesforce', change, pairs, [], sides)),
    left,
    agreed: agreedOf(pairs, sides),
    holds: pairs.filter((pair) => isHeld(pair)).map(({ hubspot, salesforce }) => ({ hubspot, salesforce })),
    looksAgain: pairs.some(({ stand }) => stand.hubspot === 'moved' || stand.salesforce === 'moved'),
  };
}

/** Of two records that were merged, the one that goes on says what a field is put back to. */
function ownOnly(targets: readonly RevertTarget[], sides: RevertSides): RevertTarget[] {
  const isOwn = ({ system, recordId }: RevertTarget) =>
    recordId !== null && sameId(sides[system]?.ids[0] ?? '', recordId);
  const isSame = (one: RevertTarget, other: RevertTarget) => one.system === other.system && one.field === other.field;
  return targets.filter((target) => isOwn(target) || !targets.some((other) => isSame(other, target) && isOwn(other)));
}

/** A Lead's field goes on under another name once the Lead is a Contact. */
function nameNow({ system, object, field }: RevertTarget, { salesforce, afterConversion }: RevertSides): string | null {
  const isConverted = system === 'salesforce' && object === 'Lead' && salesforce?.object === 'Contact';
  return isConverted ? afterConversion(field) : field;
}

function fateOf(
  { made, own, refused }: Pick<PendingRevert, 'made' | 'own' | 'refused'>,
  target: RevertTarget,
  sides: RevertSides,
): 'put' | LeftReason {
  const { system, field, recordId, before, after } = target;
  const side = sides[system];
  if (target.isErased) return 'erased';
  if (target.isId) return 'id_field';
  if (side === null || (recordId !== null && !side.ids.some((id) => sameId(id, recordId)))) return 'record_gone';
  if (made.some((each) => each.system === system && side.ids.some((id) => sameId(id, each.recordId)))) return 'created';
  const held = side.values[field];
  if (held === undefined) return 'not_read';
  const facts = sides.factsOf(system, field);
  if (sameHeld(held, before, facts)) return 'already_back';
  // Or what the first of two steps of this revert has made of it.
  const isOurs = own.some(
    (each) => each.system === system && each.field === field && sameHeld(held, each.after, facts),
  );
  if (!sameHeld(held, after, facts) && !isOurs) return 'changed_since';
  if (facts?.isReadOnly === true) return 'not_writable';
  if (refused.includes(field)) return 'refused';
  return sides.obstacleTo?.(system, field, before) ?? 'put';
}

type Named = { system: SystemName; field: string };

function keyOf({ system, field }: Named): string {
  return `${system}\n${field}`;
}

function changeOf({ system, field }: Named, { before }: RevertTarget, sides: RevertSides): FieldChange {
  const held = sides[system]?.values[field] ?? null;
  return { field, before: held, after: isBlank(before) ? null : before, rule: 'revert' };
}

/** The two names of a field that the run touched, and how both sides stand. */
type FieldPair = { hubspot: string; salesforce: string; stand: Record<SystemName, Stand> };

function pairsOf(
  targets: readonly RevertTarget[],
  sides: RevertSides,
  stands: ReadonlyMap<string, Stand>,
): FieldPair[] {
  const pairs = new Map<string, FieldPair>();
  for (const target of targets) {
    const field = nameNow(target, sides);
    if (field === null) continue;
    const other = sides.counterpartOf(target.system, field) ?? target.source;
    if (other === null || target.isId || target.isErased) continue;
    const [hubspot, salesforce] = target.system === 'hubspot' ? [field, other] : [other, field];
    const standOf = (system: SystemName, name: string) =>
      stands.get(keyOf({ system, field: name })) ?? (hasMoved(system, name, sides) ? 'moved' : 'still');
    const stand = { hubspot: standOf('hubspot', hubspot), salesforce: standOf('salesforce', salesforce) };
    pairs.set(`${hubspot}\n${salesforce}`, { hubspot, salesforce, stand });
  }
  return [...pairs.values()];
}

function hasMoved(system: SystemName, field: string, sides: RevertSides): boolean {
  const held = sides[system]?.values[field];
  const agreed = sides.base?.[system][field];
  return held !== undefined && agreed !== undefined && !sameHeld(held, agreed, sides.factsOf(system, field));
}

/** A side that somebody has changed is as it was before the revert: the ordinary rules go on from there. */
function isHeld({ stand }: FieldPair): boolean {
  const isTouched = (each: Stand) => each === 'put' || each === 'back';
  const isOpen = stand.hubspot === 'moved' || stand.salesforce === 'moved';
  return !isOpen && (isTouched(stand.hubspot) || isTouched(stand.salesforce));
}

/** What the other side will hold once all is put back: the base of both comes of it. */
function withSource(
  system: SystemName,
  change: FieldChange,
  pairs: readonly FieldPair[],
  writtenThere: readonly FieldChange[],
  { [system === 'hubspot' ? 'salesforce' : 'hubspot']: other, base }: RevertSides,
): FieldChange {
  const there: SystemName = system === 'hubspot' ? 'salesforce' : 'hubspot';
  const pair = pairs.find((each) => each[system] === change.field);
  if (pair === undefined) return change;
  const source = pair[there];
  const written = writtenThere.find(({ field }) => field === source);
  const known = pair.stand[there] === 'moved' ? undefined : (written?.after ?? other?.values[source]);
  const sourceValue = known ?? base?.[there][source];
  // Nothing is known of the other side: no agreement can come of it.
  return sourceValue === undefined ? change : { ...change, source, sourceValue };
}

function agreedOf(pairs: readonly FieldPair[], sides: RevertSides): Base | null {
  const base: Record<SystemName, Record<string, FieldValue>> = { hubspot: {}, salesforce: {} };
  for (const pair of pairs) {
    if (!isHeld(pair) || pair.stand.hubspot === 'put' || pair.stand.salesforce === 'put') continue;
    for (const system of ['hubspot', 'salesforce'] as const) {
      const field = pair[system];
      const held = sides[system]?.values[field];
      if (held !== undefined && sides.base?.[system][field] !== held) base[system][field] = held;
    }
  }
  const isEmpty = Object.keys(base.hubspot).length === 0 && Object.keys(base.salesforce).length === 0;
  return isEmpty ? null : base;
}
