import { describe, expect, it } from 'vitest';
import type { HubSpotEvent } from '../../../src/domain/event.ts';
import type { Mark } from '../../../src/ports/ledger-claim.ts';
import { acceptEvents } from '../../../src/usecases/accept-events.ts';

const portalId = '77';
const gate = { opensAt: (stage: string) => stage === 'salesqualifiedlead' };
const mapping = {
  gate,
  company: { isOn: true },
  deal: { isOn: true, roles: { roles: new Map([['Buyer', 'Economic Buyer']]) } },
};

function event(changes: Partial<HubSpotEvent>): HubSpotEvent {
  return {
    portalId,
    kind: 'creation',
    object: 'contact',
    objectId: '1',
    otherIds: [],
    occurredAtMs: 0,
    isByOurApp: false,
    ...changes,
  };
}

type Written = { object?: string; recordId: string; property: string; value: string };

/** What we wrote lately: a city of any contact or company, the stage and an association of deal 9, the company of contact 1. */
function isOurs({ object, recordId, property, value }: Written): boolean {
  const ofDeal = { 'contacts/1': '*', 'contacts/3': 'Buyer', dealstage: 'closedwon' };
  if (object === 'deal')
    return recordId === '9' && Object.entries(ofDeal).some(([name, held]) => name === property && held === value);
  if (property === 'associatedcompanyid') return recordId === '1' && value === '8';
  return property === 'city' && value === 'Graz';
}

async function accept(events: readonly (HubSpotEvent | null)[], synced: Partial<typeof mapping> = {}) {
  const marks: Mark[] = [];
  const merges: unknown[] = [];
  const ledger = {
    rememberMerges: async (all: readonly unknown[]) => void merges.push(...all),
    mark: async (all: readonly Mark[]) => marks.push(...all),
    echoes: async (values: readonly Written[]) =>
      new Set(values.flatMap((value, place) => (isOurs(value) ? [place] : []))),
  };
  const counts = await acceptEvents({ ledger, mapping: { ...mapping, ...synced }, portalId }, events);
  return { counts, marks, merges };
}

