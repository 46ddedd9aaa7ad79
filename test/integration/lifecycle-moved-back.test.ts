import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf } from '../support/people.ts';
import { handedOver, stageIn, startTwoWay } from '../support/two-way.ts';

/** A person drags the stage of a handed-over contact backward in HubSpot, and we look until nothing is due. */
async function movedBack(engine: Engine) {
  const pair = await handedOver(engine);
  engine.hubspot.editContact(pair.id, { lifecyclestage: 'lead' });
  await engine.look(pair.id);
  const first = stageIn(engine, pair.id);
  engine.hubspot.resetCounters();
  for (let look = 0; look < 3; look++) await engine.look(pair.id);
  const writes = engine.hubspot.requests.filter(({ path }) => path.endsWith('/batch/update')).length;
  return { ...pair, first, writes };
}

describe.each([
  { rule: 'restore', ends: 'salesqualifiedlead', code: undefined },
  { rule: 'accept', ends: 'lead', code: undefined },
  { rule: 'ask', ends: 'lead', code: 'stage_moved_back' },
])('moved_back: $rule', ({ rule, ends, code }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startTwoWay({ mappings: { 'lifecycle.yaml': { moved_back: rule } } });
  });
  afterAll(() => engine.close());
  afterEach(() => engine.hubspot.resetCounters());

  it(`the stage ends as ${ends}, and nobody fights about it`, async () => {
    const { id, first, writes } = await movedBack(engine);

    expect([first, stageIn(engine, id)]).toEqual([ends, ends]);
    expect(writes).toBe(0);
    expect((await failureOf(engine, id))?.code).toBe(code);
  });

  it('a difference that stays is listed with its cause', async () => {
    const { id } = await movedBack(engine);
    const found = (await engine.ledger.stageDisagreements(100)).find(({ contactId }) => contactId === id);

    if (rule === 'restore') expect(found).toBeUndefined();
    else expect(found?.cause).toMatch(/moved_back/);
  });
});
