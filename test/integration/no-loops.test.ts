import { afterEach, describe, expect, it } from 'vitest';
import { parseWebhookEvent } from '../../src/hubspot/webhook-events.ts';
import { acceptEvents } from '../../src/usecases/accept-events.ts';
import { arrive, type Crowd, createCrowd } from '../support/crowd.ts';
import { strangersInSalesforce, unequalFields, type Witness, wrongPairs } from '../support/crowd-audit.ts';
import { auditEdits } from '../support/crowd-audit-edits.ts';
import { namesOfErased, resurrected, unexplainedEndings } from '../support/crowd-audit-endings.ts';
import { auditStages } from '../support/crowd-audit-stages.ts';
import { doSomething } from '../support/crowd-deeds.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { createRandom } from '../support/random.ts';

const seeds = Array.from({ length: process.env.HANDOFF_TEST_FULL === '1' ? 20 : 3 }, (_, index) => index + 1);
const pairs = 40;
const edits = 300;
/** A human's change is carried over in one round; what that leads to (a stage, a merge, a restored value) may take some more. */
const mostRounds = 12;
const quietRounds = 3;
/** Humans act one after the other, and hardly ever in the same moment. */
const pauseMs = { least: 500, most: 6_000 };
/** How many last edits of a field must at least have been held against the two CRMs, in each run. */
const leastChecked = 40;

let engine: Engine;
afterEach(() => engine.close());

/** Delivers what the webhooks say since the last time, polls Salesforce, and works off what is due. */
function createRound(running: Engine): () => Promise<void> {
  const delivered = { until: 0 };
  return async () => {
    const { webhookJournal, portalId } = running.hubspot;
    const news = webhookJournal.slice(delivered.until);
    delivered.until = webhookJournal.length;
    const { ledger, mapping } = running;
    await acceptEvents({ ledger, mapping, portalId: String(portalId) }, news.map(parseWebhookEvent));
    await running.poll();
    await running.drainLater();
  };
}

function ourWrites({ hubspot, salesforce }: Engine): number {
  const toHubSpot = hubspot.requests.filter(({ path }) => /\/batch\/(update|upsert|archive|create)$/.test(path)).length;
  const toSalesforce = salesforce.requests.filter(({ body = '' }) => body.includes('/composite/sobjects')).length;
  return toHubSpot + toSalesforce;
}

const witness: Witness = {
  async timelineOf(contactId) {
    const entries = await engine.ledger.timeline(contactId, 1_000);
    return entries.map(({ atMs, ...entry }) => ({ ...entry, at: new Date(atMs).toISOString() }));
  },
  async standingOf(contactId) {
    const { pair, handedOverAtMs, failure, decision } = await engine.ledger.history(contactId);
    return {
      handedOver: handedOverAtMs !== null,
      ended: (pair?.tombstone ?? null) !== null,
      failure: failure?.code ?? null,
      reasons: decision?.reasons ?? [],
    };
  },
};

/** Every row of the ledger, as text. */
async function dump(): Promise<string> {
  const { pool } = engine.database;
  const { rows } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const table = await pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    texts.push(...table.rows.map(({ row }) => row));
  }
  return texts.join('\n');
}

describe('no loops: people work on both sides, with the webhooks on', () => {
  it.each(seeds)('seed %i: our writes come to an end, both sides agree, every edit is accounted for', async (seed) => {
    const time = { aheadMs: 0 };
    const now = () => Date.now() + time.aheadMs;
    engine = await startEngine({
      hubspot: { now },
      salesforce: { keepBodies: true, clock: now },
      mappings: { 'lifecycle.yaml': { moved_back: 'restore' } },
    });
    const random = createRandom(seed);
    const crowd: Crowd = createCrowd(engine, random, now);
    const round = createRound(engine);
    // The first poll only sets its watermarks.
    await round();
    for (let number = 0; number < pairs; number++) arrive(crowd, `pair${number}`, 'salesqualifiedlead');
    for (let number = 0; number < 3; number++) arrive(crowd, `nurtured${number}`, 'lead');
    await round();

    for (let count = 0; count < edits; count++) {
      doSomething(crowd);
      time.aheadMs += pauseMs.least + random(pauseMs.most - pauseMs.least);
      if (crowd.random(6) === 0) await round();
    }
    const writes: number[] = [];
    for (let count = 0; count < mostRounds; count++) {
      const before = ourWrites(engine);
      await round();
      writes.push(ourWrites(engine) - before);
    }

    expect(writes.slice(-quietRounds), `writes per round: ${writes.join(' ')}`).toEqual(
      Array.from({ length: quietRounds }, () => 0),
    );
    expect(strangersInSalesforce(crowd)).toEqual([]);
    expect(wrongPairs(crowd)).toEqual([]);
    expect(await unequalFields(crowd, witness)).toEqual([]);
    // Nobody types while we work: there is no race that could excuse an edit.
    const audit = await auditEdits(crowd, witness, 0);
    expect(audit).toMatchObject({ missing: [], olderWon: [], raced: 0 });
    expect(audit.applied + audit.superseded + audit.overruled).toBeGreaterThanOrEqual(leastChecked);
    expect(await auditStages(crowd, witness, time.aheadMs)).toMatchObject({ unexplained: [] });
    expect(await unexplainedEndings(crowd, witness)).toEqual([]);
    expect(resurrected(crowd)).toEqual([]);
    expect(namesOfErased(crowd, await dump())).toEqual([]);
    const disagreements = await engine.ledger.stageDisagreements(1_000);
    expect(disagreements.filter(({ cause }) => cause === '' || cause === 'unexplained')).toEqual([]);
  });
});
