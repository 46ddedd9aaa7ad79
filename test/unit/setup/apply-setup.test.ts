import { describe, expect, it } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import { applySetup } from '../../../src/usecases/setup/apply-setup.ts';
import { desiredFor, type SetupScope } from '../../../src/usecases/setup/desired.ts';
import { lookAtCrms, type SetupPorts } from '../../../src/usecases/setup/look.ts';
import { planSetup } from '../../../src/usecases/setup/plan-setup.ts';

function refuse(): never {
  throw new SyncError('needs-human', 'salesforce_metadata_rights', 'The integration user may not.', {
    advice: 'Ask an admin.',
  });
}

/** Two empty CRMs that record what is done to them; `broken` names the calls that are refused. */
function emptyCrms(broken: readonly string[] = []): { ports: SetupPorts; done: string[] } {
  const done: string[] = [];
  const act = async (name: string) => {
    if (broken.includes(name)) refuse();
    done.push(name);
  };
  const ports: SetupPorts = {
    salesforce: {
      identity: async () => ({
        orgId: '00D',
        userId: '005000000000001AAA',
        apiVersion: '67.0',
        url: 'https://x.my.salesforce.com',
      }),
    },
    hubspot: {
      properties: async (type) => (broken.includes('properties') || broken.includes(type) ? refuse() : []),
      createTextProperty: (type, property) => act(`property ${type}.${property.name}`),
      connectorLastSync: async () => ({ installed: false, lastSyncMs: null }),
    },
    salesforceSetup: {
      fields: async (names) => (broken.includes('fields') ? refuse() : new Map(names.map((name) => [name, null]))),
      described: async () => new Map(),
      permissionSet: async () => null,
      assigned: async () => null,
      conversion: async () => ({ allowOwnerChange: null, opportunityCreationOptions: null, mappings: [] }),
      createField: (field) => act(`field ${field.object}`),
      grant: () => act('grant'),
      assign: () => act('assign'),
      writeConversion: () => act('conversion'),
    },
  };
  return { ports, done };
}

async function run(broken: readonly string[] = [], scope: SetupScope = { company: false, deal: false }) {
  const { ports, done } = emptyCrms(broken);
  const desired = desiredFor(scope);
  const outcomes = await applySetup(planSetup(await lookAtCrms(ports, desired), desired, 0), ports);
  return { done, outcomes: Object.fromEntries(outcomes.map(({ id, outcome }) => [id, outcome])) };
}

describe('applying setup', () => {
  it('creates fields before the right to them, and the right before its assignment', async () => {
    const { done } = await run();

    expect(done).toEqual([
      'field Lead',
      'field Contact',
      'grant',
      'assign',
      'conversion',
      'property contacts.salesforce_person_id',
      'property contacts.salesforce_recycle_reason',
    ]);
  });

  it('creates the ids of companies and deals where the mapping has them on', async () => {
    const { done } = await run([], { company: true, deal: true });

    expect(done).toEqual([
      'field Lead',
      'field Contact',
      'field Account',
      'field Opportunity',
      'grant',
      'assign',
      'conversion',
      'property contacts.salesforce_person_id',
      'property contacts.salesforce_recycle_reason',
      'property companies.salesforce_account_id',
      'property deals.salesforce_opportunity_id',
    ]);
  });

  it('maps the conversion although the field of deals failed, and creates contacts’ properties without the right to deals', async () => {
    const { outcomes } = await run(['field Opportunity', 'deals'], { company: false, deal: true });

    expect(outcomes).toMatchObject({
      'field-opportunity': 'failed',
      'permission-set': 'skipped',
      'conversion-mapping': 'done',
      property: 'done',
      'deal-property': 'failed',
    });
    expect(outcomes).not.toHaveProperty('company-property');
  });

  it('skips only what builds on a step that failed', async () => {
    const { outcomes } = await run(['field Contact']);

    expect(outcomes).toEqual({
      'field-lead': 'done',
      'field-contact': 'failed',
      'permission-set': 'skipped',
      'permission-assignment': 'skipped',
      'conversion-mapping': 'skipped',
      property: 'done',
      'reason-property': 'done',
    });
  });

  it('touches nothing that it could not look at', async () => {
    const { done, outcomes } = await run(['fields', 'properties']);

    expect(done).toEqual([]);
    expect(outcomes.property).toBe('failed');
  });
});
