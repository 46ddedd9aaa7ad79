import type { LedgerPort } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';

/** The ledger, with a line of the log for each cause of a batch's failures: which records, and why. Never what they hold. */
export function noteFailures(ledger: LedgerPort, log: Log): LedgerPort {
  return {
    ...ledger,
    async commit(token, mappingVersion, results, of) {
      const committed = await ledger.commit(token, mappingVersion, results, of);
      const failed = new Map<string, string[]>();
      for (const { contactId, failure } of results)
        if (failure !== null && failure !== undefined)
          failed.set(failure.code, [...(failed.get(failure.code) ?? []), contactId]);
      const { system = 'hubspot', object = 'contact' } = of ?? {};
      for (const [errorCode, recordIds] of failed)
        log.warn({ system, object, errorCode, count: recordIds.length, recordIds }, 'records could not be synced');
      return committed;
    },
  };
}
