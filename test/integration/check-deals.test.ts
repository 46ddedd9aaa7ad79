import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMappings } from '../../src/mappings/load.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { checkCrms } from '../../src/usecases/check-crms.ts';
import { connectTo } from '../contract/salesforce-support.ts';
import { openHubSpot } from '../support/hubspot-adapter.ts';
import { withDeals, writeMappings } from '../support/mappings.ts';

let hubspot: HubSpotSandbox;
let salesforce: SalesforceSandbox;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handoff-check-'));
  [hubspot, salesforce] = await Promise.all([
    startHubSpotSandbox({ withHandoffFields: true }),
    startSalesforceSandbox(),
  ]);
});
afterEach(async () => {
  await Promise.all([hubspot.close(), salesforce.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** The errors of `handoff check` with the real adapters, where companies and deals are on: code and the line's file. */
async function check(deals: Record<string, unknown> = {}) {
  const changes = { ...withDeals, 'deals.yaml': { ...withDeals['deals.yaml'], ...deals } };
  const loaded = await loadMappings(writeMappings(folder, salesforce, changes));
  if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
  const ports = {
    hubspot: openHubSpot({ baseUrl: hubspot.url, accessToken: hubspot.accessToken }).hubspot,
    salesforce: connectTo(salesforce).salesforce,
  };
  const findings = await checkCrms(ports, loaded.mapping);
  const errors = findings.filter(({ severity }) => severity === 'error');
  return errors.map(({ code, what, file }) => ({ code, what, file: file.split('/').at(-1) }));
}

describe('handoff check of companies and deals on both local CRMs', () => {
  it('has no error to tell of the shipped mappings', async () => {
    expect(await check()).toEqual([]);
  });

  it('finds that a pipeline was deleted in HubSpot', async () => {
    hubspot.dealPipelines.splice(0, hubspot.dealPipelines.length);

    expect(await check()).toMatchObject([{ code: 'deal_pipeline_missing', file: 'deals.yaml' }]);
  });

  it('finds record types that are not there, and those that our user may not use', async () => {
    salesforce.addRecordType('Opportunity', { developerName: 'New_Business', isAvailable: false });
    const named = { 'pipelines.field': 'RecordTypeId', 'pipelines.list.0.salesforce': 'New_Business' };

    const codes = (await check(named)).map(({ code }) => code);
    const missing = (await check({ ...named, 'pipelines.list.0.salesforce': 'Other' })).map(({ code }) => code);

    expect([codes, missing]).toEqual([['record_type_not_permitted'], ['record_type_missing']]);
  });

  it('finds a label that nobody made in HubSpot', async () => {
    const [finding, ...others] = await check({ 'roles.labels': { Boss: 'Decision Maker' } });

    expect(finding).toMatchObject({ code: 'association_label_unknown', what: expect.stringContaining('"Boss"') });
    expect(others).toEqual([]);
  });

  it('finds a unique property of ours that nobody set up', async () => {
    hubspot.properties.remove('deals', 'salesforce_opportunity_id');

    expect(await check()).toMatchObject([{ code: 'id_property_missing', file: '' }]);
  });
});
