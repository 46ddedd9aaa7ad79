import { afterEach, describe, expect, it } from 'vitest';
import { createDealCrowd, type DealCrowd, dealCrowdMappings, living, zoneFor } from '../support/deals-crowd.ts';
import {
  arriveCompany,
  arriveContact,
  arriveDeal,
  arriveOpportunity,
  convert,
} from '../support/deals-crowd-arrivals.ts';
import { belowTheGate, doubles, lostPairs, madeWithoutIntent, unbornDeals } from '../support/deals-crowd-audit.ts';
import { auditDealEdits } from '../support/deals-crowd-edits.ts';
import { type LedgerWord, readLedger } from '../support/deals-crowd-ledger.ts';
import { sell } from '../support/deals-crowd-people.ts';
import { auditValues } from '../support/deals-crowd-values.ts';
import { fallbackOwner } from '../support/mappings.ts';
import { queueBackends, scaled } from '../support/queue-backends.ts';
import { createRandom } from '../support/random.ts';
import { adminToken, eventually, type Stack, startStack } from '../support/stack.ts';

const size = { companies: scaled(200), contacts: scaled(600), deals: scaled(400), edits: scaled(1_500) };
const kills = process.env.HANDOFF_TEST_FULL === '1' ? 6 : 2;
const seed = Number(process.env.HANDOFF_TEST_SEED ?? 4);
const pollSeconds = 5;
/** How long after a human's edit our write may still come that was decided before it. */
const raceMs = 2_000;

/** Shares: of all edits that must have been held against the CRMs, and may be excused by a race; of fields that may differ with a reason. */
const least = { checked: 0.1, excusedShare: 0.02, differing: 0.15 };

let stack: Stack | undefined;
afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

async function isIdle({ env }: Stack): Promise<boolean> {
  const answer = await fetch(`${env.PUBLIC_URL}/api/v1/status`, { headers: { authorization: `Bearer ${adminToken}` } });
  const { pending }: { pending: { due: number; leased: number } } = JSON.parse(await answer.text());
  return pending.due + pending.leased === 0;
}

/** Writes of ours that reached a CRM: what a loop would add to for ever. */
function ourWrites({ hubspot, salesforce }: Stack): number {
  const toHubSpot = hubspot.requests.filter(({ path }) => /\/batch\/(?!read)/.test(path)).length;
  const isWrite = ({ body = '', path }: { body?: string; path: string }) =>
    path.includes('/composite/sobjects') || body.includes('/composite/sobjects');
  return toHubSpot + salesforce.requests.filter(isWrite).length;
}

/** What is put off further than this has been tried too often: the audit tells it. */
const soonMs = 15_000;
/**
 * A write whose answer a SIGKILL has cut off is open until no vendor can still carry it out. One that is due all the same was in the hands of
 * who was killed, and is looked at once that lease has run out.
 */
const isUnfinished = ({ code, inMs }: LedgerWord['waiting'][number]) => code !== 'answer_lost' || inMs < soonMs;

/** Nothing is due, and a whole round of polling adds no write. */
async function settled(running: Stack): Promise<void> {
  let [writes, since] = [-1, Date.now()];
  await eventually(
    'both CRMs and the service have come to rest',
    async () => {
      await running.hubspot.flushWebhooks();
      const now = ourWrites(running);
      const idle = await isIdle(running);
      if (now !== writes || !idle) [writes, since] = [now, Date.now()];
      if (Date.now() - since < 1.5 * pollSeconds * 1_000) return false;
      const waiting = (await readLedger(running.dataDir)).waiting.filter(isUnfinished);
      if (waiting.some(({ inMs }) => inMs < soonMs)) since = Date.now();
      return Date.now() - since >= 1.5 * pollSeconds * 1_000;
    },
    300_000,
  );
}

/** All that people see in both CRMs, record by record. */
function everything(crowd: DealCrowd): string[] {
  const { hubspot, salesforce } = crowd;
  const objects = ['Lead', 'Contact', 'Account', 'Opportunity', 'OpportunityContactRole'];
  const inSalesforce = objects.flatMap((object) => salesforce.all(object)).map(({ SystemModstamp, ...rest }) => rest);
  const inHubSpot = (['contacts', 'companies', 'deals'] as const).flatMap((kind) => hubspot.records(kind));
  const people = living(crowd, 'deals').map((id) => [id, hubspot.getAssociations({ type: 'deals', id }, 'contacts')]);
  return [...inSalesforce, ...inHubSpot, ...people].map((each) => JSON.stringify(each));
}

