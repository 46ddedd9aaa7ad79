import type { QueueBackend } from '../test/support/queue-backends.ts';
import { type BackfillResult, measureBackfill } from './backfill.ts';

const aims = { hubspot: 12, salesforce: 8, memory: 1.3, live: 2 };

function judge(value: number, aim: number): string {
  return `(aim ${aim})${value <= aim ? '' : ': missed'}`;
}

/**
 * Runs a backfill of a tenth of the contacts and one of all of them, the second one killed twice, and prints what they cost and how memory grows.
 * @param print receives one line
 */
export async function printBackfill(
  queue: QueueBackend,
  contacts: number,
  print: (line: string) => void,
): Promise<void> {
  const few = Math.ceil(contacts / 10);
  print(`\nqueue on ${queue.name}: a backfill of ${few}, then of ${contacts} contacts; a fifth is past the gate`);
  const small = await measureBackfill(queue, few, { kills: false });
  printRun(small, print);
  const large = await measureBackfill(queue, contacts, { kills: true });
  printRun(large, print);
  const grown = large.peakMegabytes / small.peakMegabytes;
  print(`\n  memory of ${contacts} over that of ${few}      ${grown.toFixed(2)}   ${judge(grown, aims.memory)}`);
}

function printRun(run: BackfillResult, print: (line: string) => void): void {
  const per1000 = (calls: number) => (calls / run.contacts) * 1_000;
  const [hubspot, salesforce] = [per1000(run.hubspot.reads), per1000(run.salesforce.reads)];
  const slower = run.during.medianMs / run.idle.medianMs;
  const ms = (value: number) => value.toFixed(0);
  print(
    `\n  ${run.contacts} contacts, killed ${run.kills} times: ${run.faults.length === 0 ? 'right' : run.faults.join(', ')}`,
  );
  print(`  HubSpot reads per 1,000 records      ${hubspot.toFixed(2)}   ${judge(hubspot, aims.hubspot)}`);
  print(`  Salesforce reads per 1,000 records   ${salesforce.toFixed(2)}   ${judge(salesforce, aims.salesforce)}`);
  print(
    `  writes per 1,000 records             HubSpot ${per1000(run.hubspot.writes).toFixed(2)}, Salesforce ${per1000(run.salesforce.writes).toFixed(2)}`,
  );
  print(`  answers 429, most in any 10 s        ${run.tooMany} (0), ${run.maxIn10s} (at most 100)`);
  print(
    `  time                                 ${run.seconds.toFixed(1)} s, ${(run.contacts / run.seconds).toFixed(0)} records a second`,
  );
  print(
    `  CPU of the service / the database    ${run.serviceCpuSeconds.toFixed(1)} s / ${run.databaseCpuSeconds.toFixed(1)} s`,
  );
  print(`  peak memory of the service           ${run.peakMegabytes.toFixed(0)} MB`);
  print(
    `  a live handoff, idle / meanwhile     ${ms(run.idle.medianMs)} ms / ${ms(run.during.medianMs)} ms (slowest ${ms(run.during.slowestMs)} ms of ${run.during.rounds}): ${slower.toFixed(2)} times   ${judge(slower, aims.live)}`,
  );
  for (const [pattern, count] of Object.entries(run.byPattern)) print(`    ${String(count).padStart(7)}  ${pattern}`);
}
