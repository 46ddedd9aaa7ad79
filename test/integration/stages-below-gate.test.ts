import { afterEach, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { sqlContact } from '../support/people.ts';
import { startTwoWay } from '../support/two-way.ts';

let engine: Engine;
afterEach(() => engine.close());

async function storedOf(contactId: string) {
  const { rows } = await engine.database.pool.query<{ stage: string; kind: string }>(
    'select to_stage as stage, kind from stage_moves where contact_id = $1 order by at, id',
    [contactId],
  );
  return rows.map(({ stage }) => stage);
}

const below = { lifecyclestage: 'lead' };

describe('the stages of a contact below the gate', () => {
  it('are kept once each, however often it is looked at, and go on at the handoff', async () => {
    engine = await startTwoWay();
    const id = engine.hubspot.createContact(sqlContact('climber', below));
    await engine.look(id);
    await engine.look(id);
    const asLead = await storedOf(id);
    engine.hubspot.editContact(id, { lifecyclestage: 'marketingqualifiedlead' });
    await engine.look(id);
    await engine.look(id);
    const asMql = await storedOf(id);
    engine.hubspot.editContact(id, { lifecyclestage: 'salesqualifiedlead' });
    await engine.look(id);
    await engine.look(id);

    expect(asLead).toEqual(['lead']);
    expect(asMql).toEqual(['lead', 'marketingqualifiedlead']);
    expect(await storedOf(id)).toEqual(['lead', 'marketingqualifiedlead', 'salesqualifiedlead']);
  });

  it('are told by the timeline of the contact', async () => {
    engine = await startTwoWay();
    const id = engine.hubspot.createContact(sqlContact('told', below));
    await engine.look(id);

    const entries = await engine.ledger.timeline(id, 10);

    expect(entries.map(({ kind }) => kind)).toContain('stage');
  });

  it('are not kept in observe mode, in which nothing is', async () => {
    engine = await startTwoWay({ observe: true });
    const id = engine.hubspot.createContact(sqlContact('observed', below));
    await engine.look(id);

    expect(await storedOf(id)).toEqual([]);
  });
});
