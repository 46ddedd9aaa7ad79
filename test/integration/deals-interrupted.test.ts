import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drainCounterparts } from '../../src/usecases/drain-counterparts/drain-counterparts.ts';
import { drainRecords } from '../../src/usecases/drain-records/drain-records.ts';
import {
  accountsOf,
  type Cast,
  dealOf,
  newCompany,
  newContact,
  newDeal,
  opportunitiesOf,
  opportunityOf,
  pairedDeal,
  pollAndWork,
  rolesOf,
  settle,
  startDeals,
} from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { personsOf } from '../support/people.ts';

let engine: Engine;
let cast: Cast;
beforeAll(async () => {
  engine = await startDeals();
  await engine.poll();
  cast = await pairedDeal(engine);
});
afterAll(() => engine.close());

type Step = 'read' | 'findRecords' | 'writeRecords' | 'update' | 'associate' | 'upsertRecords' | 'reserve' | 'commit';
type Worker = Engine['dependencies'];

/** A worker that is killed before or after the nth call of a step: what it was about to do never happens, and its leases run out. */
function dyingAt(when: 'before' | 'after', step: Step, nth = 1): Worker {
  let calls = 0;
  const wrap = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (name !== step || typeof method !== 'function') return method;
        return async (...given: unknown[]) => {
          const dies = ++calls === nth;
          if (dies && when === 'before') throw new Error('killed');
          const answer: unknown = await Reflect.apply(method, target, given);
          if (dies) throw new Error('killed');
          return answer;
        };
      },
    });
  const { hubspot, salesforce, ledger } = engine.dependencies;
  return { ...engine.dependencies, hubspot: wrap(hubspot), salesforce: wrap(salesforce), ledger: wrap(ledger) };
}

async function goOn(): Promise<void> {
  for (const table of ['pending', 'pairs']) {
    await engine.database.pool.query(`update ${table} set leased_until = now() - interval '1 s'`);
  }
  await engine.drainLater();
}

async function dieOf(kind: 'company' | 'deal', worker: Worker, id: string): Promise<void> {
  await engine.ledger.mark([{ system: 'hubspot', object: kind, recordId: id, priority: 2, source: 'test' }]);
  await drainRecords(worker, kind, new AbortController().signal).catch((thrown: Error) => {
    if (thrown.message !== 'killed') throw thrown;
  });
}

async function openIntents(): Promise<number> {
  const { rows } = await engine.database.pool.query<{ n: string }>(
    `select count(*) as n from writes where state in ('open', 'unknown')`,
  );
  return Number(rows[0]?.n);
}

const steps = (['read', 'findRecords', 'reserve', 'writeRecords', 'update', 'commit'] as const).flatMap((step) =>
  (['before', 'after'] as const).map((when) => [when, step, 1] as const),
);

