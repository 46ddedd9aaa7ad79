import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { fallbackOwner } from '../test/support/mappings.ts';
import type { QueueBackend } from '../test/support/queue-backends.ts';
import { adminToken, eventually, type Stack, startStack } from '../test/support/stack.ts';
import { type Calls, hubSpotCalls, salesforceCalls } from './calls.ts';
import { createLiveHandoffs, type LiveHandoffs, medianOf } from './live-handoff.ts';
import { postmasterPid, treeCpuSeconds, usageOf } from './process-usage.ts';

const dayMs = 86_400_000;
const latencyMs = 100;
const limitPer10s = 100;
const recordsPerSearch = 200;
/** One of so many is past the gate. */
const everyPassing = 5;
const idleHandoffs = 9;
const pollMs = 250;
const pauseBetweenHandoffsMs = 5_000;
/** Early, so that the last process works on nearly all of it and its memory says what a whole run takes. */
const killsAtShare = [0.05, 0.15];

export type BackfillResult = {
  contacts: number;
  seconds: number;
  /** Of the run, live handoffs taken off. */
  hubspot: Calls;
  salesforce: Calls;
  byPattern: Readonly<Record<string, number>>;
  tooMany: number;
  maxIn10s: number;
  kills: number;
  peakMegabytes: number;
  serviceCpuSeconds: number;
  databaseCpuSeconds: number;
  idle: { medianMs: number; slowestMs: number };
  during: { medianMs: number; slowestMs: number; rounds: number };
  faults: readonly string[];
};

type Service = Awaited<ReturnType<Stack['start']>>;

/** Lists so many contacts, a fifth of them past the gate, hands these over, and measures what that costs. */
export async function measureBackfill(
  queue: QueueBackend,
  contacts: number,
  { kills }: { kills: boolean },
): Promise<BackfillResult> {
  // Sweeps read what was changed since the service began, and these are there for long.
  let ageMs = dayMs;
  const stack = await startStack({
    queue,
    hubspot: { latencyMs, rateLimitPer10s: limitPer10s, now: () => Date.now() - ageMs },
    salesforce: { latencyMs, dailyLimit: 1_000_000, keepBodies: true },
  });
  try {
    stack.hubspot.addOwner(fallbackOwner);
    const ids = stack.hubspot.seedContacts(people(contacts));
    ageMs = 0;
    const service = await stack.start();
    const handoffs = createLiveHandoffs(stack, latencyMs);
    const idle = await measureIdle(stack, service, handoffs);
    reset(stack);
    const databasePid = postmasterPid(stack.dataDir);
    const databaseBefore = treeCpuSeconds(databasePid);
    const startedAtMs = Date.now();
    const runId = await startBackfill(service.url);
    const run = await watch({ stack, service, handoffs, runId, contacts, killsAt: kills ? [...killsAtShare] : [] });
    const seconds = (Date.now() - startedAtMs) / 1_000;
    const { tooMany, maxIn10s } = stack.hubspot.counters();
    const [hubspot, salesforce] = [hubSpotCalls(stack.hubspot), salesforceCalls(stack.salesforce)];
    return {
      contacts,
      seconds,
      hubspot: without(hubspot, idle.hubspot, run.durations.length),
      salesforce: without(salesforce, idle.salesforce, run.durations.length),
      byPattern: { ...hubspot.byPattern, ...salesforce.byPattern },
      tooMany,
      maxIn10s,
      kills: run.kills,
      peakMegabytes: run.peakMegabytes,
      serviceCpuSeconds: run.cpuSeconds,
      databaseCpuSeconds: treeCpuSeconds(databasePid) - databaseBefore,
      idle: medianOf(idle.durations),
      during: { ...medianOf(run.durations), rounds: run.durations.length },
      faults: [...(run.state === 'ended' ? [] : [`the run is ${run.state}`]), ...faultsOf(stack, ids, handoffs.ids)],
    };
  } finally {
    await stack.close();
  }
}

function reset({ hubspot, salesforce }: Stack): void {
  hubspot.resetCounters();
  salesforce.resetRequests();
}

/** How long a handoff takes while nothing else is done, and which calls it makes. The first one learns what a running service knows. */
async function measureIdle(stack: Stack, service: Service, handoffs: LiveHandoffs) {
  await handoffs.once(service.url);
  reset(stack);
  const durations: number[] = [];
  for (let round = 1; round < idleHandoffs; round += 1) durations.push(await handoffs.once(service.url));
  const each = ({ reads, writes }: Calls) => ({ reads: reads / durations.length, writes: writes / durations.length });
  return { durations, hubspot: each(hubSpotCalls(stack.hubspot)), salesforce: each(salesforceCalls(stack.salesforce)) };
}

