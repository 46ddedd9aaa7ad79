import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { SyncError, toSyncError } from '../../errors.ts';
import type { HubSpotType } from '../../ports/hubspot.ts';
import type { LedgerPort } from '../../ports/ledger.ts';
import type { Activation, AppliedVersion, MappingVersion, NewMapping } from '../../ports/ledger-mappings.ts';
import { fieldPairs } from '../field-pairs.ts';
import type { RunBudget } from '../runs/calls-left.ts';
import type { RunDependencies } from '../runs/run-handler.ts';
import { startApply } from './apply-mapping.ts';
import type { PlanChange } from './compare-previews.ts';
import { endSuperseded } from './end-superseded.ts';
import { type MappingPlan, planMapping } from './plan-mapping.ts';
import { previewRecords } from './preview-records.ts';

/** A mapping that holds no fault, with its files. */
export type LoadedFiles = { mapping: CompiledMapping; files: NewMapping['files'] };

/** What a desk for mappings works with. */
export type MappingDeskDependencies = Omit<RunDependencies, 'facts' | 'mapping' | 'mappingVersion' | 'preview'> & {
  ledger: LedgerPort;
  runBudget: RunBudget;
  /** Facts that serve these mappings. */
  factsFor(mappings: readonly CompiledMapping[]): RunDependencies['facts'];
  /** The files of a folder; absent: MAPPINGS_DIR. @throws SyncError needs-human `faulty_mappings` */
  load(folder?: string): LoadedFiles;
  /** Files that the ledger kept. @throws SyncError needs-human `faulty_mappings` */
  compile(files: NewMapping['files'], version: number): LoadedFiles;
};

/**
 * What is planned. `folder` (null: MAPPINGS_DIR) or `version`: the proposed mapping; neither: the version that was proposed last, else what
 * MAPPINGS_DIR says.
 */
export type WantedPlan = {
  folder?: string | null;
  version?: number;
  types?: readonly HubSpotType[];
  sample?: number;
  sinceMs?: number;
};

type Side = { version: number | null; hash: string };
export type PlanReport = MappingPlan & {
  active: Side;
  proposed: Side;
  /** Both are the same mapping. */
  isSame: boolean;
  sinceMs: number | null;
};

export type ActivationReport = Activation & {
  /** Runs that were ended instead of paused, as they were about the version before: comparisons, and what applied an older one. */
  endedRuns: readonly string[];
  /** Records that had failed and are looked at again. */
  marked: number;
  /** The run that applies it to existing pairs; null: nobody asked for it. */
  runId: string | null;
};

/** Where mappings are proposed, planned and activated. */
export type MappingDesk = {
  plan(wanted: WantedPlan, onChange?: (change: PlanChange) => void): Promise<PlanReport>;
  /** The active version and the one that was proposed; null: there is none. */
  versions(): Promise<{ active: MappingVersion | null; proposed: MappingVersion | null }>;
  propose(by: string): Promise<number>;
  /** @param version absent: the proposed one. @throws SyncError needs-human `mapping_version_unknown` | `mapping_not_proposed` | `faulty_mappings` */
  activate(wanted: { version?: number; apply: boolean }, by: string): Promise<ActivationReport>;
};

/** Joins what it takes to change a mapping under work that goes on. */
export function createMappingDesk(dependencies: MappingDeskDependencies): MappingDesk {
  return {
    plan: async (wanted, onChange) => await plan(dependencies, wanted, onChange),
    versions: async () => await readVersions(dependencies),
    propose: async (by) => await dependencies.ledger.proposeMapping(toNewMapping(dependencies.load()), by),
    activate: async (wanted, by) => await activate(dependencies, wanted, by),
  };
}

/** A mapping as the ledger registers it. */
export function toNewMapping({ mapping, files }: LoadedFiles): NewMapping {
  return { hash: mapping.hash, limits: mapping.limits, fields: fieldPairs(mapping), files };
}

async function readVersions({ ledger }: MappingDeskDependencies) {
  const versions = await ledger.mappingVersions(100);
  return {
    active: versions.find(({ isActive }) => isActive) ?? null,
    proposed: versions.find(({ isProposed }) => isProposed) ?? null,
  };
}

