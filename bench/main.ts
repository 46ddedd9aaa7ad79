import { hasRedisServer, startOwnRedis } from '../test/support/own-redis.ts';
import type { QueueBackend } from '../test/support/queue-backends.ts';
import { printBulk } from './bulk.ts';
import { measureDeals } from './deals.ts';
import { printFirstView } from './first-view.ts';
import { measureHandoff } from './handoff.ts';
import { measureLatency } from './latency.ts';
import { printBackfill } from './print-backfill.ts';
import { measureWayBack } from './way-back.ts';

/**
 * `npm run bench [-- contacts]`: both local CRMs with 100 ms latency and a real limit of 100 calls per 10 s; prints ratios. On the
 * embedded default, and on Redis where the machine has one. `npm run bench -- backfill [contacts]`: a backfill alone, on the embedded default.
 * `npm run bench -- bulk`: the adapter of Salesforce alone, jobs of Bulk API 2.0 against ordinary calls. `npm run bench -- first-view`: the first
 * view of the admin page on a large ledger.
 */
const isBackfill = process.argv[2] === 'backfill';
const contacts = Number(process.argv[isBackfill ? 3 : 2] ?? (isBackfill ? 100_000 : 20_000));
const print = (line: string) => process.stdout.write(`${line}\n`);

if (process.argv[2] === 'bulk') {
  await printBulk(print);
  process.exit();
}

if (process.argv[2] === 'first-view') {
  await printFirstView(print);
  process.exit();
}

if (isBackfill) {
  await printBackfill({ name: 'postgresql', env: {} }, contacts, print);
  process.exit();
}

const redis = hasRedisServer() ? await startOwnRedis() : null;
const queues: QueueBackend[] = [{ name: 'postgresql', env: {} }];
if (redis === null) print('left out: the queue on Redis, no redis-server on this machine');
else queues.push({ name: 'redis', env: { REDIS_URL: redis.url } });

for (const queue of queues) {
  print(`\nqueue on ${queue.name}: ${contacts} contacts pass the gate`);
  const run = await measureHandoff(queue, contacts);
  print(`  HubSpot calls per 1,000 contacts     ${run.hubspotCallsPer1000.toFixed(2)}   (at most 22; floor 20)`);
  print(`  Salesforce calls per 1,000 contacts  ${run.salesforceCallsPer1000.toFixed(2)}   (at most 12; floor 10)`);
  print(`  answers 429                          ${run.tooMany}   (0)`);
  print(`  most HubSpot calls in any 10 s       ${run.maxIn10s}   (at most 100)`);
  print(
    `  share of the rate limit used         ${run.shareOfLimit.toFixed(3)}   (at least 0.9, first window left out)`,
  );
  print(
    `  time                                 ${run.seconds.toFixed(1)} s, ${((run.contacts / run.seconds) * 60).toFixed(0)} contacts per minute`,
  );
  print(
    `  CPU of the service / the database    ${run.serviceCpuSeconds.toFixed(1)} s / ${run.databaseCpuSeconds.toFixed(1)} s`,
  );
  print(`  peak memory of the service           ${run.peakMegabytes.toFixed(0)} MB`);

  const { medianMs, slowestMs, multiple } = await measureLatency(queue);
  print(
    `  webhook to Salesforce, idle system   ${medianMs.toFixed(0)} ms (slowest ${slowestMs.toFixed(0)} ms): ${multiple.toFixed(2)} times its calls   (at most 1.5)`,
  );

  const back = await measureWayBack(queue, Math.ceil(contacts / 4));
  const callsPer1000 = back.hubspotCallsPer1000 + back.salesforceCallsPer1000;
  print(`  ${back.persons} persons change in Salesforce`);
  print(`  Salesforce calls per hour, idle      ${back.idleCallsPerHour.toFixed(0)}   (a poll every 30 s: 120)`);
  print(
    `  calls per 1,000 changed persons      ${callsPer1000.toFixed(2)}   (at most 24): HubSpot ${back.hubspotCallsPer1000.toFixed(2)}, Salesforce ${back.salesforceCallsPer1000.toFixed(2)}, in ${back.seconds.toFixed(1)} s, ${back.tooMany} answers 429`,
  );
  const contested = back.conflictHubspotCallsPer1000 + back.conflictSalesforceCallsPer1000;
  print(
    `  the same, changed on both sides      ${contested.toFixed(2)}   (aim 34; contacts are read first, 10, and then their histories, 20): HubSpot ${back.conflictHubspotCallsPer1000.toFixed(2)}, Salesforce ${back.conflictSalesforceCallsPer1000.toFixed(2)}`,
  );
  print(
    `  from Salesforce to HubSpot           ${back.medianOfInterval.toFixed(2)} poll intervals (slowest ${back.slowestOfInterval.toFixed(2)})`,
  );

  const sold = await measureDeals(queue, Math.ceil(contacts / 20));
  print(`  ${sold.deals} deals, each with a company and a contact role`);
  print(
    `  calls per 1,000 deals to Salesforce  ${sold.there.toFixed(1)}   (at most 45), in ${sold.seconds.there.toFixed(1)} s`,
  );
  print(
    `  the same, Opportunities to HubSpot   ${sold.back.toFixed(1)}   (at most 45), in ${sold.seconds.back.toFixed(1)} s`,
  );
  print(
    `  amounts changed in HubSpot           ${sold.changedInHubSpot.toFixed(1)}, in Salesforce ${sold.changedInSalesforce.toFixed(1)}; ${sold.tooMany} answers 429`,
  );
}
await redis?.stop();
