import type { Finding } from '../../domain/finding.ts';
import { compareContents, compareLimits } from '../../domain/mapping-view/compare-contents.ts';
import { type MappingChange, type MappingContent, noContent } from '../../domain/mapping-view/types.ts';
import { SyncError } from '../../errors.ts';
import type { MappingLedger, MappingLine, MappingVersion, VersionName } from '../../ports/ledger-mappings.ts';

export type MappingViewDependencies = {
  /** @throws SyncError wait `starting`: it is not there yet */
  ledger(): Pick<MappingLedger, 'mappingLine' | 'mappingLines' | 'mappingVersion'>;
  /** What files say; `faults`: why no work could be done under them. Throws nothing. */
  contentOf(files: NonNullable<MappingVersion['files']>): { content: MappingContent; faults: readonly Finding[] };
};

/** Why a version is not told, or not told whole. */
type MappingProblem = {
  code: 'files_not_kept' | 'faulty_mappings';
  text: string;
  faults: readonly { text: string; file: string; line: number | null }[];
};

/** A version as people read it. `changes`: what it says otherwise than another one. */
export type MappingTold = MappingContent & {
  line: MappingLine;
  problem: MappingProblem | null;
  files: MappingVersion['files'];
  changes: { against: number; items: readonly MappingChange[] } | null;
};

type MappingList = {
  active: MappingVersion | null;
  proposed: MappingVersion | null;
  history: { items: readonly MappingLine[]; nextCursor: string | null };
};

/** Where mappings are shown. */
export type MappingViews = {
  /** @throws SyncError permanent `bad_cursor`; whatever the ledger answers */
  list(query: { limit: number; cursor?: string }): Promise<MappingList>;
  /** @throws SyncError needs-human `mapping_version_unknown`; whatever the ledger answers */
  one(name: VersionName, against?: VersionName): Promise<MappingTold>;
};

/** Shows which versions of the mapping there are, and what each of them says. */
export function createMappingViews(dependencies: MappingViewDependencies): MappingViews {
  return {
    list: async (query) => await listVersions(dependencies, query),
    one: async (name, against) => await tellOne(dependencies, name, against),
  };
}

async function listVersions(
  dependencies: MappingViewDependencies,
  { limit, cursor }: { limit: number; cursor?: string },
): Promise<MappingList> {
  const ledger = dependencies.ledger();
  const below = cursor === undefined ? undefined : readCursor(cursor);
  const [lines, active, proposed] = await Promise.all([
    ledger.mappingLines(limit + 1, below),
    withFiles(ledger, 'active'),
    withFiles(ledger, 'proposed'),
  ]);
  const items = lines.slice(0, limit);
  const last = items.at(-1);
  const nextCursor = lines.length > limit && last !== undefined ? String(last.version) : null;
  return { active, proposed, history: { items, nextCursor } };
}

async function withFiles(
  ledger: ReturnType<MappingViewDependencies['ledger']>,
  name: VersionName,
): Promise<MappingVersion | null> {
  const line = await ledger.mappingLine(name);
  return line === null ? null : await ledger.mappingVersion(line.version);
}

function readCursor(cursor: string): number {
  if (/^[1-9]\d{0,8}$/.test(cursor)) return Number(cursor);
  throw new SyncError('permanent', 'bad_cursor', 'The cursor is not one that a list of versions ended with.', {
    advice: 'Use the nextCursor of the list before, or none to begin anew.',
  });
}

type Known = Omit<MappingTold, 'changes'>;

async function tellOne(
  dependencies: MappingViewDependencies,
  name: VersionName,
  against: VersionName | undefined,
): Promise<MappingTold> {
  const told = await readKnown(dependencies, name);
  if (against === undefined) return { ...told, changes: null };
  const other = await readKnown(dependencies, against);
  // What one of them cannot tell would look like a difference.
  if (told.problem !== null || other.problem !== null) return { ...told, changes: null };
  const items = [...compareContents(other, told), ...compareLimits(other.line.limits, told.line.limits)];
  return { ...told, changes: { against: other.line.version, items } };
}

async function readKnown(dependencies: MappingViewDependencies, name: VersionName): Promise<Known> {
  const ledger = dependencies.ledger();
  const line = await ledger.mappingLine(name);
  if (line === null) throw unknownVersion(name);
  const files = (await ledger.mappingVersion(line.version))?.files ?? null;
  if (files === null) return { line, files, ...noContent, problem: notKept(line.version) };
  const { content, faults } = dependencies.contentOf(files);
  return { line, files, ...content, problem: faults.length === 0 ? null : faulty(line.version, faults) };
}

function notKept(version: number): MappingProblem {
  const text = `The files of version ${version} are not kept: it is of a time when the ledger kept none. Git has them.`;
  return { code: 'files_not_kept', text, faults: [] };
}

function faulty(version: number, findings: readonly Finding[]): MappingProblem {
  const text = `This build of Handoff cannot work under version ${version} any more. Below is what can still be read of its files.`;
  const faults = findings.map(({ what, fix, file, line }) => ({ text: `${what} ${fix}`, file, line }));
  return { code: 'faulty_mappings', text, faults };
}

function unknownVersion(name: VersionName): SyncError {
  const text =
    typeof name === 'number'
      ? `There is no version ${name} of the mapping.`
      : `No version of the mapping is ${name === 'active' ? 'active' : 'proposed at the moment'}.`;
  return new SyncError('needs-human', 'mapping_version_unknown', text, {
    advice: 'GET /api/v1/mappings tells which versions there are.',
  });
}
