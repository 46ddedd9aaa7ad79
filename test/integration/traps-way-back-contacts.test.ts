import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf } from '../support/people.ts';
import { handedOver, propertiesOf, recycleReason, stageIn, startTwoWay } from '../support/two-way.ts';

/** Converted persons have no Lead Status any more: what sales says of them stands in a field of the org's own. */
let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay({
    mappings: {
      'lifecycle.yaml': {
        contact_status_field: 'Buying_Status__c',
        'stages.3.salesforce': {
          lead_status: ['Open - Not Contacted', 'Working - Contacted', 'Closed - Converted'],
          contact_status: ['Working'],
          converted: true,
        },
        'recycle.1': {
          contact_status: ['Returned'],
          to: 'lead',
          reason: 'Sales returned the person',
        },
        'reopen.contact': 'Working',
      },
    },
  });
  engine.salesforce.addField('Contact', 'Buying_Status__c');
});
afterAll(() => engine.close());

async function converted() {
  const { id, leadId } = await handedOver(engine);
  const { contactId } = engine.salesforce.convertLead(leadId, { opportunityName: 'Deal' });
  await engine.look(id);
  expect(stageIn(engine, id)).toBe('opportunity');
  return { id, contactId };
}

const say = (contactId: string, status: string) =>
  engine.salesforce.edit('Contact', contactId, { Buying_Status__c: status });

describe('sales returns a person after the conversion', () => {
  it('by the status field of the Contact: back with the reason, and the same Contact is reopened', async () => {
    const { id, contactId } = await converted();
    say(contactId, 'Returned');
    await engine.look(id);
    const [stage, reason] = [stageIn(engine, id), propertiesOf(engine, id)[recycleReason]];
    engine.hubspot.editContact(id, { lifecyclestage: 'salesqualifiedlead' });
    await engine.look(id);
    await engine.look(id);

    expect([stage, reason]).toEqual(['lead', 'Sales returned the person']);
    expect((await engine.ledger.history(id)).pair).toMatchObject({ recycles: 1 });
    expect(engine.salesforce.get('Contact', contactId)?.Buying_Status__c).toBe('Working');
    const living = personsOf(engine, id).filter(({ IsConverted }) => IsConverted !== true);
    expect(living.map(({ Id }) => Id)).toEqual([contactId]);
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('by a status that nobody named: nobody is returned, and the opportunity goes on counting', async () => {
    const { id, contactId } = await converted();
    say(contactId, 'Whatever');
    for (const opportunity of engine.salesforce.all('Opportunity').slice(-1)) {
      engine.salesforce.edit('Opportunity', String(opportunity.Id), { StageName: 'Closed Won' });
    }
    await engine.look(id);
    await engine.drainLater();

    expect(stageIn(engine, id)).toBe('customer');
    expect((await engine.ledger.stageDisagreements(100)).map(({ cause }) => cause)).not.toContain('unexplained');
  });
});
