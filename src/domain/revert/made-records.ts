import { sameHeld } from '../mapping/normalise.ts';
import type { FieldFacts } from '../mapping/types.ts';
import { sameId } from '../merge/same-id.ts';
import type { FieldChange, PairKnowledge } from '../plan/types.ts';
import type { SalesforceReference, SystemName } from '../record.ts';
import type { RevertSide } from './put-back.ts';
import type { PendingRevert, RevertLeft } from './types.ts';

type Sides = {
  hubspot: RevertSide;
  salesforce: RevertSide | null;
  factsOf(system: SystemName, field: string): FieldFacts | undefined;
  /** Somebody else has changed the record in Salesforce, or others belong to it by now. */
  isTouched: boolean;
};

/**
 * What becomes of a record that the run created, where it is to be deleted. `none`: it created none here, or what it created is kept. `delete`: the one in Salesforce goes.
 * `archive`: the one in HubSpot does. `touched`: somebody has changed it since, so it stays. `gone`: it is not there any more.
 */
export type Ending = 'none' | 'delete' | 'archive' | 'touched' | 'gone';

/** Decides whether a record that the run created is still as the run left it, and may go. */
export function deletionOf(revert: PendingRevert, sides: Sides): Ending {
  if (revert.created !== 'delete') return 'none';
  const [made] = revert.made;
  if (made === undefined) return 'none';
  const side = sides[made.system];
  // A Lead that was converted is another record by now.
  if (side === null || side.ids[0] === undefined || !sameId(side.ids[0], made.recordId)) {
    return side === null ? 'gone' : 'touched';
  }
  const own = revert.targets.filter(({ system, isId }) => system === made.system && !isId);
  const isAsLeft = own.every(({ field, after, isErased }) => {
    const held = side.values[field];
    return !isErased && (held === undefined || sameHeld(held, after, sides.factsOf(made.system, field)));
  });
  if (!isAsLeft || (made.system === 'salesforce' && sides.isTouched)) return 'touched';
  return made.system === 'salesforce' ? 'delete' : 'archive';
}

/**
 * Whether the pair has ended with a record that the run created and that is gone now: by what the ledger says, or because we began to delete it and
 * never heard an answer. Else our own deletion would pass for a human's.
 */
export function hasEndedWith(
  { made }: Pick<PendingRevert, 'made'>,
  ending: Ending,
  pair: Pick<PairKnowledge<SalesforceReference>, 'tombstone' | 'openIntents'> | null,
): boolean {
  if (ending !== 'gone' || pair === null) return false;
  const isMade = (id: string) => made.some(({ system, recordId }) => system === 'salesforce' && sameId(recordId, id));
  const isDeleting = pair.openIntents.some(
    ({ system, recordId, fields }) =>
      system === 'salesforce' && fields.length === 0 && recordId !== null && isMade(recordId),
  );
  return pair.tombstone === 'person_deleted' || (pair.tombstone === null && isDeleting);
}

/** What the run deleted in Salesforce, and nobody has restored since. @param presentId the counterpart that was found */
export function leftDeleted({ deleted }: Pick<PendingRevert, 'deleted'>, presentId: string | null): RevertLeft[] {
  return deleted.flatMap(({ system, object, recordId }) => {
    const isBack = presentId !== null && sameId(presentId, recordId);
    return system === 'salesforce' && !isBack ? [{ system, field: object, reason: 'deleted_stays' as const }] : [];
  });
}

/** HubSpot's property of the id of a record that was deleted is emptied: it leads nowhere any more. */
export function emptiedId(
  { made }: Pick<PendingRevert, 'made'>,
  property: string,
  properties: Readonly<Record<string, string | null>>,
): FieldChange[] {
  const before = properties[property] ?? null;
  if (before === null || before === '') return [];
  const isTheirs = made.some(({ system, recordId }) => system === 'salesforce' && sameId(recordId, before));
  return isTheirs ? [{ field: property, before, after: null, rule: 'id' }] : [];
}
