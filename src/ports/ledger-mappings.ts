import type { KeptField } from '../domain/mapping/lost-bases.ts';

/** A mapping as it is registered: its identity, its limits, which property goes with which field, and its files. */
export type NewMapping = {
  hash: string;
  limits: { createsPerRun: number; changesPerRun: number };
  fields: readonly KeptField[];
  /** Texts by file name without `.yaml`. */
  files: Readonly<Record<string, string>>;
};

/** One version of the mapping. `isProposed`: the one that was proposed last, as long as it is not active. Times are epoch milliseconds. */
export type MappingVersion = {
  version: number;
  hash: string;
  isActive: boolean;
  isProposed: boolean;
  proposedAtMs: number | null;
  proposedBy: string | null;
  activatedAtMs: number | null;
  activatedBy: string | null;
  /** Null: of a time when the ledger did not keep them. */
  files: Readonly<Record<string, string>> | null;
};

/** The same without its files, and with the limits of a run. */
export type MappingLine = Omit<MappingVersion, 'files'> & { limits: NewMapping['limits']; filesKept: boolean };

/** A version by its number, or by what it is. */
export type VersionName = number | 'active' | 'proposed';

/** What an activation came to. */
export type Activation = {
  version: number;
  /** The version that was active before; null: none. */
  before: number | null;
  /** Runs that wait until somebody resumes or cancels them. */
  pausedRuns: readonly string[];
  /** Fields that a revert had put back and that are synced again. */
  releasedFields: number;
};

/** A version that is about to be applied to existing pairs: what is known of its fields and of those of the version that is active. */
export type AppliedVersion = { known: readonly { version: number; fields: NewMapping['fields'] }[] };

export type MappingLedger = {
  /** The version that all work is done under; null: none yet. */
  activeVersion(): Promise<number | null>;
  /** A version with its files; null: there is none of that number. */
  mappingVersion(version: number): Promise<MappingVersion | null>;
  /** The newest first. */
  mappingVersions(limit: number): Promise<readonly MappingVersion[]>;
  /** Null: there is no such version. */
  mappingLine(name: VersionName): Promise<MappingLine | null>;
  /** The newest first. @param below versions with a lower number alone */
  mappingLines(limit: number, below?: number): Promise<readonly MappingLine[]>;
  /** Keeps a mapping for a person to activate, under a number that its hash keeps. Nothing is done under it. */
  proposeMapping(mapping: NewMapping, by: string): Promise<number>;
  /**
   * Makes a version the active one: work under another one is refused from then on, running runs are paused (`mapping_changed`), fields that
   * a revert put back are synced again, and what the two versions map differently loses its base. The version that is active already changes
   * nothing.
   * @param applied it is applied to existing pairs: what it decides otherwise than the version before loses its base too. Absent: only later
   * changes count
   * @throws SyncError needs-human `mapping_version_unknown`
   */
  activateVersion(version: number, by: string, applied?: AppliedVersion): Promise<Activation>;
  /** Registers a mapping and activates it, as a start does. */
  startWithMapping(mapping: NewMapping, by: string): Promise<Activation>;
};
