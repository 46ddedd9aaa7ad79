import { createInterface } from 'node:readline/promises';
import type { RunDeps, RunSession } from '../cli/run-session.ts';
import type { Config } from '../config.ts';
import { livesWithinMs } from '../domain/health/limits.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { SyncError } from '../errors.ts';
import type { ServiceLog } from '../log.ts';
import type { LedgerPort } from '../ports/ledger.ts';
import { fieldPairs } from '../usecases/field-pairs.ts';
import { createCrms } from './adapters.ts';
import { createCommandBudget } from './budget.ts';
import { createCore } from './core.ts';
import type { Database } from './database.ts';
import { bindIdentity } from './identity.ts';
import { loadMappingOrThrow } from './mapping.ts';
import { workInProcess } from './work-in-process.ts';

type Opened = { database: Database; ledger: LedgerPort; log: ServiceLog };

/**
 * What a command about runs works with: the CRMs that the ledger belongs to, and the active mapping.
 * @throws SyncError needs-human `other_portal` | `other_org` | `demo_ledger` | `mapping_not_active`; where a CRM does not answer
 */
export async function openRunSession(config: Config, { database, ledger, log }: Opened): Promise<RunSession> {
  const mapping = loadMappingOrThrow(config.mappingsDir);
  const budget = await createCommandBudget(config, database.pool);
  const crms = createCrms(config, budget, log);
  const unasked = { ok: false, detail: 'not asked yet' };
  await bindIdentity(crms, ledger, { demo: false, checks: { hubspot: unasked, salesforce: { ...unasked } } });
  const mappingVersion = await activeVersionOf(ledger, mapping);
  const core = createCore({
    config,
    ledger,
    budget,
    crms,
    mapping,
    mappingVersion,
    log,
    maintain: async () => undefined,
  });
  return {
    runs: core.runs,
    actions: ledger,
    hasWorkers: async () => await ledger.hasWorkers(livesWithinMs),
    work: async (runId, signal, onProgress) => await workInProcess(core, runId, signal, onProgress),
  };
}

/** In a ledger that nobody has worked with the mapping becomes the active one, as at the first start of the service. */
async function activeVersionOf(ledger: LedgerPort, mapping: CompiledMapping): Promise<number> {
  const active = await ledger.activeVersion();
  if (active === null) return await ledger.activateMapping(mapping.hash, mapping.limits, fieldPairs(mapping));
  const version = await ledger.mappingVersion(active);
  if (version?.hash === mapping.hash) return active;
  throw new SyncError(
    'needs-human',
    'mapping_not_active',
    `The mapping files here are not version ${active}, which is active.`,
    {
      advice:
        'See what the change would do (handoff plan), then activate it, or restart the service; or name the folder of the active files in MAPPINGS_DIR.',
    },
  );
}

/** Asks at the terminal; null where nobody sits at one. */
export function createConfirm(): RunDeps['confirm'] {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null;
  return async (question) => {
    const asked = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return /^y(?:es)?$/i.test((await asked.question(question)).trim());
    } finally {
      asked.close();
    }
  };
}