function without({ reads, writes }: Calls, each: Calls, rounds: number): Calls {
  return { reads: Math.max(0, reads - each.reads * rounds), writes: Math.max(0, writes - each.writes * rounds) };
}

const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
const begun = z.object({ id: z.string() });
const report = z.object({ state: z.string(), stoppedReason: z.string().nullable() });

async function startBackfill(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/backfills`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ object: 'contacts' }),
  });
  if (!answer.ok) throw new Error(`the backfill was answered ${answer.status}: ${await answer.text()}`);
  return begun.parse(await answer.json()).id;
}

/** A service that has just been started may not answer yet. */
async function stateOf(url: string, runId: string): Promise<string> {
  let state = '';
  await eventually('the run is answered', async () => {
    const answer = await fetch(`${url}/api/v1/runs/${runId}`, { headers });
    if (!answer.ok) return false;
    const { state: present, stoppedReason } = report.parse(await answer.json());
    state = stoppedReason === null ? present : `${present}: ${stoppedReason}`;
    return true;
  });
  return state;
}

type Watched = {
  stack: Stack;
  service: Service;
  handoffs: LiveHandoffs;
  runId: string;
  contacts: number;
  killsAt: number[];
};

/** Kills and starts the service on the way, and hands single contacts over between. */
async function watch({ stack, service: first, handoffs, runId, contacts, killsAt }: Watched) {
  let service = first;
  const durations: number[] = [];
  const seen = { kills: 0, peakMegabytes: 0, cpuSeconds: 0 };
  const look = () => {
    const { peakMegabytes, cpuSeconds } = usageOf(service.pid);
    seen.peakMegabytes = Math.max(seen.peakMegabytes, peakMegabytes);
    return cpuSeconds;
  };
  const cpuBefore = look();
  let nextHandoffMs = 0;
  const share = () => (stack.hubspot.counters().byFamily.search * recordsPerSearch) / contacts;
  for (;;) {
    const state = await stateOf(service.url, runId);
    if (state !== 'running') {
      return { ...seen, cpuSeconds: seen.cpuSeconds + look() - cpuBefore, durations, state };
    }
    const killAt = killsAt[0];
    if (killAt !== undefined && share() >= killAt) {
      killsAt.shift();
      seen.cpuSeconds += look();
      seen.kills += 1;
      await service.kill();
      service = await stack.start();
    } else if (Date.now() >= nextHandoffMs) {
      durations.push(await handoffs.once(service.url));
      nextHandoffMs = Date.now() + pauseBetweenHandoffsMs;
    }
    look();
    await sleep(pollMs);
  }
}

/** Who is not in Salesforce and should be, who is there twice, who should not be. Counts only. */
function faultsOf({ salesforce }: Stack, ids: readonly string[], live: readonly string[]): string[] {
  const expected = new Set([...ids.filter((_, place) => place % everyPassing === 0), ...live]);
  const found = new Map<string, number>();
  for (const { HubSpot_Contact_Id__c: id } of salesforce.all('Lead')) {
    found.set(String(id), (found.get(String(id)) ?? 0) + 1);
  }
  const counts = {
    'missing in Salesforce': [...expected].filter((id) => !found.has(id)).length,
    'more than once in Salesforce': [...found.values()].filter((count) => count > 1).length,
    'below the gate and in Salesforce': [...found.keys()].filter((id) => !expected.has(id)).length,
  };
  return Object.entries(counts).flatMap(([what, count]) => (count === 0 ? [] : [`${count} ${what}`]));
}

function* people(count: number): Generator<Record<string, string>> {
  for (let number = 0; number < count; number += 1) {
    yield {
      email: `person${number}@company${number % 997}.example`,
      firstname: `First${number}`,
      lastname: `Last${number}`,
      company: `Company ${number % 997}`,
      jobtitle: 'Buyer',
      phone: `+49 30 ${100_000 + number}`,
      city: 'Berlin',
      country: 'Germany',
      zip: '10115',
      lifecyclestage: number % everyPassing === 0 ? 'salesqualifiedlead' : 'lead',
    };
  }
}
