import { describe, expect, it } from 'vitest';
import type { HubSpotType } from '../../../src/ports/hubspot.ts';
import type { TextFieldDefinition } from '../../../src/ports/salesforce-setup.ts';
import { desiredFor, fullName, idProperty, reasonProperty } from '../../../src/usecases/setup/desired.ts';
import { planSetup } from '../../../src/usecases/setup/plan-setup.ts';
import { mergeConversion } from '../../../src/usecases/setup/salesforce-steps.ts';
import type { SetupFound, SetupStep, Unreadable } from '../../../src/usecases/setup/types.ts';

const now = Date.UTC(2026, 10, 22);
const desired = desiredFor({ company: false, deal: false });
const { fields: desiredFields, permissionSet: desiredPermissionSet } = desired;
const noRights: Unreadable = {
  code: 'salesforce_metadata_rights',
  text: 'The integration user may not read metadata.',
};
const idField = 'HubSpot_Contact_Id__c';
const emptyConversion = { allowOwnerChange: false, opportunityCreationOptions: 'VisibleOptional', mappings: [] };

const property = {
  name: idProperty.name,
  label: idProperty.label,
  type: 'string',
  fieldType: 'text',
  options: [],
  hasUniqueValue: true,
  readOnly: false,
};
const reason = { ...property, name: reasonProperty.name, label: reasonProperty.label, hasUniqueValue: false };

function freshOrg(overrides: Partial<SetupFound> = {}): SetupFound {
  return {
    userId: '005000000000001AAA',
    fields: new Map(desiredFields.map((field) => [fullName(field), null])),
    described: new Map(),
    permissionSet: null,
    assigned: null,
    conversion: emptyConversion,
    hubspotProperties: new Map(),
    connector: { installed: false, lastSyncMs: null },
    ...overrides,
  };
}

function readyOrg(overrides: Partial<SetupFound> = {}): SetupFound {
  return freshOrg({
    fields: new Map(desiredFields.map((field) => [fullName(field), field])),
    permissionSet: desiredPermissionSet,
    assigned: true,
    conversion: {
      ...emptyConversion,
      mappings: [{ output: 'Contact', fields: [{ input: idField, output: idField }] }],
    },
    hubspotProperties: new Map([['contacts', [property, reason]]]),
    ...overrides,
  });
}

function stateOf(found: SetupFound): Record<string, string> {
  return Object.fromEntries(planSetup(found, desired, now).steps.map((step) => [step.id, step.state]));
}

function step(found: SetupFound, id: string): SetupStep {
  const result = planSetup(found, desired, now).steps.find((candidate) => candidate.id === id);
  if (result === undefined) throw new Error(`no step ${id}`);
  return result;
}

function leadField(difference: Partial<TextFieldDefinition>): SetupFound {
  const fields = new Map(desiredFields.map((field) => [fullName(field), field as TextFieldDefinition]));
  const [lead] = desiredFields;
  if (lead === undefined) throw new Error('no field is wanted');
  fields.set(fullName(lead), { ...lead, ...difference });
  return readyOrg({ fields });
}

describe('setup: what is shown before anything is changed', () => {
  it('finds everything missing in a fresh pair of CRMs, in the order in which it must come', () => {
    expect(Object.entries(stateOf(freshOrg()))).toEqual([
      ['field-lead', 'missing'],
      ['field-contact', 'missing'],
      ['permission-set', 'missing'],
      ['permission-assignment', 'missing'],
      ['conversion-mapping', 'missing'],
      ['property', 'missing'],
      ['reason-property', 'missing'],
    ]);
  });

  it('finds nothing to do once all is there', () => {
    const { steps, warnings } = planSetup(readyOrg(), desired, now);

    expect(steps.map(({ state, action }) => [state, action])).toEqual(steps.map(() => ['exists', null]));
    expect(warnings).toEqual([]);
  });

  it.each([
    { difference: { unique: false }, because: 'not unique' },
    { difference: { length: 18 }, because: 'holds 18 characters, 32 are needed' },
    { difference: { externalId: false }, because: 'not an external id' },
    { difference: { caseSensitive: true }, because: 'upper from lower case' },
    { difference: { type: 'Number' }, because: 'type is Number' },
  ])('leaves a field alone that is there and $because', ({ difference, because }) => {
    const lead = step(leadField(difference), 'field-lead');

    expect(lead.state).toBe('wrong');
    expect(lead.action).toBeNull();
    expect(lead.note).toContain(because);
  });

  it('accepts a field that is longer than we need', () => {
    expect(step(leadField({ length: 64 }), 'field-lead').state).toBe('exists');
  });

  it('completes a permission set of ours that lacks a grant', () => {
    const permissionSet = { ...desiredPermissionSet, grants: desiredPermissionSet.grants.slice(0, 1) };

    const grant = step(readyOrg({ permissionSet }), 'permission-set');

    expect(grant.state).toBe('outdated');
    expect(grant.note).toContain('Contact.HubSpot_Contact_Id__c');
    expect(grant.action?.kind).toBe('grant');
  });

  it.each([
    { difference: { hasUniqueValue: false }, because: 'values are not unique' },
    { difference: { type: 'number' }, because: 'type is number' },
  ])('refuses a HubSpot property whose $because, which cannot be changed later', ({ difference, because }) => {
    const found = step(
      readyOrg({ hubspotProperties: new Map([['contacts', [{ ...property, ...difference }]]]) }),
      'property',
    );

    expect([found.state, found.action]).toEqual(['wrong', null]);
    expect(found.note).toContain(because);
  });

  it.each([
    { difference: { hasUniqueValue: true }, because: 'only one contact could hold each' },
    { difference: { readOnly: true }, because: 'cannot be written' },
  ])('refuses a property for the reason of a recycle where $because', ({ difference, because }) => {
    const found = step(
      readyOrg({ hubspotProperties: new Map([['contacts', [property, { ...reason, ...difference }]]]) }),
      'reason-property',
    );

    expect([found.state, found.action]).toEqual(['wrong', null]);
    expect(found.note).toContain(because);
  });
});

