import { describe, expect, it } from 'vitest';
import type { TextFieldDefinition } from '../../../src/ports/salesforce-setup.ts';
import {
  desiredFields,
  desiredPermissionSet,
  fullName,
  idProperty,
  reasonProperty,
} from '../../../src/usecases/setup/desired.ts';
import { planSetup } from '../../../src/usecases/setup/plan-setup.ts';
import { mergeConversion } from '../../../src/usecases/setup/salesforce-steps.ts';
import type { SetupFound, SetupStep, Unreadable } from '../../../src/usecases/setup/types.ts';

const now = Date.UTC(2026, 10, 22);
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
    hubspotProperties: [],
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
    hubspotProperties: [property, reason],
    ...overrides,
  });
}

function stateOf(found: SetupFound): Record<string, string> {
  return Object.fromEntries(planSetup(found, now).steps.map((step) => [step.id, step.state]));
}

function step(found: SetupFound, id: string): SetupStep {
  const result = planSetup(found, now).steps.find((candidate) => candidate.id === id);
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
    const { steps, warnings } = planSetup(readyOrg(), now);

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
    const found = step(readyOrg({ hubspotProperties: [{ ...property, ...difference }] }), 'property');

    expect([found.state, found.action]).toEqual(['wrong', null]);
    expect(found.note).toContain(because);
  });

  it.each([
    { difference: { hasUniqueValue: true }, because: 'only one contact could hold each' },
    { difference: { readOnly: true }, because: 'cannot be written' },
  ])('refuses a property for the reason of a recycle where $because', ({ difference, because }) => {
    const found = step(readyOrg({ hubspotProperties: [property, { ...reason, ...difference }] }), 'reason-property');

    expect([found.state, found.action]).toEqual(['wrong', null]);
    expect(found.note).toContain(because);
  });
});

describe('setup: without metadata rights', () => {
  const locked = { fields: noRights, permissionSet: noRights, conversion: noRights };

  it('says so for every part that it cannot see, and offers nothing that would fail', () => {
    const { steps } = planSetup(freshOrg(locked), now);

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
    const { warnings } = planSetup(readyOrg({ connector: { installed: true, lastSyncMs } }), now);

    expect(warnings.map((warning) => warning.code)).toEqual([code]);
  });
});
