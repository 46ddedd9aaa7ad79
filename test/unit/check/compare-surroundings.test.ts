import { describe, expect, it } from 'vitest';
import type { CompiledMapping } from '../../../src/domain/mapping/types.ts';
import { SyncError } from '../../../src/errors.ts';
import { loadMappings } from '../../../src/mappings/load.ts';
import type { ActiveDuplicateRule } from '../../../src/ports/salesforce.ts';
import { compareClocks } from '../../../src/usecases/check/compare-clocks.ts';
import { compareLimits } from '../../../src/usecases/check/compare-limits.ts';
import { compareOrgRules } from '../../../src/usecases/check/compare-org-rules.ts';
import { compareRights } from '../../../src/usecases/check/compare-rights.ts';
import { compareAppFolder, compareArrivals } from '../../../src/usecases/check/compare-webhooks.ts';
import { usedObjects } from '../../../src/usecases/check/surroundings.ts';
import {
  buildHubSpotApp,
  requiredScopes,
  syncedPropertiesOf,
  webhooksFile,
} from '../../../src/usecases/setup/hubspot-app.ts';
import { shippedMappings } from '../live-schemas.ts';

const loaded = loadMappings(shippedMappings);
if (!loaded.ok) throw new Error('the shipped mappings do not load');
const shipped = loaded.mapping;
const mapping: CompiledMapping = {
  ...shipped,
  company: { ...shipped.company, isOn: true },
  deal: { ...shipped.deal, isOn: true },
};

const fault = new SyncError('needs-human', 'salesforce_access_blocked', 'No.', { advice: 'Ask.' });
const all = { queryable: true, createable: true, updateable: true, deletable: true };
const scopes = new Set(requiredScopes(syncedPropertiesOf(mapping)));
const rightsWith = (object: string, missing: Partial<typeof all>) =>
  new Map(usedObjects(mapping).map((name) => [name, { answer: { ...all, ...(name === object ? missing : {}) } }]));
const rights = rightsWith('', {});
const brief = (findings: readonly { severity: string; code: string }[]) =>
  findings.map(({ severity, code }) => `${severity} ${code}`);

describe('what token and user may do', () => {
  const without = (scope: string) => new Set([...scopes].filter((each) => each !== scope));

  it('says nothing where all is granted, and nothing of scopes where HubSpot tells none', () => {
    expect(compareRights({ scopes: { answer: scopes }, rights }, mapping)).toEqual([]);
    expect(compareRights({ scopes: { answer: null }, rights }, mapping)).toEqual([]);
  });

  it.each([
    { scope: 'crm.objects.deals.read', expected: 'error hubspot_scope_missing' },
    { scope: 'crm.objects.owners.read', expected: 'error hubspot_scope_missing' },
    { scope: 'crm.schemas.contacts.write', expected: 'warning hubspot_scope_missing' },
  ])('without $scope: $expected', ({ scope, expected }) => {
    const findings = compareRights({ scopes: { answer: without(scope) }, rights }, mapping);

    expect(brief(findings)).toEqual([expected]);
    expect(findings[0]?.what).toContain(scope);
  });

  it('wants no scope of a kind that is off', () => {
    const off = { ...mapping, company: { ...mapping.company, isOn: false }, deal: { ...mapping.deal, isOn: false } };
    const ofContacts = new Set([...scopes].filter((scope) => /contacts|owners/.test(scope)));

    expect(compareRights({ scopes: { answer: ofContacts }, rights }, off)).toEqual([]);
  });

  it.each([
    { object: 'Lead', missing: { createable: false }, word: 'create' },
    { object: 'Contact', missing: { updateable: false }, word: 'edit' },
    { object: 'Account', missing: { createable: false }, word: 'create' },
    { object: 'Opportunity', missing: { updateable: false }, word: 'edit' },
    { object: 'OpportunityContactRole', missing: { deletable: false }, word: 'delete' },
  ])('without the right to $word $object', ({ object, missing, word }) => {
    const [finding, ...others] = compareRights(
      { scopes: { answer: scopes }, rights: rightsWith(object, missing) },
      mapping,
    );

    expect([finding?.severity, finding?.code, others]).toEqual(['error', 'object_right_missing', []]);
    expect(finding?.what).toContain(`may not ${word} records of ${object}`);
  });

  it('asks for the right to delete only where the mapping deletes', () => {
    const withoutDelete = rightsWith('Lead', { deletable: false });
    const deletes = { ...mapping, events: { ...mapping.events, deletedInHubSpot: 'delete' as const } };

    expect(compareRights({ scopes: { answer: scopes }, rights: withoutDelete }, mapping)).toEqual([]);
    expect(brief(compareRights({ scopes: { answer: scopes }, rights: withoutDelete }, deletes))).toEqual([
      'error object_right_missing',
    ]);
  });

  it('says what could not be looked at, and why', () => {
    const [finding] = compareRights({ scopes: { fault }, rights }, mapping);

    expect(finding).toMatchObject({ severity: 'warning', code: 'not_checked', fix: 'Ask.' });
    expect(finding?.what).toContain('salesforce_access_blocked');
  });
});

