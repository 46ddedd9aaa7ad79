import type { Config } from '../config.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { SyncError } from '../errors.ts';
import type { Spend } from '../ports/budget.ts';
import type { LedgerPort } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';
import type { JobApp } from '../queue/define-job.ts';
import type { DrainDependencies, OrgFacts } from '../usecases/drain/dependencies.ts';
import { drainContacts } from '../usecases/drain/drain-contacts.ts';
import { type Explanation, explainContact } from '../usecases/explain-contact.ts';
import { createOrgFacts } from '../usecases/org-facts.ts';
import { sweepContacts } from '../usecases/sweep-contacts.ts';
import type { Crms } from './adapters.ts';
import { systemClock } from './clock.ts';

export type CoreParts = {
  config: Config;
  ledger: LedgerPort;
  budget: DrainDependencies['budget'];
  crms: Crms;
  mapping: CompiledMapping;
  mappingVersion: number;
  log: Log;
  /** Makes partitions and drops what is older than its retention. */
  maintain(): Promise<void>;
};

/** The use cases, joined with what they need. */
export type Core = JobApp & { explain(idOrEmail: string): Promise<Explanation> };

/** Joins the use cases with the adapters. */
export function createCore(parts: CoreParts): Core {
  const { config, ledger, crms, mapping, mappingVersion, log, maintain } = parts;
  const clock = systemClock;
  const facts: (spend: Spend) => Promise<OrgFacts> = createOrgFacts({ ...crms, clock });
  const drain: DrainDependencies = {
    ledger,
    ...crms,
    budget: parts.budget,
    facts,
    clock,
    log,
    mapping,
    mappingVersion,
    observe: config.observe,
  };
  return {
    async drainContacts(stop, onFull) {
      try {
        return await drainContacts(drain, stop, onFull);
      } catch (thrown) {
        if (!(thrown instanceof SyncError) || thrown.code !== 'mapping_changed') throw thrown;
        log.error({ mappingVersion }, 'another mapping version is active, start this process anew to work under it');
        return { worked: 0, nextInMs: null };
      }
    },
    async sweepContacts(stop) {
      try {
        const { read, marked } = await sweepContacts({ ledger, hubspot: crms.hubspot, clock }, stop);
        log.info({ read, marked }, 'sweep ended');
      } catch (thrown) {
        // A CRM that is away or at its limit is no fault of the job: the watermark stands, the next sweep reads from there.
        if (!(thrown instanceof SyncError) || thrown.code.startsWith('ledger_')) throw thrown;
        log.warn({ errorCode: thrown.code }, 'sweep put off to the next time');
      }
    },
    dueContacts: async () => await ledger.due('hubspot', 'contact'),
    maintainLedger: maintain,
    explain: async (idOrEmail) =>
      await explainContact({ ...crms, ledger, mapping, clock, facts, observe: config.observe }, idOrEmail),
  };
}
