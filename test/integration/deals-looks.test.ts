import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cast, pairedDeal, pollAndWork, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';

let engine: Engine;
let cast: Cast;
beforeEach(async () => {
  engine = await startDeals();
  await engine.poll();
  cast = await pairedDeal(engine);
  await pollAndWork(engine);
});
afterEach(() => engine.close());

async function pending(): Promise<readonly string[]> {
  const { rows } = await engine.database.pool.query<{ row: string }>(
    `select concat(object, ' ', record_id) as row from pending order by 1`,
  );
  return rows.map(({ row }) => row);
}

/** What HubSpot was asked to read meanwhile. */
async function readsOf(work: () => Promise<void>): Promise<readonly string[]> {
  engine.hubspot.resetCounters();
  await work();
  const patterns = Object.keys(engine.hubspot.countByPattern());
  return patterns.flatMap((pattern) => /objects\/(\w+)\/batch\/read/.exec(pattern)?.[1] ?? []).sort();
}

const contactId = () => String(engine.salesforce.all('Contact')[0]?.Id);

function sell(stage: string): string {
  const { Id } = engine.salesforce.create('Opportunity', {
    Name: 'Sold by sales',
    AccountId: cast.accountId,
    StageName: stage,
    CloseDate: '2026-12-31',
  });
  engine.salesforce.addRole(Id, contactId(), { isPrimary: true });
  return Id;
}

describe('an Opportunity that becomes a deal', () => {
  it('wakes neither contact nor company where another open deal has told them already', async () => {
    const reads = await readsOf(async () => {
      sell('Needs Analysis');
      await pollAndWork(engine);
      await pollAndWork(engine);
    });

    expect(engine.hubspot.deals()).toHaveLength(2);
    expect(new Set(reads)).toEqual(new Set(['deals']));
  });

  it('wakes both where it is won: each becomes a customer', async () => {
    const reads = await readsOf(async () => {
      sell('Closed Won');
      await pollAndWork(engine);
    });

    expect(new Set(reads)).toEqual(new Set(['companies', 'contacts', 'deals']));
    expect(engine.hubspot.getContact(cast.contact)?.properties.lifecyclestage).toBe('customer');
    expect(engine.hubspot.getCompany(cast.company)?.properties.lifecyclestage).toBe('customer');
  });
});

describe('what Salesforce shows while somebody is at work on the pair', () => {
  it.each([
    ['an Opportunity', 'deal', () => ['Opportunity', cast.opportunityId, { Amount: 7 }] as const],
    ['a Contact', 'contact', () => ['Contact', contactId(), { Title: 'Buyer' }] as const],
  ] as const)('waits for the next round: %s', async (_, object, edit) => {
    const id = cast[object];
    await engine.ledger.mark([{ system: 'hubspot', object, recordId: id, priority: 2, source: 'test' }]);
    const { mappingVersion } = engine.dependencies;
    const claim = { system: 'hubspot', object, limit: 10, leaseMs: 60_000, mappingVersion } as const;
    const { token, records } = await engine.ledger.claim(claim);
    expect(records.map(({ recordId }) => recordId)).toEqual([id]);
    const [type, salesforceId, values] = edit();
    engine.salesforce.edit(type, salesforceId, values);
    expect((await engine.poll()).marked).toMatchObject({ contacts: 0, deals: 0 });

    const of = { system: 'hubspot', object } as const;
    const results = records.map(({ recordId, counter }) => ({
      contactId: recordId,
      counter,
      settle: { kind: 'done' } as const,
    }));
    await engine.ledger.commit(token, mappingVersion, results, of);
    expect(await pending()).toEqual([]);
    await engine.poll();
    expect(await pending()).toContain(`${object} ${id}`);
  });
});