describe('a worker that dies', () => {
  it.each([...steps, ['before', 'commit', 2], ['after', 'commit', 2]] as const)(
    '%s %s (call %i): one Opportunity, linked, with its role, and nothing left open',
    async (when, step, nth) => {
      const deal = newDeal(engine, { contacts: [cast.contact], companies: [cast.company] });
      await dieOf('deal', dyingAt(when, step, nth), deal);
      await goOn();

      const opportunity = opportunityOf(engine, deal);
      expect(rolesOf(engine, opportunity.Id)).toHaveLength(1);
      expect(dealOf(engine, deal).salesforce_opportunity_id).toBe(opportunity.Id);
      expect(await openIntents()).toBe(0);
      const { changes } = await engine.ledger.history(deal, 'deal');
      const created = changes.filter(({ state, field }) => state === 'done' && field === 'StageName');
      expect(created).toHaveLength(1);
    },
  );

  it.each([
    ['before', 'writeRecords'],
    ['after', 'writeRecords'],
    ['after', 'update'],
  ] as const)('%s %s of a company: one Account, linked', async (when, step) => {
    const company = newCompany(engine);
    const contact = newContact(engine, company);
    const worker = dyingAt(when, step);
    await engine.look(contact);
    const made = accountsOf(engine, company);
    expect(made).toHaveLength(1);
    // Unlinked behind our back, as after a ledger that was lost: the memories in both CRMs find it again.
    engine.hubspot.editCompany(company, { name: 'Renamed Works' });
    await dieOf('company', worker, company);
    await goOn();
    expect(accountsOf(engine, company)).toMatchObject([{ Id: made[0]?.Id, Name: 'Renamed Works' }]);
    expect(await openIntents()).toBe(0);
  });

  it.each([
    ['before', 'associate'],
    ['after', 'associate'],
    ['before', 'update'],
    ['after', 'update'],
  ] as const)('%s %s on the way back: both sides agree afterwards, and nothing is undone', async (when, step) => {
    const deal = newDeal(engine, { contacts: [cast.contact], companies: [cast.company] });
    await engine.lookAt('deal', deal);
    const id = String(opportunityOf(engine, deal).Id);
    const person = String(rolesOf(engine, id)[0]?.ContactId);
    engine.salesforce.edit('Opportunity', id, { Amount: 4321, StageName: 'Proposal/Price Quote' });
    engine.salesforce.removeRole(id, person);
    await dieOf('deal', dyingAt(when, step), deal);
    await goOn();

    expect(dealOf(engine, deal)).toMatchObject({ amount: '4321', dealstage: 'contractsent' });
    expect(engine.hubspot.getAssociations({ type: 'deals', id: deal }, 'contacts')).toEqual([]);
    expect(rolesOf(engine, id)).toEqual([]);
    expect(await openIntents()).toBe(0);
  });

  it.each([
    ['before', 'upsertRecords'],
    ['after', 'upsertRecords'],
    ['before', 'commit'],
    ['after', 'commit'],
  ] as const)('%s %s of a birth: one deal for the Opportunity, with company and contact', async (when, step) => {
    const person = String(rolesOf(engine, cast.opportunityId)[0]?.ContactId);
    const Name = `Born ${when} ${step}`;
    const { Id } = engine.salesforce.create('Opportunity', {
      Name,
      AccountId: cast.accountId,
      StageName: 'Qualification',
      CloseDate: '2027-02-01',
    });
    engine.salesforce.addRole(Id, person);
    await engine.poll();
    await drainCounterparts(dyingAt(when, step), new AbortController().signal).catch(() => undefined);
    await goOn();
    await pollAndWork(engine);

    const born = engine.hubspot.deals().filter(({ properties, archived }) => !archived && properties.dealname === Name);
    expect(born).toHaveLength(1);
    expect(born[0]?.properties).toMatchObject({
      salesforce_opportunity_id: Id,
      hs_primary_associated_company: cast.company,
    });
    expect(engine.salesforce.get('Opportunity', Id)?.HubSpot_Deal_Id__c).toBe(born[0]?.id);
    expect(
      engine.hubspot.getAssociations({ type: 'deals', id: String(born[0]?.id) }, 'contacts').map(({ toId }) => toId),
    ).toEqual([cast.contact]);
    expect(await openIntents()).toBe(0);
  });
});

describe('two workers', () => {
  it('at one deal make one Opportunity', async () => {
    const deals = Array.from({ length: 5 }, () =>
      newDeal(engine, { contacts: [cast.contact], companies: [cast.company] }),
    );
    await engine.ledger.mark(
      deals.map((recordId) => ({ system: 'hubspot', object: 'deal', recordId, priority: 2, source: 'test' })),
    );
    const { signal } = new AbortController();
    await Promise.all(
      [engine.dependencies, engine.secondWorker()].map((worker) => drainRecords(worker, 'deal', signal)),
    );
    await settle(engine, { deals });
    for (const deal of deals) expect(opportunitiesOf(engine, deal)).toHaveLength(1);
    expect(personsOf(engine, cast.contact).filter(({ AccountId }) => AccountId !== undefined)).toHaveLength(1);
  });
});
