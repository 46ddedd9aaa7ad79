import type { Finding } from '../../domain/finding.ts';
import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { SyncError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SchemaChange, SchemaLedger } from '../../ports/ledger-schemas.ts';
import { type CheckPorts, lookAtBoth } from '../check-crms.ts';
import type { CallSettings } from './compare-limits.ts';
import { compareArrivals } from './compare-webhooks.ts';
import { changesSince } from './schema-changes.ts';

export type CheckDependencies = {
  ports: CheckPorts;
  ledger: SchemaLedger;
  mapping: CompiledMapping;
  settings: CallSettings;
  clock: Pick<Clock, 'now'>;
};

/** `fault`: one of the CRMs could not be asked, so that nothing is known. `fresh`: changes that nobody was told of yet. */
export type CheckReport = {
  findings: readonly Finding[];
  fresh: readonly SchemaChange[];
  fault: SyncError | null;
};

/**
 * Everything that is wrong between the mapping and both CRMs, and what has changed there since the last check.
 * @param keep whether this look is the one that the next one is compared with; a person who only looks changes nothing
 * @throws SyncError when the ledger does not answer
 */
export async function runCheck(
  { ports, ledger, mapping, settings, clock }: CheckDependencies,
  { keep, knowsEvents }: { keep: boolean; knowsEvents: boolean },
): Promise<CheckReport> {
  const { findings: found, live, fault } = await lookAtBoth(ports, mapping, settings);
  const last = await ledger.lastCheck();
  const arrivals = knowsEvents ? compareArrivals(await ledger.eventArrivals(), mapping, clock.now()) : [];
  if (live === null)
    return { findings: [...found, ...arrivals, ...(last?.changes.map(toFinding) ?? [])], fresh: [], fault };
  const { snapshot, changes, fresh } = changesSince(last, live, mapping, clock.now());
  const findings = [...found, ...arrivals, ...changes.map(toFinding)];
  if (keep) {
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    await ledger.storeCheck({ snapshot, changes, errors, warnings: findings.length - errors });
  }
  return { findings, fresh, fault };
}

/** A change as any other finding, with the day on which it was seen. */
function toFinding({ atMs, ...change }: SchemaChange): Finding {
  return { ...change, what: `${change.what} Seen on ${new Date(atMs).toISOString().slice(0, 10)}.` };
}
