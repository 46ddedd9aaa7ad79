import { afterEach, expect, it } from 'vitest';
import { newCompany, newContact, newDeal, startDeals } from '../support/deals.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';
import { beginBackfill, countsOf, finishRun } from '../support/runs.ts';

let engine: Engine;

afterEach(async () => {
  await engine.close();
});

function createContacts(passing: number, below: number): string[] {
  const ids: string[] = [];
  for (let index = 0; index < passing + below; index += 1) {
    const stage: Record<string, string> = index < passing ? {} : { lifecyclestage: 'lead' };
    ids.push(engine.hubspot.createContact(sqlContact(`person${index}`, stage)));
  }
  return ids;
}

it('lists every contact, leaves those below the gate alone and hands the others over', async () => {
  engine = await startEngine();
  const ids = createContacts(60, 240);
  const runId = await beginBackfill(engine);
  const run = await finishRun(engine, runId);
  expect(run).toMatchObject({ state: 'ended', creates: 60, backlog: 0, total: 300 });
  expect(countsOf(run, 'listed')).toEqual({ marked: 60, below_gate: 240 });
  expect(countsOf(run, 'outcome')).toEqual({ create: 60 });
  expect(engine.salesforce.all('Lead')).toHaveLength(60);
  for (const id of ids.slice(0, 60)) expect(personsOf(engine, id)).toHaveLength(1);
});

it('walks through companies, deals, leads and opportunities, and plans each as it does it', async () => {
  engine = await startDeals();
  const company = newCompany(engine);
  const contact = newContact(engine, company);
  newDeal(engine, { companies: [company], contacts: [contact] });
  await finishRun(engine, await beginBackfill(engine));
  for (const object of ['companies', 'deals', 'leads', 'opportunities'] as const) {
    const dry = await finishRun(engine, await beginBackfill(engine, { object, isDryRun: true }));
    const run = await finishRun(engine, await beginBackfill(engine, { object }));
    expect({ object, state: run.state, listed: countsOf(run, 'listed') }).toEqual({
      object,
      state: 'ended',
      listed: countsOf(dry, 'listed'),
    });
    // Records that follow from a look, such as the contact of a company that has landed, are counted with the run as well.
    expect(countsOf(run, 'outcome')).toMatchObject(countsOf(dry, 'outcome'));
  }
});