async function plan(
  dependencies: MappingDeskDependencies,
  { folder, version, types, sample, sinceMs }: WantedPlan,
  onChange?: (change: PlanChange) => void,
): Promise<PlanReport> {
  const { active: known, proposed: waiting } = await readVersions(dependencies);
  // One of a time when files were not kept: the folder is all there is.
  const active = known?.files == null ? dependencies.load() : dependencies.compile(known.files, known.version);
  const proposed = await loadProposed(dependencies, {
    folder,
    version: version ?? (folder === undefined ? waiting?.version : undefined),
  });
  const facts = dependencies.factsFor([active.mapping, proposed.mapping]);
  const question = {
    active: active.mapping,
    proposed: proposed.mapping,
    types: types ?? typesOf([active.mapping, proposed.mapping]),
  };
  const { hash } = proposed.mapping;
  const registered = (await dependencies.ledger.mappingVersions(100)).find((one) => one.hash === hash);
  const sides = {
    active: { version: known?.version ?? null, hash: active.mapping.hash },
    proposed: { version: registered?.version ?? null, hash },
    isSame: active.mapping.hash === hash,
    sinceMs: sinceMs ?? null,
  };
  const asked = {
    ...question,
    objects: question.types,
    ...(sample === undefined ? {} : { sample }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
  return { ...sides, ...(await planMapping({ ...dependencies, facts }, asked, onChange)) };
}

async function loadProposed(
  dependencies: MappingDeskDependencies,
  { folder, version }: { folder: string | null | undefined; version: number | undefined },
): Promise<LoadedFiles> {
  return version === undefined ? dependencies.load(folder ?? undefined) : await loadVersion(dependencies, version);
}

/** @throws SyncError needs-human `mapping_version_unknown` | `faulty_mappings` */
async function loadVersion({ ledger, compile }: MappingDeskDependencies, version: number): Promise<LoadedFiles> {
  const known = await ledger.mappingVersion(version);
  if (known?.files != null) return compile(known.files, version);
  throw new SyncError(
    'needs-human',
    'mapping_version_unknown',
    `The ledger has no files of mapping version ${version}.`,
    {
      advice: 'handoff plan and GET /api/v1/mappings tell which versions there are.',
    },
  );
}

function typesOf(mappings: readonly CompiledMapping[]): readonly HubSpotType[] {
  const companies = mappings.some(({ company }) => company.isOn);
  const deals = mappings.some(({ deal }) => deal.isOn);
  return ['contacts', ...(companies ? (['companies'] as const) : []), ...(deals ? (['deals'] as const) : [])];
}

async function activate(
  dependencies: MappingDeskDependencies,
  { version, apply }: { version?: number; apply: boolean },
  by: string,
): Promise<ActivationReport> {
  const { ledger } = dependencies;
  const wanted = version ?? (await readVersions(dependencies)).proposed?.version;
  if (wanted === undefined) throw notProposed();
  // What this build cannot work under is not activated by it.
  const { mapping } = await loadVersion(dependencies, wanted);
  const applied = apply ? await knownFields(dependencies, { version: wanted, mapping }) : undefined;
  const activation = await ledger.activateVersion(wanted, by, applied);
  const isOther = activation.before !== null && activation.before !== activation.version;
  const endedRuns = await endSuperseded(ledger, activation, { apply, by });
  const pausedRuns = activation.pausedRuns.filter((id) => !endedRuns.includes(id));
  const marked = isOther ? await ledger.retryFailures() : 0;
  const runId = apply ? await startApply(runDependencies(dependencies, mapping, wanted), by) : null;
  return { ...activation, pausedRuns, endedRuns, marked, runId };
}

/** The fields of the wanted version and of the active one, compiled by the same build: so a plan compares them too. */
async function knownFields(
  { ledger, compile }: MappingDeskDependencies,
  { version, mapping }: { version: number; mapping: CompiledMapping },
): Promise<AppliedVersion> {
  const wanted = { version, fields: fieldPairs(mapping) };
  const active = await ledger.activeVersion();
  const files = active === null || active === version ? null : (await ledger.mappingVersion(active))?.files;
  if (active === null || files == null) return { known: [wanted] };
  try {
    return { known: [wanted, { version: active, fields: fieldPairs(compile(files, active).mapping) }] };
  } catch (thrown) {
    // This build cannot work under it any more: what was stored of it decides.
    if (toSyncError(thrown).code !== 'faulty_mappings') throw thrown;
    return { known: [wanted] };
  }
}

function runDependencies(dependencies: MappingDeskDependencies, mapping: CompiledMapping, mappingVersion: number) {
  const facts = dependencies.factsFor([mapping]);
  const given = { ...dependencies, facts, mapping, mappingVersion };
  const preview: RunDependencies['preview'] = async (object, ids, spend) =>
    await previewRecords(given, object, ids, spend);
  return { ...given, preview };
}

function notProposed(): SyncError {
  const advice = 'Change the files and send SIGHUP to the service, or name a version: handoff activate <version>.';
  return new SyncError('needs-human', 'mapping_not_proposed', 'No mapping waits to be activated.', { advice });
}
