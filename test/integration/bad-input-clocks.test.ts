import { afterEach, describe, expect, it } from 'vitest';
import { type Engine, type EngineOptions, startEngine } from '../support/engine.ts';
import { failureOf, personsOf } from '../support/people.ts';
import { handedOver, propertiesOf } from '../support/two-way.ts';

const hourMs = 3_600_000;

let engine: Engine;
afterEach(() => engine.close());

const start = async (options: EngineOptions = {}) => {
  engine = await startEngine(options);
};
const titles = (id: string, leadId: string) => [
  propertiesOf(engine, id).jobtitle,
  engine.salesforce.get('Lead', leadId)?.Title,
];

/** Both sides edit the job title; afterwards nothing more is written, whatever is looked at. */
async function bothEdit() {
  const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
  return {
    id,
    leadId,
    hubspot: () => engine.hubspot.editContact(id, { jobtitle: 'Chief' }),
    salesforce: () => void engine.salesforce.edit('Lead', leadId, { Title: 'Head' }),
    async rest() {
      await engine.look(id);
      await engine.look(id);
      const writes = (await engine.ledger.history(id)).changes.length;
      for (let look = 0; look < 3; look++) await engine.look(id);
      expect((await engine.ledger.history(id)).changes).toHaveLength(writes);
      expect(await failureOf(engine, id)).toBeUndefined();
    },
  };
}

describe('a clock that jumps', () => {
  it.each([
    { name: 'a day ahead', byMs: 24 * hourMs },
    { name: 'an hour back', byMs: -hourMs },
  ])(
    'Salesforce’s, $name, before both sides edit one field: one value wins on both sides, and there is rest',
    async ({ byMs }) => {
      await start();
      const pair = await bothEdit();
      engine.salesforce.jumpClock(byMs);
      pair.salesforce();
      pair.hubspot();
      await pair.rest();

      const [hubspot, salesforce] = titles(pair.id, pair.leadId);
      expect(hubspot).toBe(salesforce);
      expect(['Chief', 'Head']).toContain(hubspot);
      const conflicts = (await engine.ledger.timeline(pair.id, 100))
        .flatMap(({ changes }) => changes)
        .filter(({ conflict }) => conflict !== null);
      expect(conflicts).toHaveLength(1);
    },
  );

  it('HubSpot’s, a day behind, as long as it lives: each edit arrives once on the other side', async () => {
    await start({ hubspot: { now: () => Date.now() - 24 * hourMs } });
    const pair = await bothEdit();
    pair.hubspot();
    await pair.rest();
    const first = titles(pair.id, pair.leadId);
    pair.salesforce();
    await pair.rest();

    expect([first, titles(pair.id, pair.leadId)]).toEqual([
      ['Chief', 'Chief'],
      ['Head', 'Head'],
    ]);
    expect(personsOf(engine, pair.id)).toHaveLength(1);
  });

  it('Salesforce’s, between two edits of sales: the second one is not taken for the first', async () => {
    await start();
    await engine.poll();
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.edit('Lead', leadId, { Title: 'First' });
    await engine.poll();
    await engine.drainLater();
    engine.salesforce.jumpClock(-60_000);
    engine.salesforce.edit('Lead', leadId, { Title: 'Second' });
    await engine.poll();
    await engine.drainLater();

    expect(titles(id, leadId)).toEqual(['Second', 'Second']);
  });
});
