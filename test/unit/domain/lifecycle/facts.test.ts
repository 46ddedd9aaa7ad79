import { describe, expect, it } from 'vitest';
import { readFacts, saysSomethingNew, stageFieldNames } from '../../../../src/domain/lifecycle/facts.ts';
import { haveChanged, readSignature } from '../../../../src/domain/lifecycle/signature.ts';
import type { LifecycleMapping } from '../../../../src/domain/mapping/types.ts';
import { accepted, factsSignature, lead, lifecycle, lost, open, person, sfContact, shipped, won } from './given.ts';

const silent: LifecycleMapping = {
  ...lifecycle,
  stages: lifecycle.stages.map((stage) => ({ ...stage, salesforce: null })),
};
const withLost: LifecycleMapping = {
  ...lifecycle,
  stages: lifecycle.stages.map((stage) =>
    stage.hubspot === 'evangelist'
      ? { ...stage, salesforce: { leadStatuses: [], contactStatuses: [], converted: false, opportunity: 'lost' } }
      : stage,
  ),
};

describe('the stage that Salesforce names', () => {
  it.each([
    { what: 'a Lead by its status', who: lead('Working'), stage: 'salesqualifiedlead' },
    { what: 'a Lead by the status of a custom stage', who: lead('Accepted'), stage: accepted },
    { what: 'a Lead without a status', who: lead(null), stage: null },
    { what: 'a status with blanks around it', who: lead(' Working '), stage: 'salesqualifiedlead' },
    { what: 'a Contact, as it is converted', who: sfContact(null), stage: 'salesqualifiedlead' },
    { what: 'an open opportunity', who: sfContact(null, open), stage: 'opportunity' },
    { what: 'a won opportunity', who: sfContact(null, won), stage: 'customer' },
    { what: 'a won and an open one: the furthest', who: sfContact(null, open, won), stage: 'customer' },
    { what: 'a lost and an open one', who: sfContact(null, lost, open), stage: 'opportunity' },
    { what: 'only lost ones, for which no stage stands', who: sfContact(null, lost), stage: 'salesqualifiedlead' },
    { what: 'a recycle status names no stage', who: lead('Unqualified'), stage: null },
  ])('$what: $stage', ({ who, stage }) => {
    expect(readFacts(lifecycle, who).stage?.hubspot ?? null).toBe(stage);
  });

  it.each([
    { what: 'only lost ones', opportunities: [lost, lost], stage: 'evangelist' },
    { what: 'a lost and a won one', opportunities: [lost, won], stage: 'customer' },
    { what: 'none at all', opportunities: [], stage: 'salesqualifiedlead' },
  ])('where a stage stands for lost opportunities, $what: $stage', ({ opportunities, stage }) => {
    expect(readFacts(withLost, sfContact(null, ...opportunities)).stage?.hubspot).toBe(stage);
  });

  it.each([
    { who: lead('Open - Not Contacted'), stage: 'salesqualifiedlead', recycle: null },
    { who: lead('Closed - Not Converted'), stage: null, recycle: 'lead' },
    { who: sfContact(null, open), stage: 'opportunity', recycle: null },
    { who: sfContact(null, won), stage: 'customer', recycle: null },
  ])(
    'the shipped mapping reads $who.object $who.fields.Status as $stage, recycle $recycle',
    ({ who, stage, recycle }) => {
      const facts = readFacts(shipped, who);

      expect([facts.stage?.hubspot ?? null, facts.recycle?.to ?? null]).toStrictEqual([stage, recycle]);
    },
  );
});

describe('how sales returns a person', () => {
  it.each([
    { what: 'by the Lead Status', who: lead('Unqualified'), to: 'lead' },
    { what: 'by the status of a Contact', who: sfContact('Returned'), to: 'lead' },
    { what: 'by a checkbox', who: lead('Working', { No_Budget__c: true }), to: 'subscriber' },
    { what: 'the first rule wins', who: lead('Unqualified', { No_Budget__c: true }), to: 'lead' },
    { what: 'not by a status of the other object', who: sfContact('Unqualified'), to: undefined },
    { what: 'not by a checkbox that is not ticked', who: lead('Working', { No_Budget__c: false }), to: undefined },
  ])('$what', ({ who, to }) => {
    expect(readFacts(lifecycle, who).recycle?.to).toBe(to);
  });
});

