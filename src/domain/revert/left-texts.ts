import type { LeftReason } from './types.ts';

/** Why a revert left something as it is, in one sentence each. `docs/revert.md` lists them. */
export const leftTexts: Readonly<Record<LeftReason, string>> = {
  changed_since: 'Somebody has changed it since: it holds neither what the run wrote nor what was there before.',
  already_back: 'It holds already what it held before the run.',
  not_writable: 'Salesforce calculates it, or our user may not write it any more.',
  not_read: 'The mapping does not name it any more, so nobody reads it.',
  record_gone: 'The record was deleted since, or belongs to another one now.',
  converted:
    'It was written to a Lead that has been converted since, and the mapping names no such field of the Contact.',
  id_field: 'It is one of the ids by which both CRMs find each other.',
  relation: 'The other end is not there, or several stand for it.',
  created: 'The run created the record, and it is kept.',
  has_children: 'The run created the Account, and others belong to it by now.',
  erased: 'Its values were erased for privacy.',
  deleted_stays: 'The run deleted the record, and it stays deleted: only the recycle bin gives it back.',
  failing: 'Every look at it fails, again and again: the failure says why.',
  refused: 'The CRM refused to take the old value.',
};
