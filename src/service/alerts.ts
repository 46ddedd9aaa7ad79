import { createWebhook } from '../alerts/webhook.ts';
import type { Config } from '../config.ts';
import { credentialFaults, livesWithinMs } from '../domain/health/limits.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import { objectsOff } from '../domain/records/kinds-off.ts';
import { toSyncError } from '../errors.ts';
import type { LedgerPort } from '../ports/ledger.ts';
import type { Log } from '../ports/log.ts';
import { watchAlerts } from '../usecases/alerts/watch-alerts.ts';
import { type WatchedSource, watchedSources } from '../usecases/catch-up/find-gap.ts';
import { watermarksOf } from '../usecases/poll-salesforce/sources.ts';
import { sweepSources } from '../usecases/sweep-records.ts';

type Watching = { config: Config; mapping: CompiledMapping };

/** Leads and Contacts stand for all of Salesforce: one call asks for all of its objects. */
export function watchedIn({ config, mapping }: Watching): readonly WatchedSource[] {
  const marks = ['Lead', 'Contact'].map((name) => watermarksOf({ name }));
  return watchedSources({
    sweeps: sweepSources(mapping),
    changes: marks.map(({ fast }) => fast),
    deletions: marks.map(({ deleted }) => deleted),
    sweepEveryMs: config.sweepMinutes * 60_000,
    pollEveryMs: config.salesforce.pollSeconds * 1_000,
  });
}

/** One round of looking what is wrong and telling people. */
export function createAlertWatch({
  config,
  mapping,
  ledger,
  log,
}: Watching & { ledger: LedgerPort; log: Log }): () => Promise<void> {
  const { alertWebhookUrl, observe, pageUrl } = config;
  let hasTried = false;
  const dependencies = {
    ledger,
    log,
    observe,
    watched: watchedIn({ config, mapping }),
    off: objectsOff(mapping),
    authCodes: credentialFaults,
    salesforceDaily: config.salesforce.dailyBudget,
    channel: alertWebhookUrl === null ? null : createWebhook({ url: alertWebhookUrl.reveal() }),
    pageUrl,
    isFirstTry() {
      const isFirst = !hasTried;
      hasTried = true;
      return isFirst;
    },
  };
  return async () => await watchAlerts(dependencies);
}

const everyMs = 60_000;

type Standing = { ledger: Pick<LedgerPort, 'hasWorkers'>; log: Log; watch(): Promise<void> };

/**
 * Where no worker lives nobody runs jobs, and it is that which must be told: a process that only answers requests looks in their place.
 * @returns what ends it
 */
export function watchWithoutWorkers({ ledger, log, watch }: Standing): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  const look = async () => {
    try {
      if (!(await ledger.hasWorkers(livesWithinMs))) await watch();
    } catch (thrown) {
      log.warn({ errorCode: toSyncError(thrown).code }, 'the ledger could not be looked at for alerts');
    }
  };
  const timer = setInterval(() => {
    running = running.then(look);
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