describe('a status that the mapping does not know', () => {
  it.each([
    { what: 'is told by the name of its field', mapping: lifecycle, who: lead('Tepid'), field: 'Status' },
    { what: 'also on a Contact', mapping: lifecycle, who: sfContact('Tepid'), field: 'Status__c' },
    { what: 'is none where it is blank', mapping: lifecycle, who: sfContact(null), field: null },
    { what: 'is none where a recycle names it', mapping: lifecycle, who: lead('Nurture'), field: null },
    {
      what: 'is none where reopening writes it',
      mapping: { ...lifecycle, reopen: { Lead: 'Reopened', Contact: null } },
      who: lead('Reopened'),
      field: null,
    },
    { what: 'is none where no stage is told by a status', mapping: silent, who: lead('Tepid'), field: null },
    {
      what: 'is none where the field was not read',
      mapping: lifecycle,
      who: { ...lead(null), fields: {} },
      field: null,
    },
  ])('$what', ({ mapping, who, field }) => {
    expect(readFacts(mapping, who).unknownStatus).toBe(field);
  });
});

describe('the fields to read with each person', () => {
  it.each([
    { object: 'Lead', mapping: lifecycle, names: ['No_Budget__c', 'Status'] },
    { object: 'Contact', mapping: lifecycle, names: ['No_Budget__c', 'Status__c'] },
    { object: 'Lead', mapping: shipped, names: ['Status'] },
    { object: 'Contact', mapping: shipped, names: [] },
  ] as const)('$object: $names', ({ object, mapping, names }) => {
    expect(stageFieldNames(mapping, object)).toStrictEqual(names);
  });
});

describe('what of the facts is news to the base', () => {
  const known = factsSignature(lifecycle, lead('Working'));

  it.each([
    { what: 'the same person', who: lead('Working'), news: false },
    { what: 'blanks around the status', who: lead('Working '), news: false },
    { what: 'another status of the same stage', who: lead('Open'), news: true },
    { what: 'the conversion', who: sfContact(null), news: true },
    { what: 'the recycle', who: lead('Unqualified'), news: true },
    { what: 'another name or phone', who: lead('Working', { Phone: '1' }), news: false },
  ])('$what: $news', ({ who, news }) => {
    expect(saysSomethingNew(lifecycle, known, who)).toBe(news);
  });

  it.each([undefined, null, 7])('everything, where the base holds %s', (base) => {
    expect(saysSomethingNew(lifecycle, base, lead('Working'))).toBe(true);
  });

  it('a lost opportunity is none where no stage stands for it', () => {
    const base = factsSignature(lifecycle, sfContact('Working'));

    expect(saysSomethingNew(lifecycle, base, sfContact('Working', lost))).toBe(false);
    expect(saysSomethingNew(withLost, factsSignature(withLost, sfContact(null)), sfContact(null, lost))).toBe(true);
  });

  it('a mapping that reads one field more makes no news by itself', () => {
    const more: LifecycleMapping = {
      ...lifecycle,
      recycles: [
        ...lifecycle.recycles,
        { fields: { Lead: 'Junk__c' }, values: new Set(['yes']), to: 'lead', reason: 'junk' },
      ],
    };

    expect(saysSomethingNew(more, known, lead('Working', { Junk__c: 'no' }))).toBe(false);
    expect(saysSomethingNew(more, known, lead('Working', { Junk__c: 'yes' }))).toBe(true);
  });

  it('a mapping in which the same status stands for another stage makes news', () => {
    const stages = lifecycle.stages.map((stage) =>
      stage.hubspot === accepted && stage.salesforce !== null
        ? { ...stage, salesforce: { ...stage.salesforce, leadStatuses: ['Accepted', 'Working'] } }
        : stage,
    );

    expect(saysSomethingNew({ ...lifecycle, stages }, known, lead('Working'))).toBe(true);
  });

  it('values with the signs of the signature in them are kept apart', () => {
    const odd = person('Lead', 'A=1&stage=customer');
    const parts = readSignature(factsSignature(lifecycle, odd));

    expect(parts.get('Lead.Status')).toBe('A=1&stage=customer');
    expect(parts.get('stage')).toBe('');
  });

  it.each(['', 'no signature', '%', '&&=='])('a text that is no signature (%s) is no fault', (text) => {
    expect(haveChanged(readSignature(text), readFacts(lifecycle, lead('Working')).parts)).toBe(false);
  });
});
