import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';
import { beginBackfill, countsOf, finishRun } from '../support/runs.ts';

let engine: Engine;

beforeEach(async () => {
  engine = await startEngine();
});

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
  const ids = createContacts(60, 240);
  const runId = await beginBackfill(engine);
  const run = await finishRun(engine, runId);
  expect(run).toMatchObject({ state: 'ended', creates: 60, backlog: 0, total: 300 });
  expect(countsOf(run, 'listed')).toEqual({ marked: 60, below_gate: 240 });
  expect(countsOf(run, 'outcome')).toEqual({ create: 60 });
  expect(engine.salesforce.all('Lead')).toHaveLength(60);
  for (const id of ids.slice(0, 60)) expect(personsOf(engine, id)).toHaveLength(1);
});
