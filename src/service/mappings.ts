import type { Config } from '../config.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { LedgerPort } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';
import { createOrgFacts } from '../usecases/org-facts.ts';
import { endSuperseded } from '../usecases/preview/end-superseded.ts';
import {
  createMappingDesk,
  type LoadedFiles,
  type MappingDesk,
  toNewMapping,
} from '../usecases/preview/mapping-desk.ts';
import type { Crms } from './adapters.ts';
import { runBudgetOf } from './budget.ts';
import { systemClock } from './clock.ts';
import { compileFilesOrThrow, loadFilesOrThrow, loadMappingOrThrow, MappingError } from './mapping.ts';

type Parts = { config: Config; ledger: LedgerPort; crms: Crms; log: Log };

/** The desk at which mappings are proposed, planned and activated. */
export function openMappingDesk({ config, ledger, crms, log }: Parts): MappingDesk {
  const clock = systemClock;
  return createMappingDesk({
    ledger,
    ...crms,
    clock,
    log,
    observe: config.observe,
    runBudget: runBudgetOf(config),
    factsFor(mappings) {
      const companies = mappings.some(({ company }) => company.isOn);
      const deals = mappings.some(({ deal }) => deal.isOn);
      return createOrgFacts({ ...crms, clock, kindsOn: () => ({ companies, deals }) });
    },
    load: (folder = config.mappingsDir) => loadFilesOrThrow(folder),
    compile: compileFilesOrThrow,
  });
}

/**
 * Registers what the files say and makes it the active version, as a start does. Under another one than before, whatever failed is looked at
 * again: it may have been the mapping's fault.
 * @returns the version
 */
export async function activateAtStart(ledger: LedgerPort, loaded: LoadedFiles, log: Log): Promise<number> {
  const activation = await ledger.startWithMapping(toNewMapping(loaded), 'start');
  const { version, before, pausedRuns, releasedFields } = activation;
  if (before === null || before === version) return version;
  const ended = await endSuperseded(ledger, activation, { apply: false, by: 'start' });
  const old = (await ledger.mappingVersion(before))?.files ?? {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(loaded.files)])];
  const changed = names.filter((name) => old[name] !== loaded.files[name]).map((name) => `${name}.yaml`);
  const marked = await ledger.retryFailures();
  log.info(
    { mappingVersion: version, before, changed, pausedRuns: pausedRuns.length - ended.length, releasedFields, marked },
    'the mapping has changed, contacts that failed are looked at again',
  );
  return version;
}

/**
 * The mapping that all work is done under: that of the active version, whatever the files say; as long as none is active, that of the folder.
 * @throws MappingError where either holds faults
 */
export async function loadActive(ledger: LedgerPort, folder: string): Promise<CompiledMapping> {
  const version = await ledger.activeVersion();
  const files = version === null ? null : ((await ledger.mappingVersion(version))?.files ?? null);
  return version === null || files === null ? loadMappingOrThrow(folder) : compileFilesOrThrow(files, version).mapping;
}

/** Proposes what the files say now. A faulty mapping is told by a log line for each place, and the old one stays. */
export async function proposeMapping(desk: MappingDesk, log: Log): Promise<void> {
  try {
    const version = await desk.propose('SIGHUP');
    const { active } = await desk.versions();
    if (active?.version === version) log.info({ mappingVersion: version }, 'the mapping files are the active version');
    else log.info({ mappingVersion: version }, 'a mapping is proposed: see handoff plan, then handoff activate');
  } catch (thrown) {
    if (!(thrown instanceof MappingError)) throw thrown;
    // One missing bracket is several faults of one line.
    const places = new Map(
      thrown.findings.map((finding) => [`${finding.file}:${finding.line} ${finding.code}`, finding]),
    );
    for (const { severity, code, file, line } of places.values())
      log.error(
        { severity, code, file, line },
        'a mapping file holds a fault at this line, the old mapping stays: see handoff check --offline',
      );
  }
}
