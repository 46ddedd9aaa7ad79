import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf, sqlContact } from '../support/people.ts';
import { handedOver, propertiesOf, stageIn, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
let mapped = '';
let unmapped = '';
beforeAll(async () => {
  engine = await startTwoWay({
    mappings: {
      'gate.yaml': { examples: [] },
      'lifecycle.yaml': {
        'stages.3.salesforce': { lead_status: ['Open - Not Contacted'], converted: true },
        'stages.4': {
          name: 'opportunity',
          hubspot: 51_439_524,
          label: 'Working',
          owner: 'sales',
          salesforce: { lead_status: ['Working - Contacted', 'Closed - Converted'] },
        },
      },
    },
  });
  const { hubspot } = engine;
  mapped = hubspot.addLifecycleStage({ label: 'Working', after: 'salesqualifiedlead', value: '51439524' });
  unmapped = hubspot.addLifecycleStage({ label: 'Opportunities', after: mapped });
});
afterAll(() => engine.close());

const move = (id: string, lifecyclestage: string) => engine.hubspot.editContact(id, { lifecyclestage });

describe('a HubSpot stage that the mapping does not know', () => {
  it('after the handoff is a failure, stays where it is, and the fields go on in both directions', async () => {
    const { id, leadId } = await handedOver(engine);
    move(id, unmapped);
    engine.hubspot.editContact(id, { city: 'Graz' });
    engine.salesforce.edit('Lead', leadId, { Title: 'Head' });
    await engine.look(id);
    await engine.look(id);

    expect(await failureOf(engine, id)).toMatchObject({ kind: 'needs-human', code: 'stage_unknown' });
    expect(propertiesOf(engine, id)).toMatchObject({ lifecyclestage: unmapped, jobtitle: 'Head' });
    const standing = (await engine.ledger.stageDisagreements(100)).filter(({ contactId }) => contactId === id);
    expect(standing.map(({ cause }) => cause)).not.toContain('unexplained');

    move(id, mapped);
    await engine.look(id);
    await engine.drainLater();
    expect(await failureOf(engine, id)).toBeUndefined();
    expect(engine.salesforce.get('Lead', leadId)).toMatchObject({ City: 'Graz', Title: 'Head' });
  });

  it('before the handoff opens no gate: nobody is created', async () => {
    const id = engine.hubspot.createContact(sqlContact('never', { lifecyclestage: unmapped }));
    await engine.look(id);

    expect(personsOf(engine, id)).toEqual([]);
    expect(stageIn(engine, id)).toBe(unmapped);
  });
});

describe('a stage of the portal’s own, which has a number and a label that may lie', () => {
  it('is written by its number, forward and back, and never by its label', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Status: 'Working - Contacted' });
    await engine.look(id);
    const forward = stageIn(engine, id);
    engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted' });
    await engine.look(id);

    expect([forward, stageIn(engine, id)]).toEqual(['51439524', 'lead']);
    expect(await failureOf(engine, id)).toBeUndefined();
  });
});

describe('a Lead Status that the mapping does not know', () => {
  it('and a contact that falls back at the same time: nothing is moved, nobody is created, one failure', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Status: 'On the moon' });
    move(id, 'marketingqualifiedlead');
    await engine.look(id);
    await engine.look(id);

    expect(stageIn(engine, id)).toBe('marketingqualifiedlead');
    expect(personsOf(engine, id)).toMatchObject([{ Id: leadId, Status: 'On the moon' }]);
    expect((await failureOf(engine, id))?.code).toBe('stage_moved_back');
  });

  it('never reaches a failure or the log as a value', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.edit('Lead', leadId, { Status: 'Private words' });
    await engine.look(id);

    expect(JSON.stringify(await failureOf(engine, id))).not.toContain('Private words');
    expect(engine.logLines.join('\n')).not.toContain('Private words');
  });
});
