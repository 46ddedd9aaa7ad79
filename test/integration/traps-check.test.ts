import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMappings } from '../../src/mappings/load.ts';
import { type HubSpotSandbox, startHubSpotSandbox } from '../../src/sandbox/hubspot/index.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { checkCrms } from '../../src/usecases/check-crms.ts';
import { connectTo } from '../contract/salesforce-support.ts';
import { openHubSpot } from '../support/hubspot-adapter.ts';
import { type MappingChanges, writeMappings } from '../support/mappings.ts';

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

/** `handoff check` with the real adapters: severity, code and place of every finding. */
async function check(changes: MappingChanges = {}, accessToken = hubspot.accessToken) {
  const loaded = await loadMappings(writeMappings(folder, salesforce, changes));
  if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
  const ports = {
    hubspot: openHubSpot({ baseUrl: hubspot.url, accessToken }).hubspot,
    salesforce: connectTo(salesforce).salesforce,
  };
  return await checkCrms(ports, loaded.mapping);
}

const codes = (findings: Awaited<ReturnType<typeof check>>) =>
  findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);

describe('handoff check on both local CRMs', () => {
  it('has no error to tell of the shipped mappings', async () => {
    expect(codes(await check())).toEqual([]);
  });

  it('finds a property that HubSpot lacks, at its line', async () => {
    const findings = await check({ 'contacts.yaml': { 'fields.4.hubspot': 'job_title', examples: [] } });

    const [unknown] = findings.filter(({ severity }) => severity === 'error');
    expect(unknown).toMatchObject({ code: 'unknown_property', what: expect.stringContaining('job_title') });
    expect(unknown?.file).toContain('contacts.yaml');
    expect(unknown?.line).toBeGreaterThan(0);
  });

  it('finds a property that only the gate reads', async () => {
    const findings = await check({
      'gate.yaml': { condition: "contact.consent_given == 'yes'", condition_text: 'consent', examples: [] },
    });

    expect(codes(findings)).toEqual(['unknown_property']);
  });

  it('finds an external id that is there and hidden: a field made by API is nobody’s until it is granted', async () => {
    salesforce.setFieldAccess('Lead', 'HubSpot_Contact_Id__c', 'none');

    expect(codes(await check())).toEqual(['id_field_missing']);
  });

  it('finds a stage by its internal value: a label, or the id of another portal, opens nothing', async () => {
    const stages = hubspot.properties.get('contacts', 'lifecyclestage')?.options ?? [];
    const others = stages.filter(({ value }) => value !== 'salesqualifiedlead');
    hubspot.properties.setOptions('contacts', 'lifecyclestage', [...others, { value: '4711' }]);

    expect(codes(await check())).toEqual(['unknown_stage']);
  });

  it('goes by the order in which HubSpot shows its stages, however it lists them', async () => {
    const stages = hubspot.properties.get('contacts', 'lifecyclestage')?.options ?? [];
    hubspot.properties.setOptions('contacts', 'lifecyclestage', stages.toReversed());

    expect(codes(await check())).toEqual([]);

    const swapped = stages.map((stage) => (stage.value === 'opportunity' ? { ...stage, displayOrder: 2.5 } : stage));
    hubspot.properties.setOptions('contacts', 'lifecyclestage', swapped);

    expect(codes(await check())).toEqual(['stage_order']);
  });

  it('finds a value that a restricted picklist would refuse, at the entry that would write it', async () => {
    salesforce.setPicklist('Lead', 'LeadSource', ['Web', 'Anything else'], { restricted: true });

    const findings = await check();

    expect(codes(findings)).toEqual(['unknown_picklist_value', 'unknown_picklist_value']);
    const lines = findings
      .filter(({ severity }) => severity === 'error')
      .map(({ file, line }) => readFileSync(file, 'utf8').split('\n')[line - 1]?.trim());
    expect(lines).toEqual(['OTHER_CAMPAIGNS: Other', 'LeadSource: Other']);
  });

  it('tells a token that HubSpot refuses, and what to do', async () => {
    const findings = await check({}, 'pat-wrong');

    expect(codes(findings)).toEqual(['hubspot_unauthorised']);
    expect(findings[0]?.fix).not.toBe('');
  });
});
