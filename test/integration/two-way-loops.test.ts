import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf } from '../support/people.ts';
import { handedOver, propertiesOf, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay({ mappings: { 'contacts.yaml': { 'fights.repeats': 2, 'fights.writes': 4 } } });
});
afterAll(() => engine.close());

const writesOf = async (id: string) => (await engine.ledger.history(id)).changes.length;

describe('our own writes cause no work', () => {
  it('an edit on one side costs one write on the other, and a look after it none', async () => {
    const { id, leadId } = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    const before = await writesOf(id);
    await engine.look(id);
    const after = await writesOf(id);
    for (let look = 0; look < 3; look++) await engine.look(id);

    expect(after).toBe(before + 1);
    expect(await writesOf(id)).toBe(after);
  });

  it('500 contacts that Salesforce changed cost five reads, one look for persons and five updates', async () => {
    const ids = Array.from({ length: 500 }, (_, place) =>
      engine.hubspot.createContact({
        email: `many${place}@people.example`,
        lastname: `Many${place}`,
        lifecyclestage: 'salesqualifiedlead',
        jobtitle: 'Buyer',
      }),
    );
    await engine.look(...ids);
    await engine.look(...ids);
    for (const id of ids) {
      engine.salesforce.edit('Lead', String(propertiesOf(engine, id).salesforce_person_id), { Title: 'Head' });
    }
    engine.hubspot.resetCounters();
    const calls = engine.salesforce.countedCalls();
    await engine.look(...ids);

    expect(ids.filter((id) => propertiesOf(engine, id).jobtitle !== 'Head')).toEqual([]);
    expect(engine.hubspot.countByPattern()).toEqual({
      'POST /crm/v3/objects/contacts/batch/read 200': 5,
      'POST /crm/v3/objects/contacts/batch/update 200': 5,
    });
    expect(engine.salesforce.countedCalls() - calls).toBe(1);
  });
});

describe('a fight is stopped', () => {
  it('a field that somebody keeps changing back is frozen, reported with the other writer, and thawed by a person', async () => {
    const { id, leadId } = await handedOver(engine, { email: `fight${Date.now()}@people.example` });
    const email = propertiesOf(engine, id).email;
    const sabotage = () => engine.salesforce.edit('Lead', leadId, { Email: 'wrong@people.example' });
    for (let round = 0; round < 4; round++) {
      sabotage();
      await engine.look(id);
    }
    const frozen = await failureOf(engine, id);
    const before = await writesOf(id);
    await engine.look(id);

    expect(frozen).toMatchObject({ kind: 'needs-human', code: 'field_frozen' });
    expect(engine.salesforce.get('Lead', leadId)?.Email, 'it is left alone').toBe('wrong@people.example');
    expect(await writesOf(id)).toBe(before);
    expect(JSON.stringify((await engine.ledger.timeline(id, 100)).filter(({ kind }) => kind === 'frozen'))).toContain(
      'Sales Person',
    );

    // An hour later the fight is over, and the person who thaws it wants the value back.
    await engine.database.pool.query(`update writes set at = at - interval '2 hours'`);
    expect(await engine.ledger.thaw(id, 'tester')).toBe(1);
    await engine.drain();
    expect(engine.salesforce.get('Lead', leadId)?.Email).toBe(email);
    expect(await failureOf(engine, id)).toBeUndefined();
  });
});
