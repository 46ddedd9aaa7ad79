import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';
import { handedOver, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
afterEach(() => engine.close());

async function start(born: 'create' | 'ignore'): Promise<void> {
  const stage = born === 'create' ? { 'born_in_salesforce.stage': 'salesqualifiedlead' } : {};
  engine = await startTwoWay({ mappings: { 'contacts.yaml': { 'born_in_salesforce.do': born, ...stage } } });
  await engine.poll();
}

async function round(): Promise<void> {
  await engine.poll();
  for (let turn = 0; turn < 3; turn++) await engine.drainLater();
}

describe('a person whose contact was deleted on purpose', () => {
  it.each(['merged into another', 'converted'] as const)('stays without one when sales has it %s', async (how) => {
    await start('create');
    const email = 'given.up@people.example';
    const { id, leadId } = await handedOver(engine, { email });
    await round();
    engine.hubspot.deleteContact(id);
    await engine.look(id);
    const before = engine.hubspot.contacts().filter(({ archived }) => !archived).length;
    if (how === 'converted') engine.salesforce.convertLead(leadId);
    else {
      const winner = engine.salesforce.create('Lead', { LastName: 'Winner', Company: 'W', Email: email });
      engine.salesforce.merge('Lead', winner.Id, [leadId]);
    }
    await round();
    await round();

    expect(engine.hubspot.contacts().filter(({ archived }) => !archived)).toHaveLength(before);
  });

  it('is found over the merge when the contact comes back', async () => {
    await start('create');
    const { id, leadId } = await handedOver(engine);
    engine.hubspot.deleteContact(id);
    await engine.look(id);
    const winner = engine.salesforce.create('Lead', { LastName: 'Winner', Company: 'W', Email: 'w@people.example' });
    engine.salesforce.merge('Lead', winner.Id, [leadId]);
    await round();
    engine.hubspot.restoreContact(id);
    await engine.look(id);
    await round();

    expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([winner.Id]);
    expect((await engine.ledger.history(id)).pair).toMatchObject({ tombstone: null, person: { id: winner.Id } });
  });
});

it('several persons of one email that sales merges are settled without a look at the contact', async () => {
  await start('ignore');
  const email = 'many@people.example';
  const [first = '', second = ''] = ['A', 'B'].map(
    (name) => engine.salesforce.create('Lead', { LastName: name, Company: 'C', Email: email }).Id,
  );
  const id = engine.hubspot.createContact(sqlContact('many', { email }));
  await engine.look(id);
  expect(await failureOf(engine, id)).toMatchObject({ code: 'several_persons' });
  await round();
  engine.salesforce.merge('Lead', first, [second]);
  await round();

  expect(await failureOf(engine, id)).toBeUndefined();
  expect(personsOf(engine, id).map(({ Id }) => Id)).toEqual([first]);
});
