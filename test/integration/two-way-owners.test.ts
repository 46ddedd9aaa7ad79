import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf } from '../support/people.ts';
import { handedOver, propertiesOf, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
const users = { jane: '', john: '', stranger: '' };
const owners = { jane: '', john: '' };
beforeAll(async () => {
  engine = await startTwoWay();
  const { hubspot, salesforce } = engine;
  for (const name of ['jane', 'john'] as const) {
    users[name] = salesforce.addUser({ email: `${name}@sandbox.example` }).Id;
    owners[name] = hubspot.addOwner(`${name}@sandbox.example`).id;
  }
  users.stranger = salesforce.addUser({ email: 'stranger@sandbox.example' }).Id;
});
afterAll(() => engine.close());

const ownerOf = (leadId: string) => engine.salesforce.get('Lead', leadId)?.OwnerId;

describe('owners go both ways, by their emails', () => {
  it('a new owner in HubSpot reaches Salesforce, and a new one in Salesforce reaches HubSpot', async () => {
    const { id, leadId } = await handedOver(engine, { hubspot_owner_id: owners.jane });
    expect(ownerOf(leadId)).toBe(users.jane);

    engine.hubspot.editContact(id, { hubspot_owner_id: owners.john });
    await engine.look(id);
    expect(ownerOf(leadId)).toBe(users.john);

    engine.salesforce.edit('Lead', leadId, { OwnerId: users.jane });
    await engine.look(id);
    expect(propertiesOf(engine, id).hubspot_owner_id).toBe(owners.jane);
  });

  it('an owner in Salesforce whom HubSpot does not know changes nothing there, and is a failure that names the user', async () => {
    const { id, leadId } = await handedOver(engine, { hubspot_owner_id: owners.jane });
    engine.salesforce.edit('Lead', leadId, { OwnerId: users.stranger });
    await engine.look(id);
    await engine.look(id);

    expect(propertiesOf(engine, id).hubspot_owner_id).toBe(owners.jane);
    expect(ownerOf(leadId)).toBe(users.stranger);
    expect(await failureOf(engine, id)).toMatchObject({
      kind: 'needs-human',
      code: 'owner_unmapped',
      message: expect.stringContaining(users.stranger),
    });

    engine.salesforce.edit('Lead', leadId, { OwnerId: users.jane });
    await engine.look(id);
    await engine.drainLater();
    expect(await failureOf(engine, id)).toBeUndefined();
    expect(JSON.stringify((await engine.ledger.history(id)).decision)).not.toContain('@');
  });

  it('a contact without an owner has the fallback in Salesforce and none in HubSpot', async () => {
    const { id } = await handedOver(engine);

    expect(propertiesOf(engine, id).hubspot_owner_id ?? '').toBe('');
    expect(await failureOf(engine, id)).toBeUndefined();
  });
});
