import { afterEach, describe, expect, it } from 'vitest';
import { createHubSpot } from '../../src/hubspot/crm.ts';
import type { BudgetPort } from '../../src/ports/budget.ts';
import { createClient } from '../../src/salesforce/client.ts';
import { createSalesforceSetup } from '../../src/salesforce/metadata.ts';
import { startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { type SalesforceSandboxOptions, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import type { SyncedProperties } from '../../src/usecases/setup/hubspot-app.ts';
import type { SetupPorts } from '../../src/usecases/setup/look.ts';
import { runSetup, type SetupReport } from '../../src/usecases/setup/run-setup.ts';

const idField = 'HubSpot_Contact_Id__c';

/** No pacing here: the budget has tests of its own. */
const freeBudget: BudgetPort = {
  reserve: async () => ({ waitMs: 0, granted: true }),
  take: async () => undefined,
  observe: () => undefined,
  pause: async () => undefined,
};

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function startBoth(options: SalesforceSandboxOptions = {}) {
  const salesforce = await startSalesforceSandbox({ withHandoffFields: false, ...options });
  closers.push(salesforce.close);
  const hubspot = await startHubSpotSandbox();
  closers.push(hubspot.close);
  for (const name of ['salesforce_person_id', 'salesforce_recycle_reason']) {
    if (hubspot.properties.get('contacts', name) !== undefined) hubspot.properties.remove('contacts', name);
  }
  const client = createClient({
    loginUrl: salesforce.url,
    clientId: salesforce.clientId,
    auth: { kind: 'client-credentials', clientSecret: salesforce.clientSecret },
    apiVersion: '67.0',
    budget: freeBudget,
  });
  const { accessToken, url: baseUrl } = hubspot;
  const ports: SetupPorts = {
    hubspot: createHubSpot({ accessToken, baseUrl, apiPaths: 'v3', budget: freeBudget }),
    salesforce: {
      identity: async () => ({
        orgId: salesforce.orgId,
        userId: salesforce.runAsUserId,
        apiVersion: '67.0',
        url: salesforce.url,
      }),
    },
    salesforceSetup: createSalesforceSetup(client.connection),
  };
  return { salesforce, hubspot, ports };
}

function memoryFolder(name: string) {
  const files = new Map<string, string>();
  return {
    files,
    folder: {
      name,
      read: async (path: string) => files.get(path) ?? null,
      write: async (path: string, text: string) => void files.set(path, text),
    },
  };
}

const contactsOnly: SyncedProperties = { contact: ['email'], company: null, deal: null };

function setup(
  ports: SetupPorts,
  apply: boolean,
  exportFolder = memoryFolder('export'),
  properties = contactsOnly,
): Promise<SetupReport> {
  return runSetup({
    ports,
    apply,
    publicUrl: 'https://handoff.example.com',
    properties,
    apiVersion: '67.0',
    appFolder: memoryFolder('app').folder,
    exportFolder: exportFolder.folder,
    nowMs: Date.UTC(2026, 10, 22),
  });
}

function outcomes(report: SetupReport): Record<string, string> {
  return Object.fromEntries(report.steps.map((step) => [step.id, step.outcome?.outcome ?? step.state]));
}

const steps = [
  'field-lead',
  'field-contact',
  'permission-set',
  'permission-assignment',
  'conversion-mapping',
  'property',
  'reason-property',
];
const all = (outcome: string) => Object.fromEntries(steps.map((id) => [id, outcome]));

describe('handoff setup against both local CRMs', () => {
  it('only shows, creates when asked, and finds nothing to do the second time', async () => {
    const { salesforce, hubspot, ports } = await startBoth();

    expect(outcomes(await setup(ports, false))).toEqual(all('missing'));
    expect(hubspot.properties.get('contacts', 'salesforce_person_id')).toBeUndefined();

    const applied = await setup(ports, true);
    expect(applied.ok).toBe(true);
    expect(outcomes(applied)).toEqual(all('done'));

    salesforce.resetRequests();
    expect(outcomes(await setup(ports, true))).toEqual(all('nothing'));
    expect(outcomes(await setup(ports, false))).toEqual(all('exists'));
    expect(hubspot.properties.get('contacts', 'salesforce_person_id')?.hasUniqueValue).toBe(true);
    expect(hubspot.properties.get('contacts', 'salesforce_recycle_reason')?.hasUniqueValue).toBe(false);
  });

  it('does the same for companies and deals once the mapping has them on', async () => {
    const { hubspot, ports } = await startBoth();
    const everything = { contact: ['email'], company: ['name'], deal: ['dealname'] };
    await setup(ports, true);

    const applied = await setup(ports, true, undefined, everything);

    expect(outcomes(applied)).toEqual({
      ...all('nothing'),
      'permission-set': 'done',
      'field-account': 'done',
      'field-opportunity': 'done',
      'company-property': 'done',
      'deal-property': 'done',
    });
    expect(hubspot.properties.get('companies', 'salesforce_account_id')?.hasUniqueValue).toBe(true);
    expect(hubspot.properties.get('deals', 'salesforce_opportunity_id')?.hasUniqueValue).toBe(true);
    for (const [object, field] of [
      ['Account', 'HubSpot_Company_Id__c'],
      ['Opportunity', 'HubSpot_Deal_Id__c'],
    ] as const) {
      const seen = await ports.salesforceSetup.described(object, [field]);
      const wanted = { type: 'Text', length: 32, unique: true, externalId: true, updateable: true };
      expect(seen.get(`${object}.${field}`)).toMatchObject(wanted);
    }
    expect(outcomes(await setup(ports, false, undefined, everything))).toEqual(
      Object.fromEntries(applied.steps.map(({ id }) => [id, 'exists'])),
    );
  });

  it('leaves the integration user able to see and write the field', async () => {
    const { ports } = await startBoth();
    expect((await ports.salesforceSetup.described('Lead', [idField])).size).toBe(0);

    await setup(ports, true);

    const seen = await ports.salesforceSetup.described('Lead', [idField]);
    expect(seen.get(`Lead.${idField}`)).toMatchObject({
      type: 'Text',
      length: 32,
      unique: true,
      externalId: true,
      caseSensitive: false,
      updateable: true,
    });
  });

  it('keeps the conversion mappings of others', async () => {
    const { salesforce, ports } = await startBoth();
    for (const object of ['Lead', 'Contact', 'Account']) salesforce.addField(object, 'Region__c');
    const theirs = { input: 'Region__c', output: 'Region__c' };
    await ports.salesforceSetup.writeConversion({
      allowOwnerChange: true,
      opportunityCreationOptions: 'VisibleOptional',
      mappings: [
        { output: 'Account', fields: [theirs] },
        { output: 'Contact', fields: [theirs] },
      ],
    });

    await setup(ports, true);

    const { mappings } = await ports.salesforceSetup.conversion();
    expect(mappings).toEqual([
      { output: 'Account', fields: [theirs] },
      { output: 'Contact', fields: [theirs, { input: idField, output: idField }] },
    ]);
  });

  it('keeps what an admin added to the permission set', async () => {
    const { salesforce, ports } = await startBoth();
    salesforce.addField('Lead', 'Region__c', { access: 'permission-sets' });
    const grants = [{ field: 'Lead.Region__c', readable: true, editable: false }];
    await ports.salesforceSetup.grant({ name: 'Handoff_Sync', label: 'Handoff Sync', description: '', grants });

    await setup(ports, true);

    const set = await ports.salesforceSetup.permissionSet('Handoff_Sync');
    expect(set?.grants.map(({ field }) => field).sort()).toEqual([
      `Contact.${idField}`,
      `Lead.${idField}`,
      'Lead.Region__c',
    ]);
  });

  it('never touches a field that is there and wrong, and ends with what a person must do', async () => {
    const { salesforce, ports } = await startBoth();
    salesforce.addField('Lead', idField, { length: 18, isExternalId: true, isUnique: false });

    const report = await setup(ports, true);

    expect(report.ok).toBe(false);
    expect(outcomes(report)).toMatchObject({
      'field-lead': 'failed',
      'field-contact': 'done',
      'permission-set': 'skipped',
    });
    const [definition] = (await ports.salesforceSetup.fields([`Lead.${idField}`])).values();
    expect(definition).toMatchObject({ length: 18, unique: false });
  });

  it('without metadata rights says so, changes nothing in Salesforce, and exports what an admin can deploy', async () => {
    const { ports } = await startBoth({ canModifyMetadata: false });
    const target = memoryFolder('export');

    const report = await setup(ports, false, target);

    expect(report.ok).toBe(false);
    expect(outcomes(report)).toMatchObject({
      'field-lead': 'unknown',
      'conversion-mapping': 'unknown',
      property: 'missing',
    });
    expect(report.steps[0]?.note).toContain('--export');
    expect([...target.files.keys()]).toEqual([
      'package.xml',
      'objects/Lead.object',
      'objects/Contact.object',
      'permissionsets/Handoff_Sync.permissionset',
      'README.md',
    ]);
  });

  it('goes on after rights were lent for the moment, and needs them no more afterwards', async () => {
    const { salesforce, ports } = await startBoth({ canModifyMetadata: false });
    salesforce.setCanModifyMetadata(true);
    await setup(ports, true);
    salesforce.setCanModifyMetadata(false);

    const states = outcomes(await setup(ports, false));

    expect(states).toMatchObject({
      'field-lead': 'exists',
      'field-contact': 'exists',
      'permission-set': 'exists',
      'permission-assignment': 'exists',
    });
  });

  it('tells which right is lacking in HubSpot', async () => {
    const { hubspot, ports } = await startBoth();
    hubspot.configure({ missingScopes: ['crm.schemas.contacts.read'] });

    const report = await setup(ports, false);

    const property = report.steps.find(({ id }) => id === 'property');
    expect(property?.state).toBe('unknown');
  });
});