describe('events only say: look at this record again', () => {
  it('marks a contact once, however many events speak of it, and keeps the most urgent priority and all hints', async () => {
    const { marks, counts } = await accept([
      event({ kind: 'creation' }),
      event({ kind: 'propertyChange', propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' }),
      event({ kind: 'privacyDeletion' }),
    ]);

    expect(counts).toEqual({ accepted: 3, ignored: 0 });
    expect(marks).toEqual([expect.objectContaining({ recordId: '1', priority: 1, hints: ['created', 'erased'] })]);
  });

  it('keeps which contacts were merged into which', async () => {
    const { merges } = await accept([
      event({ kind: 'merge', otherIds: ['2', '3'] }),
      event({ kind: 'deletion', objectId: '2' }),
    ]);

    expect(merges).toEqual([{ survivorId: '1', mergedIds: ['2', '3'] }]);
  });

  it.each([
    {
      name: 'a stage that opens the gate overtakes',
      change: { propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' },
      priority: 1,
    },
    {
      name: 'a stage below the gate does not',
      change: { propertyName: 'lifecyclestage', propertyValue: 'lead' },
      priority: 2,
    },
    {
      name: 'another property of that value does not',
      change: { propertyName: 'city', propertyValue: 'salesqualifiedlead' },
      priority: 2,
    },
  ])('$name', async ({ change, priority }) => {
    const { marks } = await accept([event({ kind: 'propertyChange', ...change })]);

    expect(marks[0]?.priority).toBe(priority);
  });

  it('marks a contact that is out of the recycle bin again, without a hint: the read tells', async () => {
    const { marks } = await accept([event({ kind: 'restore' })]);

    expect(marks).toEqual([expect.objectContaining({ recordId: '1', priority: 2 })]);
    expect(marks[0]).not.toHaveProperty('hints');
  });

  it('marks the survivor and the losers of a merge', async () => {
    const { marks } = await accept([event({ kind: 'merge', objectId: '30', otherIds: ['10', '20'] })]);

    expect(marks.map(({ recordId, hints }) => [recordId, hints])).toEqual([
      ['30', ['merged']],
      ['10', ['merged']],
      ['20', ['merged']],
    ]);
  });

  it.each([
    { name: 'what could not be parsed', odd: null },
    { name: 'another portal', odd: event({ portalId: '78' }) },
    {
      name: 'companies where they are not synced',
      odd: event({ object: 'company' }),
      synced: { company: { isOn: false } },
    },
    {
      name: 'deals where they are not synced',
      odd: event({ object: 'deal' }),
      synced: { deal: { ...mapping.deal, isOn: false } },
    },
    {
      name: 'an association of two contacts',
      odd: event({ kind: 'associationChange', otherEnd: { object: 'contact', id: '6' } }),
    },
    {
      name: 'the company of a contact where companies are not synced',
      odd: event({ kind: 'associationChange', otherEnd: { object: 'company', id: '6' } }),
      synced: { company: { isOn: false } },
    },
    {
      name: 'the deal of a contact where deals are not synced',
      odd: event({ kind: 'associationChange', otherEnd: { object: 'deal', id: '6' } }),
      synced: { deal: { ...mapping.deal, isOn: false } },
    },
    {
      name: 'a company whose association with we know not what has changed',
      odd: event({ kind: 'associationChange', object: 'company', otherEnd: null }),
    },
  ])('counts $name as ignored and marks nothing for it', async ({ odd, synced }) => {
    const { counts, marks } = await accept([odd, event({ objectId: '5' })], synced);

    expect(counts).toEqual({ accepted: 1, ignored: 1 });
    expect(marks.map(({ recordId }) => recordId)).toEqual(['5']);
  });

  it('asks the ledger for nothing when nothing is to be marked', async () => {
    const refuse = () => Promise.reject(new Error('the ledger must not be asked'));
    const ledger = { mark: refuse, echoes: refuse, rememberMerges: refuse };

    await expect(acceptEvents({ ledger, mapping, portalId }, [null])).resolves.toEqual({ accepted: 0, ignored: 1 });
  });

  it.each([
    {
      name: 'our own write marks nothing',
      change: { propertyName: 'city', propertyValue: 'Graz', isByOurApp: true },
      marked: 0,
    },
    {
      name: 'another value under the name of our app is looked at: automation shares it',
      change: { propertyName: 'city', propertyValue: 'Wien', isByOurApp: true },
      marked: 1,
    },
    {
      name: 'the same value of somebody else is looked at',
      change: { propertyName: 'city', propertyValue: 'Graz', isByOurApp: false },
      marked: 1,
    },
  ])('$name', async ({ change, marked }) => {
    const { marks, counts } = await accept([event({ kind: 'propertyChange', ...change })]);

    expect(marks).toHaveLength(marked);
    expect(counts).toEqual({ accepted: 1, ignored: 0 });
  });
});

describe('events of companies and deals', () => {
  it.each(['company', 'deal'] as const)('a %s is marked under its own kind, and never overtakes', async (object) => {
    const stage = { propertyName: 'lifecyclestage', propertyValue: 'salesqualifiedlead' };
    const { marks, counts } = await accept([event({ object, kind: 'propertyChange', ...stage }), event({})]);

    expect(counts).toEqual({ accepted: 2, ignored: 0 });
    expect(marks).toMatchObject([
      { object, recordId: '1', priority: 2 },
      { object: 'contact', recordId: '1', priority: 2 },
    ]);
    expect(marks[0]).not.toHaveProperty('hints');
  });

  it('a merge marks survivor and losers; only contacts are kept for erasures', async () => {
    const { marks, merges } = await accept([event({ object: 'company', kind: 'merge', otherIds: ['2'] })]);

    expect(marks.map(({ object, recordId, hints }) => [object, recordId, hints])).toEqual([
      ['company', '1', ['merged']],
      ['company', '2', ['merged']],
    ]);
    expect(merges).toEqual([]);
  });

  const ends = { contact: '1', company: '8', deal: '9' } as const;
  it.each([
    { from: 'contact', to: 'company', owner: 'contact' },
    { from: 'company', to: 'contact', owner: 'contact' },
    { from: 'deal', to: 'contact', owner: 'deal' },
    { from: 'contact', to: 'deal', owner: 'deal' },
    { from: 'deal', to: 'company', owner: 'deal' },
    { from: 'company', to: 'deal', owner: 'deal' },
  ] as const)('an association of a $from with a $to marks the $owner', async ({ from, to, owner }) => {
    const otherEnd = { object: to, id: ends[to] };
    const { marks } = await accept([
      event({ kind: 'associationChange', object: from, objectId: ends[from], otherEnd }),
    ]);

    expect(marks.map(({ object, recordId }) => [object, recordId])).toEqual([[owner, ends[owner]]]);
  });

  it('an association with an unknown other end marks the contact or deal that it is told of', async () => {
    const { marks } = await accept([
      event({ kind: 'associationChange', otherEnd: null }),
      event({ kind: 'associationChange', object: 'deal', otherEnd: null }),
    ]);

    expect(marks.map(({ object }) => object)).toEqual(['contact', 'deal']);
  });

  const own = { kind: 'associationChange', isByOurApp: true } as const;
  it.each([
    {
      name: 'our role, told by the deal',
      change: { object: 'deal', objectId: '9', otherEnd: { object: 'contact', id: '1' } },
    },
    {
      name: 'our role with a label',
      change: { object: 'deal', objectId: '9', otherEnd: { object: 'contact', id: '3' } },
    },
    { name: 'our role, told by the contact', change: { objectId: '1', otherEnd: { object: 'deal', id: '9' } } },
    {
      name: 'our primary company, as HubSpot worked it out',
      change: { isByOurApp: false, kind: 'propertyChange', propertyName: 'associatedcompanyid', propertyValue: '8' },
    },
    { name: 'our primary company', change: { objectId: '1', otherEnd: { object: 'company', id: '8' } } },
    {
      name: 'our value of a company',
      change: { object: 'company', kind: 'propertyChange', propertyName: 'city', propertyValue: 'Graz' },
    },
  ] as const)('$name marks nothing', async ({ change }) => {
    const { marks, counts } = await accept([event({ ...own, ...change })]);

    expect(marks).toEqual([]);
    expect(counts).toEqual({ accepted: 1, ignored: 0 });
  });

  it('the company that ours replaced as the primary one marks nothing beside it, and the contact where a person did it', async () => {
    const now = event({ ...own, objectId: '1', otherEnd: { object: 'company', id: '8' } });
    const before = event({ ...own, objectId: '1', otherEnd: { object: 'company', id: '7' }, isRemoved: true });

    expect((await accept([before, now])).marks).toEqual([]);
    expect((await accept([before])).marks).toHaveLength(1);
    expect((await accept([{ ...before, isByOurApp: false }, now])).marks).toHaveLength(1);
  });

  it('what HubSpot works out from a stage that we wrote marks nothing beside it', async () => {
    const of = { object: 'deal', objectId: '9', kind: 'propertyChange', isByOurApp: true } as const;
    const stage = event({ ...of, propertyName: 'dealstage', propertyValue: 'closedwon' });
    const probability = event({ ...of, propertyName: 'hs_deal_stage_probability', propertyValue: '1' });

    expect((await accept([probability, stage])).marks).toEqual([]);
    expect((await accept([probability])).marks).toHaveLength(1);
    expect((await accept([{ ...probability, objectId: '10' }, stage])).marks).toHaveLength(1);
  });

  it.each([
    { name: 'one that was removed', change: { isRemoved: true } },
    { name: 'one with somebody else', change: { otherEnd: { object: 'contact', id: '2' } } },
    { name: 'one of a person', change: { isByOurApp: false } },
    {
      name: 'another primary company',
      change: { kind: 'propertyChange', propertyName: 'hs_primary_associated_company', propertyValue: '7' },
    },
  ] as const)('an association that we did not write marks the deal: $name', async ({ change }) => {
    const ours = { ...own, object: 'deal', objectId: '9', otherEnd: { object: 'contact', id: '1' } } as const;
    expect((await accept([event({ ...ours, ...change })])).marks).toHaveLength(1);
  });
});

describe('what comes under the name of our app and no intent tells of', () => {
  it('is looked at a little later: whoever is creating the record looks at it first', async () => {
    const own = { object: 'deal', objectId: '12', isByOurApp: true } as const;
    const born = await accept([event(own), event({ ...own, kind: 'propertyChange', propertyName: 'amount' })]);
    expect(born.marks).toEqual([expect.objectContaining({ recordId: '12', dueInMs: 5_000, hints: ['created'] })]);
  });

  it('is looked at now where a person says so too', async () => {
    const edit = { object: 'deal', objectId: '12', kind: 'propertyChange', propertyName: 'amount' } as const;
    const both = await accept([event({ object: 'deal', objectId: '12', isByOurApp: true }), event(edit)]);
    expect(both.marks).toEqual([expect.objectContaining({ recordId: '12', dueInMs: 0 })]);
  });
});
