import { afterEach, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { failureOf, sqlContact } from '../support/people.ts';

let engine: Engine | undefined;
afterEach(() => engine?.close());

it('a gate condition that cannot be evaluated for a contact becomes a failure that says so', async () => {
  const condition = '1 / (size(contact.zip) - 3) != 999';
  engine = await startEngine({
    mappings: { 'gate.yaml': { condition, condition_text: 'a postal code of some length' } },
  });
  const id = engine.hubspot.createContact(sqlContact('gate-fault', { zip: '123' }));
  await engine.look(id);

  expect(await failureOf(engine, id)).toMatchObject({
    kind: 'needs-human',
    advice: expect.stringContaining('gate.yaml'),
  });
});