describe('rules of the org', () => {
  const duplicate = (object: ActiveDuplicateRule['object'], action: ActiveDuplicateRule['action']) => ({
    duplicateRules: { answer: [{ object, name: 'Standard', action }] },
    assignmentRules: { answer: [] },
  });
  const allowing = { ...mapping, contact: { ...mapping.contact, allowDuplicates: true } };

  it.each([
    { object: 'Lead', action: 'block', given: mapping, expected: ['warning duplicate_rule_blocks'] },
    { object: 'Lead', action: 'block', given: allowing, expected: ['warning duplicate_rule_blocks'] },
    { object: 'Lead', action: 'alert', given: mapping, expected: ['warning duplicate_rule_alerts'] },
    { object: 'Lead', action: 'alert', given: allowing, expected: [] },
    { object: 'Lead', action: 'report', given: mapping, expected: [] },
    { object: 'Lead', action: null, given: mapping, expected: ['warning duplicate_rule_unknown'] },
    { object: 'Account', action: 'alert', given: allowing, expected: ['warning duplicate_rule_alerts'] },
  ] as const)('a rule of $object that does $action: $expected', ({ object, action, given, expected }) => {
    const findings = compareOrgRules(duplicate(object, action), given);

    expect(brief(findings)).toEqual(expected);
    if (object === 'Lead' && findings[0]) expect(findings[0].file).toContain('contacts.yaml');
  });

  it('tells where our user may not see them', () => {
    const hidden = { duplicateRules: { answer: null }, assignmentRules: { answer: null } };

    expect(brief(compareOrgRules(hidden, mapping))).toEqual(['warning duplicate_rules_hidden']);
  });

  it.each([
    { wanted: '01Q000000000001', expected: [] },
    { wanted: '01Q000000000001AAA', expected: [] },
    { wanted: '01Q000000000009', expected: ['error assignment_rule_missing'] },
    { wanted: false as const, expected: [] },
  ])('the assignment rule $wanted: $expected', ({ wanted, expected }) => {
    const told = {
      duplicateRules: { answer: [] },
      assignmentRules: { answer: [{ id: '01Q000000000001AAA', object: 'Lead', isActive: true }] },
    };
    const given = { ...mapping, contact: { ...mapping.contact, assignmentRule: wanted } };

    expect(brief(compareOrgRules(told, given))).toEqual(expected);
  });
});

