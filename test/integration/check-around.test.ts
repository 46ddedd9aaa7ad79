import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMappings } from '../../src/mappings/load.ts';
import {
  type HubSpotSandbox,
  type HubSpotSandboxOptions,
  startHubSpotSandbox,
} from '../../src/sandbox/hubspot/index.ts';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { createClockWatch } from '../../src/service/clock-watch.ts';
import { runCheck } from '../../src/usecases/check/run-check.ts';
import { connectTo } from '../contract/salesforce-support.ts';
import { openHubSpot } from '../support/hubspot-adapter.ts';
import { useLedger } from '../support/ledger.ts';
import { type MappingChanges, withDeals, writeMappings } from '../support/mappings.ts';

const bench = useLedger();
let hubspot: HubSpotSandbox;
let salesforce: SalesforceSandbox;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handoff-check-'));
  await bench.database.pool.query('delete from schema_snapshots');
  await bench.database.pool.query('delete from event_arrivals');
  salesforce = await startSalesforceSandbox();
});
afterEach(async () => {
  await Promise.all([hubspot?.close(), salesforce.close()]);
  rmSync(folder, { recursive: true, force: true });
});

type More = { changes?: MappingChanges; keep?: boolean; aheadMs?: number; nowMs?: number };

/** What a check with the real adapters and a real ledger finds besides the fallback owner; codes with their severity. */
async function check({ changes = {}, keep = true, aheadMs = 0, nowMs = Date.now() }: More = {}) {
  const loaded = loadMappings(writeMappings(folder, salesforce, { ...withDeals, ...changes }));
  if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
  const clocks = createClockWatch();
  const now = () => Date.now() - aheadMs;
  const ports = {
    hubspot: openHubSpot({ baseUrl: hubspot.url, accessToken: hubspot.accessToken }).hubspot,
    salesforce: connectTo(salesforce, { clock: { now }, clocks }).salesforce,
    clocks,
  };
  const settings = { pollSeconds: 30, dailyBudget: { share: 0.5 } };
  const given = { ports, ledger: bench.ledger, mapping: loaded.mapping, settings, clock: { now: () => nowMs } };
  const { findings } = await runCheck(given, { keep, knowsEvents: false });
  return findings.map(({ severity, code, what }) => ({ code: `${severity} ${code}`, what }));
}

const codes = (findings: readonly { code: string }[]) => findings.map(({ code }) => code);

async function startHubSpot(options: HubSpotSandboxOptions = {}) {
  hubspot = await startHubSpotSandbox({ withHandoffFields: true, ...options });
}

describe('handoff check: what stands in no schema', () => {
  it('finds nothing on two CRMs that are set up', async () => {
    await startHubSpot();

    expect(await check()).toEqual([]);
  });

  it('finds scopes that the token lacks, before a call fails for it', async () => {
    await startHubSpot({ missingScopes: ['crm.objects.companies.write'] });

    const [finding, ...others] = await check();

    expect(finding).toMatchObject({ code: 'error hubspot_scope_missing' });
    expect(finding?.what).toContain('crm.objects.companies.write');
    expect(others).toEqual([]);
  });

  it('finds rights to an object that our user lacks', async () => {
    await startHubSpot();
    salesforce.setObjectRights('Account', { createable: false });

    expect(codes(await check())).toEqual(['error object_right_missing']);
  });

  it('finds duplicate rules that will stop records, by what they do', async () => {
    await startHubSpot();
    salesforce.addDuplicateRule({ object: 'Lead', action: 'alert', match: 'email' });
    const takeAway = salesforce.addDuplicateRule({ object: 'Account', action: 'block', match: 'name' });
    salesforce.addDuplicateRule({ object: 'Contact', action: 'block', match: 'email' });

    expect(codes(await check())).toEqual(['warning duplicate_rule_alerts', 'warning duplicate_rule_blocks']);
    takeAway();
    expect(codes(await check({ changes: { 'contacts.yaml': { allow_duplicates: true } } }))).toEqual([]);
  });

  it('finds an assignment rule that the org does not have', async () => {
    await startHubSpot();
    const id = salesforce.addAssignmentRule({ isActive: true });

    expect(codes(await check({ changes: { 'contacts.yaml': { assignment_rule: id } } }))).toEqual([]);
    const wrong = await check({ changes: { 'contacts.yaml': { assignment_rule: '01Q000000000999' } } });
    expect(codes(wrong)).toEqual(['error assignment_rule_missing']);
    expect(wrong[0]?.what).toContain('01Q000000000999');
  });

  it('finds that few calls of the day are left', async () => {
    await startHubSpot();
    salesforce.setDailyLimit(100_000);
    salesforce.setDailyUsed(90_000);

    expect(codes(await check())).toEqual(['warning api_limit_low']);
  });

  it('finds a clock that goes wrong', async () => {
    await startHubSpot();

    expect(codes(await check({ aheadMs: 120_000 }))).toEqual(['warning clock_skew']);
    expect(codes(await check({ aheadMs: -400_000 }))).toEqual(['error clock_skew']);
  });

  it('finds a required field of our own making, a hidden one, and one that is shorter than what is sent', async () => {
    await startHubSpot();
    salesforce.addField('Opportunity', 'Region__c', { isRequired: true });
    salesforce.setFieldAccess('Account', 'HubSpot_Company_Id__c', 'none');

    expect(codes(await check()).toSorted()).toEqual(['error id_field_missing', 'error required_unmapped']);
  });
});