describe.each(queueBackends())('people who sell, on both sides (queue on $name)', (queue) => {
  it(`${size.deals} deals, ${size.edits} random edits and ${kills} SIGKILLs end with both CRMs in agreement (seed ${seed})`, async () => {
    const timeZone = zoneFor(seed);
    stack = await startStack({
      queue,
      hubspot: {
        rateLimitPer10s: 1_000,
        webhookRetryDelaysMs: Array.from({ length: 60 }, () => 500),
        timeZone,
        companyCurrency: 'EUR',
        currencies: ['EUR', 'USD', 'GBP'],
      },
      salesforce: { keepBodies: true },
      mappings: dealCrowdMappings,
      env: { HUBSPOT_RATE_PER_10S: '1000', SALESFORCE_POLL_SECONDS: String(pollSeconds) },
    });
    const running = stack;
    stack.hubspot.addOwner(fallbackOwner);
    const crowd = createDealCrowd(stack, createRandom(seed), timeZone);
    const lines: string[] = [];
    let service = await stack.start();
    const times = (count: number, act: (at: number) => unknown) => Array.from({ length: count }, (_, at) => act(at));
    times(size.companies, () => arriveCompany(crowd));
    times(size.contacts, (at) => arriveContact(crowd, at % 5 < 3 ? 'salesqualifiedlead' : 'lead'));
    times(size.deals / 2, () => arriveDeal(crowd));
    await eventually('the first deals are there', () => stack !== undefined && isArrived(crowd), 120_000);
    times(size.contacts / 4, () => convert(crowd));
    times(size.deals / 2, () => arriveOpportunity(crowd));

    for (let round = 0; round < kills; round++) {
      for (let count = 0; count < size.edits / kills; count++) {
        sell(crowd);
        if (count % 5 === 0) await new Promise((done) => setTimeout(done, 20));
      }
      await service.kill();
      lines.push(...service.lines);
      service = await stack.start();
    }
    await settled(running);

    const ledger = await readLedger(stack.dataDir);
    const values = auditValues(crowd, ledger);
    expect.soft(doubles(crowd), 'one each').toEqual([]);
    expect.soft(ledger.createdTwice, 'nothing is created twice for one pair').toEqual([]);
    expect.soft(madeWithoutIntent(crowd, ledger), 'nothing is created without an intent').toEqual([]);
    expect.soft(lostPairs(crowd, ledger), 'no pair is lost').toEqual([]);
    expect.soft(unbornDeals(crowd, ledger), 'what belongs to linked ones is a deal').toEqual([]);
    expect.soft(belowTheGate(crowd), 'nobody below the gate').toEqual([]);
    expect.soft(ledger.waiting.filter(isUnfinished), 'nothing is left to do').toEqual([]);
    const edits = auditDealEdits(crowd, ledger, raceMs);
    expect.soft(edits, 'every edit is applied, superseded or overruled').toMatchObject({ missing: [], olderWon: [] });
    const { applied, superseded, overruled, raced } = edits;
    expect.soft(applied + superseded + overruled).toBeGreaterThanOrEqual(size.edits * least.checked);
    expect.soft(raced).toBeLessThanOrEqual(size.edits * least.excusedShare);
    expect.soft(values.wrong, 'both sides hold the same').toEqual([]);
    const { excused, compared } = values;
    const count = Object.values(excused).reduce((sum, each) => sum + each, 0);
    expect
      .soft(count, `few differences need an excuse: ${JSON.stringify(excused)}`)
      .toBeLessThan(compared * least.differing);
    expect.soft(toldOf(crowd, [...lines, ...service.lines]), 'no names, emails or amounts in log lines').toEqual([]);

    const [before, writes] = [everything(crowd), ourWrites(running)];
    stack.hubspot.replayAllWebhooks();
    for (const object of ['Account', 'Opportunity', 'Contact']) stack.salesforce.touch(object);
    await settled(running);
    expect.soft(ourWrites(running) - writes, 'a second look at everything writes nothing').toBe(0);
    const changed = everything(crowd).filter((each) => !before.includes(each));
    expect.soft(changed, 'a second look at everything changes nothing').toEqual([]);
    expect(stack.hubspot.webhookCounters()).toMatchObject({ lost: 0 });
  }, 900_000);
});

/** What people typed that stands in a log line; amounts with their cents, which are no counters. */
function toldOf({ edits }: DealCrowd, lines: readonly string[]): string[] {
  const text = lines.join('\n');
  const amounts = edits.flatMap(({ value }) => (/^-?\d{5,}\.\d\d$/.test(value) ? value : []));
  const names = [
    'dealcrowd.example',
    'Buyername',
    'Ordername',
    'Salesname',
    'Renamed ',
    'Company renamed',
    'Company of',
  ];
  return [...names, ...amounts].filter((each) => text.includes(each));
}

function isArrived(crowd: DealCrowd): boolean {
  return crowd.salesforce.all('Opportunity').length > 0 && crowd.salesforce.all('Account').length > 0;
}