describe('setup: without metadata rights', () => {
  const locked = { fields: noRights, permissionSet: noRights, conversion: noRights };

  it('says so for every part that it cannot see, and offers nothing that would fail', () => {
    const { steps } = planSetup(freshOrg(locked), desired, now);

    const blind = steps.filter(({ state }) => state === 'unknown');
    expect(blind.map(({ id }) => id)).toEqual(['field-lead', 'field-contact', 'permission-set', 'conversion-mapping']);
    expect(blind.every(({ action }) => action === null)).toBe(true);
    expect(blind[0]?.note).toContain('--export');
  });

  it('believes the describe call once an admin has deployed the fields', () => {
    const described = new Map(desiredFields.map((field) => [fullName(field), { ...field, updateable: true }]));

    const states = stateOf(readyOrg({ ...locked, described }));

    expect(states).toMatchObject({ 'field-lead': 'exists', 'field-contact': 'exists', 'permission-set': 'exists' });
  });
});

describe('setup: companies and deals', () => {
  const all = desiredFor({ company: true, deal: true });
  const statesOf = (found: SetupFound) =>
    Object.fromEntries(planSetup(found, all, now).steps.map(({ id, state }) => [id, state]));

  it('wants a field, a grant and a property for each, besides what is there for contacts', () => {
    expect(statesOf(readyOrg())).toEqual({
      'field-lead': 'exists',
      'field-contact': 'exists',
      'field-account': 'missing',
      'field-opportunity': 'missing',
      'permission-set': 'outdated',
      'permission-assignment': 'exists',
      'conversion-mapping': 'exists',
      property: 'exists',
      'reason-property': 'exists',
      'company-property': 'missing',
      'deal-property': 'missing',
    });
  });

  it('says that a property of deals cannot be seen, and still plans that of companies', () => {
    const hubspotProperties: SetupFound['hubspotProperties'] = new Map<HubSpotType, (typeof property)[] | Unreadable>([
      ['contacts', [property, reason]],
      ['companies', []],
      ['deals', noRights],
    ]);

    expect(statesOf(readyOrg({ hubspotProperties }))).toMatchObject({
      'company-property': 'missing',
      'deal-property': 'unknown',
    });
  });

  it('refuses a property whose values are not unique: creating by it would make doubles', () => {
    const [found] = all.properties.filter(({ step: id }) => id === 'deal-property');
    const held = { ...property, name: found?.name ?? '', hasUniqueValue: false };

    expect(statesOf(readyOrg({ hubspotProperties: new Map([['deals', [held]]]) }))['deal-property']).toBe('wrong');
  });
});

describe('setup: the mapping on conversion', () => {
  const others = { output: 'Contact', fields: [{ input: 'Their_Lead__c', output: 'Their_Contact__c' }] };
  const account = { output: 'Account', fields: [{ input: 'Size__c', output: 'Size__c' }] };

  it('is added to what is there, and nothing of others is dropped', () => {
    const merged = mergeConversion({ ...emptyConversion, mappings: [account, others] });

    expect(merged).toEqual({
      ...emptyConversion,
      mappings: [account, { output: 'Contact', fields: [...others.fields, { input: idField, output: idField }] }],
    });
  });

  it.each([
    { pair: { input: 'Legacy_Id__c', output: idField }, because: 'another field feeds ours' },
    { pair: { input: idField, output: 'Other__c' }, because: 'ours feeds another field' },
  ])('is left to an admin when $because', ({ pair }) => {
    const conversion = { ...emptyConversion, mappings: [{ output: 'Contact', fields: [pair] }] };

    expect(step(readyOrg({ conversion }), 'conversion-mapping').state).toBe('wrong');
  });
});

describe("setup: HubSpot's own Salesforce connector", () => {
  it.each([
    { lastSyncMs: now - 86_400_000, code: 'two_writers' },
    { lastSyncMs: now - 60 * 86_400_000, code: 'connector_installed' },
    { lastSyncMs: null, code: 'connector_installed' },
  ])('is warned about as $code when it last wrote at $lastSyncMs', ({ lastSyncMs, code }) => {
    const { warnings } = planSetup(readyOrg({ connector: { installed: true, lastSyncMs } }), desired, now);

    expect(warnings.map((warning) => warning.code)).toEqual([code]);
  });
});
