import type { Reason } from '../plan/types.ts';
import { leftTexts } from './left-texts.ts';
import type { Ending } from './made-records.ts';
import type { PutBack } from './put-back.ts';
import type { PendingRevert, RevertSummary } from './types.ts';

/** Counts what one look of a revert comes to. `moved`: the stage is put back, which is no field of the plan. */
export function summaryOf(
  revert: PendingRevert,
  back: Pick<PutBack, 'hubspot' | 'salesforce' | 'left' | 'holds' | 'looksAgain'> & { moved?: boolean },
  { ending, hasEnded, goesOn }: { ending: Ending; hasEnded: boolean; goesOn: boolean },
): RevertSummary {
  const named = (system: 'hubspot' | 'salesforce') => back[system].map(({ field }) => ({ system, field }));
  const stage = back.moved === true ? [{ system: 'hubspot' as const, field: 'lifecyclestage' }] : [];
  const put = [...named('salesforce'), ...named('hubspot'), ...stage];
  const isOwn = ({ system, field }: { system: string; field: string }) =>
    revert.own.some((each) => each.system === system && each.field === field);
  const isDeleted = (system: string) => hasEnded && revert.made.some((each) => each.system === system);
  const left = back.left.flatMap((each) => {
    // What an earlier look of this revert has put back, or deleted, is not left.
    if (each.reason === 'already_back' && isOwn(each)) return [];
    if (each.reason === 'record_gone' && isDeleted(each.system)) return [];
    // The ids go with the record.
    if (each.reason === 'id_field' && hasEnded) return [];
    const isTouched = each.reason === 'created' && ending === 'touched';
    return [isTouched ? { ...each, reason: 'changed_since' as const } : each];
  });
  const earlier = back.left.filter((each) => each.reason === 'already_back' && isOwn(each));
  return {
    runId: revert.runId,
    put: [...put, ...earlier.map(({ system, field }) => ({ system, field }))],
    left,
    deleted: hasEnded || ending === 'delete' || ending === 'archive' ? 1 : 0,
    holds: back.holds,
    looksAgain: back.looksAgain,
    goesOn,
  };
}

/** What a look of a revert tells: what it put back, and why the rest was left, field by field. */
export function revertReasons({ reverts }: PendingRevert, { put, left, deleted }: RevertSummary): Reason[] {
  const count = put.length === 1 ? '1 field is' : `${put.length} fields are`;
  const first: Reason =
    deleted > 0
      ? { code: 'revert_deleted', text: `Run ${reverts} is put back: the record that it created is deleted.` }
      : put.length > 0
        ? { code: 'reverted', text: `Run ${reverts} is put back: ${count} as before it.` }
        : { code: 'revert_left', text: `Run ${reverts} is put back: there is nothing to put back here.` };
  const told = left.map(({ field, reason }) => ({
    code: `revert_${reason}`,
    text: `${field}: ${leftTexts[reason]}`,
    field,
  }));
  return [first, ...told];
}