describe('handoff check: what was changed in a CRM since the last look', () => {
  it('tells a value that was switched off, a stage that is new, and a property that is gone, each once as new', async () => {
    await startHubSpot();
    await check();
    salesforce.setPicklist('Lead', 'Status', [
      'Open - Not Contacted',
      'Working - Contacted',
      'Closed - Converted',
      'Closed - Not Converted',
      'Nurture',
    ]);
    hubspot.dealPipelines[0]?.stages.push({
      ...(hubspot.dealPipelines[0]?.stages[0] ?? ({} as never)),
      id: '4711',
      label: 'Legal review',
    });
    hubspot.properties.remove('contacts', 'mobilephone');

    const changed = (await check()).filter(({ code }) => code.startsWith('warning schema_changed'));
    const again = (await check()).filter(({ code }) => code.startsWith('warning schema_changed'));

    expect(codes(changed).toSorted()).toEqual([
      'warning schema_changed_added',
      'warning schema_changed_added',
      'warning schema_changed_removed',
    ]);
    const told = changed.map(({ what }) => what).join(' ');
    for (const name of ['mobilephone', 'Nurture', 'Legal review']) expect(told).toContain(name);
    expect(again).toEqual(changed);
    const stored = await bench.ledger.lastCheck();
    expect(stored?.changes).toHaveLength(3);
    expect(stored?.errors).toBeGreaterThan(0);
    // A week later they are told no more; what they break still is.
    const later = await check({ nowMs: Date.now() + 8 * 86_400_000 });
    expect(codes(later)).toContain('error unknown_property');
    expect(codes(later).filter((code) => code.includes('schema_changed'))).toEqual([]);
  });

  it('compares what a person asks for, and keeps nothing of it', async () => {
    await startHubSpot();
    await check();
    hubspot.properties.remove('contacts', 'mobilephone');

    const asked = await check({ keep: false });
    const daily = await check();

    expect(codes(asked)).toContain('warning schema_changed_removed');
    expect(codes(daily)).toContain('warning schema_changed_removed');
  });

  it('keeps no value of any record', async () => {
    await startHubSpot();
    hubspot.createContact({ email: 'ada.lovelace@example.com', lastname: 'Lovelace' });
    await check();

    const { rows } = await bench.database.pool.query<{ content: string }>('select content::text from schema_snapshots');

    expect(rows).toHaveLength(1);
    expect(rows[0]?.content).not.toMatch(/lovelace/i);
  });
});

describe('when HubSpot told of records', () => {
  it('is noted by kind, once a minute at most', async () => {
    const before = Date.now() - 1_000;
    await bench.ledger.eventsArrived(['contact', 'deal', 'contact']);
    const first = await bench.ledger.eventArrivals();
    await bench.ledger.eventsArrived(['contact']);

    expect([...first.keys()].toSorted()).toEqual(['contact', 'deal']);
    expect(first.get('contact')).toBeGreaterThan(before);
    expect(await bench.ledger.eventArrivals()).toEqual(first);
  });
});
