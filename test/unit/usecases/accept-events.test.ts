import { describe, expect, it } from 'vitest';
import type { HubSpotEvent } from '../../../src/domain/event.ts';
import type { Mark } from '../../../src/ports/ledger-claim.ts';
import { acceptEvents } from '../../../src/usecases/accept-events.ts';

const portalId = '77';
const gate = { opensAt: (stage: string) => stage === 'salesqualifiedlead' };

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

async function accept(events: readonly (HubSpotEvent | null)[]) {
  const marks: Mark[] = [];
  const merges: unknown[] = [];
  const ledger = {
    rememberMerges: async (all: readonly unknown[]) => void merges.push(...all),
    mark: async (all: readonly Mark[]) => marks.push(...all),
    // What we wrote lately: a city, and nothing else.
    echoes: async (values: readonly { property: string; value: string }[]) =>
      new Set(values.flatMap(({ property, value }, place) => (property === 'city' && value === 'Graz' ? [place] : []))),
  };
  const counts = await acceptEvents({ ledger, gate, portalId }, events);
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
    { name: 'an object that is not synced yet', odd: event({ object: 'deal' }) },
  ])('counts $name as ignored and marks nothing for it', async ({ odd }) => {
    const { counts, marks } = await accept([odd, event({ objectId: '5' })]);

    expect(counts).toEqual({ accepted: 1, ignored: 1 });
    expect(marks.map(({ recordId }) => recordId)).toEqual(['5']);
  });

  it('asks the ledger for nothing when nothing is to be marked', async () => {
    const refuse = () => Promise.reject(new Error('the ledger must not be asked'));
    const ledger = { mark: refuse, echoes: refuse, rememberMerges: refuse };

    await expect(acceptEvents({ ledger, gate, portalId }, [null])).resolves.toEqual({ accepted: 0, ignored: 1 });
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
