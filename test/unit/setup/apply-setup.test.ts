import { describe, expect, it } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import { applySetup } from '../../../src/usecases/setup/apply-setup.ts';
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
    salesforce: { identity: async () => ({ orgId: '00D', userId: '005000000000001AAA', apiVersion: '67.0' }) },
    hubspot: {
      properties: async () => (broken.includes('properties') ? refuse() : []),
      createTextProperty: (_type, property) => act(`property ${property.name}`),
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

async function run(broken: readonly string[] = []) {
  const { ports, done } = emptyCrms(broken);
  const outcomes = await applySetup(planSetup(await lookAtCrms(ports), 0), ports);
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
      'property salesforce_person_id',
      'property salesforce_recycle_reason',
    ]);
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