describe('calls of the day', () => {
  const settings = { pollSeconds: 30, dailyBudget: { share: 0.5 } };
  const usage = (hubspot: number, salesforce: number, dailyLimit = 100_000) => ({
    usage: {
      hubspot: { answer: { usedToday: hubspot, dailyLimit: 1_000, resetsAtMs: null } },
      salesforce: { answer: { usedToday: salesforce, dailyLimit } },
    },
  });

  it.each([
    { name: 'enough', given: usage(0, 0), expected: [] },
    { name: 'a fifth left', given: usage(800, 80_000), expected: [] },
    { name: 'less at HubSpot', given: usage(801, 0), expected: ['warning api_limit_low'] },
    { name: 'less at Salesforce', given: usage(0, 80_001), expected: ['warning api_limit_low'] },
    {
      name: 'a small org that is polled too often',
      given: usage(0, 0, 5_000),
      expected: ['warning polls_exceed_budget'],
    },
  ])('$name: $expected', ({ given, expected }) => {
    expect(brief(compareLimits(given, settings))).toEqual(expected);
  });

  it('takes a budget in calls as it stands, and names a pace that fits', () => {
    const [finding] = compareLimits(usage(0, 0), { pollSeconds: 30, dailyBudget: { calls: 1_000 } });

    expect(finding).toMatchObject({ code: 'polls_exceed_budget', file: '.env' });
    expect(finding?.fix).toContain('SALESFORCE_POLL_SECONDS to 173');
  });

  it('says nothing of an account without a limit, and names one that could not be asked', () => {
    const none = { usage: { hubspot: { answer: null }, salesforce: { fault } } };

    expect(brief(compareLimits(none, settings))).toEqual(['warning not_checked']);
  });
});

it.each([
  { aheadMs: 59_000, expected: [] },
  { aheadMs: 61_000, expected: ['warning clock_skew'] },
  { aheadMs: -61_000, expected: ['warning clock_skew'] },
  { aheadMs: -301_000, expected: ['error clock_skew'] },
])('a clock that is $aheadMs milliseconds ahead: $expected', ({ aheadMs, expected }) => {
  expect(brief(compareClocks(new Map([['hubspot', aheadMs]])))).toEqual(expected);
});

describe('webhooks', () => {
  const nowMs = Date.parse('2026-11-22T12:00:00Z');
  const dayMs = 86_400_000;

  it('misses the kinds of which nothing has come for a week', () => {
    const arrivals = new Map([
      ['contact', nowMs - dayMs],
      ['company', nowMs - 8 * dayMs],
    ] as const);

    const findings = compareArrivals(arrivals, mapping, nowMs);

    expect(brief(findings)).toEqual(['warning no_webhooks_seen', 'warning no_webhooks_seen']);
    expect(findings[0]?.what).toContain('companies has arrived since 2026-11-14');
    expect(findings[1]?.what).toContain('deals has arrived ever');
  });

  const publicUrl = 'https://handoff.example.com';
  const files = buildHubSpotApp({ publicUrl, properties: syncedPropertiesOf(mapping) });
  const written = files.get(webhooksFile) ?? '';
  const folder = (text: string | null) => ({
    name: 'data/hubspot-app',
    read: async () => text,
    write: async () => undefined,
  });
  const check = async (text: string | null, url: string | null = publicUrl) =>
    brief(await compareAppFolder(folder(text), mapping, url));

  it('finds the folder of the app as setup wrote it', async () => {
    expect(await check(written)).toEqual([]);
    expect(await check(written, null)).toEqual([]);
  });

  it.each([
    { name: 'no folder', text: null, expected: ['warning app_folder_missing'] },
    { name: 'no JSON', text: 'x', expected: ['warning subscription_missing', 'warning webhook_target_differs'] },
    {
      name: 'a property that is not subscribed',
      text: written.replace('"propertyName": "jobtitle"', '"propertyName": "other"'),
      expected: ['warning subscription_missing'],
    },
    {
      name: 'deletions that are switched off',
      text: written.replace(/("contact\.deletion",\s+"active": )true/, '$1false'),
      expected: ['warning subscription_missing'],
    },
    {
      name: 'another target',
      text: written.replaceAll('handoff.example.com', 'old.example.com'),
      expected: ['warning webhook_target_differs'],
    },
  ])('$name: $expected', async ({ text, expected }) => {
    expect(await check(text)).toEqual(expected);
  });
});
