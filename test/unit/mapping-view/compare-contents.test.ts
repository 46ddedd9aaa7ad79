import { describe, expect, it } from 'vitest';
import { compareContents, compareLimits } from '../../../src/domain/mapping-view/compare-contents.ts';
import { contentWith, type Edits } from './shipped.ts';

const shipped = contentWith();
const changesOf = (edits: Edits) => compareContents(shipped, contentWith(edits));

describe('what a version says otherwise', () => {
  it('is nothing where only comments, examples or the order of a value map differ', () => {
    expect(changesOf({ contacts: { examples: [] }, gate: { examples: [] } })).toStrictEqual([]);
    const values = { DIRECT_TRAFFIC: 'Web', REFERRALS: 'Web' };
    const first = contentWith({ contacts: { 'fields.13.values': values } });
    const other = contentWith({
      contacts: { 'fields.13.values': Object.fromEntries(Object.entries(values).reverse()) },
    });
    expect(compareContents(first, other)).toStrictEqual([]);
  });

  it.each<{ what: string; edits: Edits; changes: object[] }>([
    {
      what: 'another rule',
      edits: { contacts: { 'fields.5.rule': 'salesforce' } },
      changes: [
        {
          change: 'changed',
          area: 'field',
          kind: 'contact',
          name: 'phone',
          text: 'The contact field phone has another rule.',
        },
      ],
    },
    {
      what: 'another field in Salesforce',
      edits: { contacts: { 'fields.4.salesforce': 'Description' } },
      changes: [{ change: 'changed', area: 'field', name: 'jobtitle', before: 'Title', after: 'Description' }],
    },
    {
      what: 'a new field',
      edits: { contacts: { 'fields.14': { hubspot: 'fax', salesforce: 'Fax', rule: 'hubspot' } } },
      changes: [
        {
          change: 'added',
          area: 'field',
          name: 'fax',
          before: null,
          after: expect.stringMatching(/^Fax\. HubSpot decides/),
        },
      ],
    },
    {
      what: 'a field that is gone',
      edits: { contacts: { 'fields.4': undefined } },
      changes: [{ change: 'removed', area: 'field', name: 'jobtitle', after: null }],
    },
    {
      what: 'one value of a map',
      edits: { contacts: { 'fields.12.values.CONNECTED': 'Open - Not Contacted' } },
      changes: [
        {
          area: 'field',
          name: 'hs_lead_status',
          before: 'CONNECTED = Working - Contacted',
          after: 'CONNECTED = Open - Not Contacted',
        },
      ],
    },
    {
      what: 'one value of the way back',
      edits: { companies: { 'fields.11.values_back.Media': 'MARKETING_AND_ADVERTISING' } },
      changes: [
        {
          kind: 'company',
          name: 'industry',
          before: 'BROADCAST_MEDIA = Media',
          after: 'MARKETING_AND_ADVERTISING = Media',
        },
      ],
    },
    {
      what: 'another expression',
      edits: { deals: { 'fields.5.transform': 'number(value, 0)' } },
      changes: [
        {
          kind: 'deal',
          name: 'hs_deal_stage_probability',
          after: 'number(value, 0)',
          text: expect.stringContaining('is computed otherwise'),
        },
      ],
    },
    {
      what: 'what becomes of long texts',
      edits: { deals: { 'fields.0.too_long.do': 'fail' } },
      changes: [{ kind: 'deal', name: 'dealname', text: 'The deal field dealname has other notes.' }],
    },
    {
      what: 'another stage that opens the gate',
      edits: { gate: { opens_at: ['salesqualifiedlead', 'opportunity', 'customer', 'evangelist'] } },
      changes: [
        { change: 'changed', area: 'gate', name: 'stage_below_gate', after: expect.stringContaining('Evangelist') },
      ],
    },
    {
      what: 'a new condition',
      edits: { gate: { condition: "contact.country != ''" } },
      changes: [
        {
          change: 'added',
          area: 'gate',
          name: 'condition_not_met',
          after: "This holds for the contact. contact.country != ''",
        },
      ],
    },
    {
      what: 'a required property that is gone',
      edits: { gate: { requires: [] } },
      changes: [{ change: 'removed', area: 'gate', name: 'There is a value in email.', after: null }],
    },
    {
      what: 'what below means',
      edits: { gate: { below: 'continue' } },
      changes: [{ change: 'changed', area: 'gate', name: 'below' }],
    },
    {
      what: 'another status of a stage',
      edits: { lifecycle: { 'stages.4.salesforce': { lead_status: ['Hot'], opportunity: 'open' } } },
      changes: [{ change: 'changed', area: 'stage', name: 'opportunity', after: expect.stringContaining('Hot') }],
    },
    {
      what: 'stages in another order',
      edits: {
        lifecycle: {
          'stages.6': { name: 'other', label: 'Other', owner: 'nobody' },
          'stages.7': { name: 'evangelist', label: 'Evangelist', owner: 'marketing' },
        },
      },
      changes: [{ change: 'changed', area: 'stage', name: 'order' }],
    },
    {
      what: 'a return that is gone',
      edits: { lifecycle: { recycle: [] } },
      changes: [{ change: 'removed', area: 'move', before: expect.stringContaining('Goes back to Lead.') }],
    },
    {
      what: 'a setting of the lifecycle',
      edits: { lifecycle: { moved_back: 'accept' } },
      changes: [{ change: 'changed', area: 'setting', kind: null, name: 'moved_back' }],
    },
    {
      what: 'a setting of deals',
      edits: { deals: { close_date_days: 30 } },
      changes: [
        {
          change: 'changed',
          area: 'setting',
          kind: 'deal',
          name: 'close_date_days',
          after: expect.stringContaining('30 days'),
        },
      ],
    },
    {
      what: 'a default that is gone',
      edits: { contacts: { 'defaults.lead.Company': undefined } },
      changes: [{ change: 'removed', area: 'setting', kind: 'contact', name: 'defaults.lead.Company' }],
    },
    {
      what: 'companies that are turned off',
      edits: { companies: { sync: false } },
      changes: [{ change: 'changed', kind: 'company', name: 'sync', after: 'Companies and Accounts are left alone.' }],
    },
    {
      what: 'a stage of a pipeline',
      edits: { deals: { 'pipelines.list.0.stages.contractsent': 'Proposal/Price Quote' } },
      changes: [
        {
          area: 'pipeline',
          name: 'default',
          before: 'contractsent = Negotiation/Review',
          after: 'contractsent = Proposal/Price Quote',
        },
      ],
    },
    {
      what: 'another fallback owner',
      edits: { owners: { fallback: 'desk@example.com' } },
      changes: [
        {
          change: 'changed',
          area: 'setting',
          kind: null,
          name: 'fallback',
          after: 'What nobody maps goes to desk@example.com.',
        },
      ],
    },
  ])('tells $what, and nothing else', ({ edits, changes }) => {
    expect(changesOf(edits)).toStrictEqual(changes.map((change) => expect.objectContaining(change)));
  });

  it('tells the fields of a unit that gets another member', () => {
    const changes = changesOf({ contacts: { 'fields.11.unit': undefined } });

    expect(changes.map(({ name, text }) => [name, text.split(' ').slice(-2).join(' ')])).toStrictEqual([
      ['city', 'other notes.'],
      ['state', 'other notes.'],
      ['country', 'other notes.'],
      ['zip', 'another unit.'],
      ['zip', 'other notes.'],
    ]);
  });

  it('tells other limits', () => {
    const limits = { createsPerRun: 1_000, changesPerRun: 5_000 };

    expect(compareLimits(limits, limits)).toStrictEqual([]);
    expect(compareLimits(limits, { ...limits, createsPerRun: 9 })).toMatchObject([
      {
        change: 'changed',
        area: 'limit',
        name: 'limits.creates_per_run',
        after: expect.stringContaining(' 9 records'),
      },
    ]);
  });
});
