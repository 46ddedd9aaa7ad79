import { describe, expect, it } from 'vitest';
import { type Field, fieldRows, fieldState, type Told } from '../../../../web/src/pages/records/field-state.ts';

type Values = { hubspot?: unknown; salesforce?: unknown };

function field(hubspot: string | null, salesforce: string | null, values: Values = {}): Field {
  const side = (name: string | null, value: unknown = null) =>
    ({ name, value, changedAt: null, changedBy: null, changeOf: null }) as const;
  return {
    rule: 'newest',
    frozen: false,
    held: null,
    hubspot: side(hubspot, values.hubspot),
    salesforce: side(salesforce, values.salesforce),
  };
}

const agreed: Told = { outcome: 'unchanged', reasons: [], toSalesforce: [], toHubspot: [], hasCounterpart: true };

describe('both sides of a field', () => {
  it('are the same where the plan neither writes nor says why they differ, however each side spells it', () => {
    const owner = field('hubspot_owner_id', 'OwnerId', { hubspot: '76000001', salesforce: '005000000000003AAA' });

    expect(fieldState(owner, agreed).kind).toBe('same');
  });

  it('differ where the plan gives a reason, which is told without the name of the field', () => {
    const text = 'LeadSource: The sides differ as they did when they last agreed; nothing is sent again.';
    const told = { ...agreed, reasons: [{ code: 'as_last_agreed', text, field: 'LeadSource' }] };

    const state = fieldState(field('hs_analytics_source', 'LeadSource', { salesforce: 'Other' }), told);

    expect(state).toEqual({
      kind: 'differs',
      label: 'Differs',
      why: 'The sides differ as they did when they last agreed; nothing is sent again.',
    });
  });

  it.each([
    { what: 'goes to Salesforce', told: { toSalesforce: [{ field: 'Title', after: 'Buyer' }] }, kind: 'to_salesforce' },
    { what: 'goes to HubSpot', told: { toHubspot: [{ field: 'jobtitle', after: 'Buyer' }] }, kind: 'to_hubspot' },
    { what: 'has no record to compare with', told: { hasCounterpart: false }, kind: 'alone' },
    { what: 'was not compared by a plan', told: { outcome: 'paused' }, kind: 'unknown' },
    { what: 'could not be compared', told: { outcome: 'unknown' }, kind: 'unknown' },
  ])('$what', ({ told, kind }) => {
    const title = field('jobtitle', 'Title', { hubspot: 'Buyer', salesforce: 'Planner' });

    expect(fieldState(title, { ...agreed, ...told }).kind).toBe(kind);
  });

  it.each([
    { after: 'Buyer', why: null },
    { after: 'Other', why: 'As “Other”.' },
    { after: null, why: 'It is emptied there.' },
  ])('tell what is written where it is not what the other side holds: $after', ({ after, why }) => {
    const title = field('jobtitle', 'Title', { hubspot: 'Buyer' });

    expect(fieldState(title, { ...agreed, toSalesforce: [{ field: 'Title', after }] }).why).toBe(why);
  });

  it('are the same by their text where no plan compared them', () => {
    const title = field('jobtitle', 'Title', { hubspot: ' Buyer', salesforce: 'Buyer' });

    expect(fieldState(title, { ...agreed, outcome: 'paused' }).kind).toBe('same');
  });

  it.each([
    { there: field('company', null), label: 'Only in HubSpot' },
    { there: field(null, 'Description'), label: 'Only in Salesforce' },
  ])('$label: the other record has no such field', ({ there, label }) => {
    expect(fieldState(there, agreed)).toMatchObject({ kind: 'one_side', label });
  });
});

describe('the fields that are shown', () => {
  const differs = field('leadsource', 'LeadSource', { salesforce: 'Other' });
  const told = { ...agreed, reasons: [{ code: 'as_last_agreed', text: 'It stays.', field: 'LeadSource' }] };
  const fields = [
    field('firstname', 'FirstName', { hubspot: 'Ada', salesforce: 'Ada' }),
    field('phone', 'Phone'),
    { ...field('zip', 'PostalCode'), frozen: true },
    field('optout', 'HasOptedOut', { hubspot: 'false', salesforce: false }),
    differs,
  ];

  it.each([
    { shown: 'all', names: ['firstname', 'phone', 'zip', 'optout', 'leadsource'] },
    { shown: 'filled', names: ['firstname', 'zip', 'optout', 'leadsource'] },
    { shown: 'marked', names: ['zip', 'leadsource'] },
  ] as const)('$shown: $names', ({ shown, names }) => {
    const { rows, counts } = fieldRows(fields, told, shown);

    expect(rows.map((row) => row.field.hubspot.name)).toEqual(names);
    expect(counts).toEqual({ marked: 2, filled: 4, all: 5 });
  });
});
