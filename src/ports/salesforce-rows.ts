import type { ContactRole, SalesforcePerson, SalesforceRecord } from '../domain/record.ts';
import type { SyncError } from '../errors.ts';

/** Which rows of an object to ask for: those whose stamp lies at or behind `fromMs`, a page at a time. */
export type ChangeQuestion = {
  /** The name of the source; the key of the answer. */
  source: string;
  /**
   * `person`: Leads or Contacts with their mapped fields. `record`: Accounts or Opportunities with theirs, the latter with their roles.
   * `role`: opportunity contact roles, whose Contacts and Opportunities are told; those that went to the recycle bin with their Opportunity
   * too. Of a role that was taken away itself Salesforce keeps only its id, among `deletedIds`.
   */
  kind: 'person' | 'record' | 'role';
  object: string;
  /** The stamp that orders the rows: `SystemModstamp`, or that of a parent such as `Opportunity.SystemModstamp`. */
  stamp: string;
  /** Mapped fields to read (kinds `person` and `record`). */
  fields: readonly string[];
  /** The last row of the page before: rows behind (stamp, id). Null: from `fromMs` on. */
  after: { atMs: number; id: string } | null;
  fromMs: number;
  /** Ask for deletions since then too, by `/deleted` (ids only); null: not. At most 15 days back, more than a minute ago. */
  deletedSinceMs: number | null;
};

/** An opportunity contact role whose stamp, or whose opportunity's stamp, has moved. */
export type RoleChange = ContactRole & { opportunityId: string; isDeleted: boolean; atMs: number };

/** One page of changes. `rows` are in the order of (stamp, id). */
export type ChangePage = {
  source: string;
  persons: readonly SalesforcePerson[];
  /** For kind `record`. */
  records: readonly SalesforceRecord[];
  /** For kind `role`. */
  roles: readonly RoleChange[];
  deletedIds: readonly string[];
  /**
   * The time that `deletedIds` cover: the next question begins at `untilMs`. A later `fromMs` than asked for: Salesforce no longer knows
   * older deletions. Null: not asked, or not answered; ask again.
   */
  deletedWindow: { fromMs: number; untilMs: number } | null;
  /** Where the next page goes on; null: this was the last one. */
  next: { atMs: number; id: string } | null;
  /** The latest stamp on the page; null where it is empty. */
  latestMs: number | null;
  /** Why the rows of this source could not be read; the other pages stand, and this one's mark must not advance. */
  error: SyncError | null;
};

/** Which rows a walk takes. All that is given must hold. Times are epoch milliseconds of `SystemModstamp`, the end is not part of it. */
export type RowFilter = {
  modifiedFromMs?: number;
  modifiedUntilMs?: number;
  /** `Status` of Leads, `StageName` of Opportunities. */
  stage?: string;
  /** Only rows that carry an id of HubSpot, or only those that carry none. */
  hubspotId?: 'set' | 'blank';
};

/** Where a walk goes on: behind an id, or within the result of a Bulk job. JSON. */
export type RowCursor =
  | { kind: 'id'; afterId: string }
  | { kind: 'bulk'; jobId: string; locator: string | null; afterId: string | null };

/** Living rows only, rising by id. `waitMs`: a Bulk job is not done; ask again then with `next`. */
export type RowPage<Row> = { rows: readonly Row[]; next: RowCursor | null; waitMs: number };

export type RowQuestion = {
  filter: RowFilter;
  /** Mapped fields to read. */
  fields: readonly string[];
  /** Null: from the start. */
  cursor: RowCursor | null;
  /** How many rows are expected: above a threshold the walk goes through Bulk API 2.0. */
  expected: number;
};
