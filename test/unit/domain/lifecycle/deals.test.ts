import { describe, expect, it } from 'vitest';
import { decideStage } from '../../../../src/domain/lifecycle/decide-stage.ts';
import { readFacts, saysSomethingNew } from '../../../../src/domain/lifecycle/facts.ts';
import { type StageInput, stageFactsKey } from '../../../../src/domain/lifecycle/types.ts';
import type { OpportunityFact, SalesforcePerson } from '../../../../src/domain/record.ts';
import { contact, lead, lifecycle, look, lost, mappingWith, open, pairAgreed, sfContact, won } from './given.ts';

const recycling = mappingWith({ recycleLost: { to: 'lead', reason: 'all deals are lost' } });

type Moment = {
  stage: string | null;
  who?: SalesforcePerson;
  deals?: readonly OpportunityFact[];
  mapping?: StageInput['mapping'];
};

/** The pair as it was settled at an earlier moment. */
function settledAt({ stage, who = lead('Working'), deals = [], mapping = recycling }: Moment): StageInput['pair'] {
  const facts = readFacts(mapping.lifecycle, who, deals).signature;
  const base = { hubspot: { lifecyclestage: stage }, salesforce: { [stageFactsKey]: facts } };
  return pairAgreed(null, { base });
}

function lookAfter(
  before: Moment,
  { stage, who = lead('Working'), deals = [], mapping = recycling }: Moment,
): StageInput {
  return look({ contact: contact(stage), person: who, deals, mapping, pair: settledAt(before) });
}

/** The next look, once the decision was carried out. */
function carriedOut(input: StageInput, changes: Partial<StageInput> = {}): StageInput {
  const { agreed, move } = decideStage(input).decision;
  const stage = move?.to ?? input.contact.properties.lifecyclestage ?? null;
  const base =
    agreed === null
      ? (input.pair?.base ?? null)
      : { hubspot: { lifecyclestage: agreed.hubspot }, salesforce: { [stageFactsKey]: agreed.facts } };
  const { gatePasses: _, ...rest } = input;
  return look({ ...rest, linking: false, contact: contact(stage), pair: pairAgreed(null, { base }), ...changes });
}

const moveOf = (input: StageInput) => {
  const { move } = decideStage(input).decision;
  return move === null ? null : [move.kind, move.to];
};

describe('the deals of a contact', () => {
  it.each([
    {
      what: 'an open one, of a Lead',
      who: lead('Working'),
      deals: [open],
      stage: 'opportunity',
      because: 'an open deal',
    },
    {
      what: 'a won one, of a Lead',
      who: lead('Working'),
      deals: [open, won],
      stage: 'customer',
      because: 'a won deal',
    },
    {
      what: 'a lost one',
      who: lead('Working'),
      deals: [lost],
      stage: 'salesqualifiedlead',
      because: 'the value of Status',
    },
    {
      what: 'an open one beside a lost opportunity',
      who: sfContact(null, lost),
      deals: [open],
      stage: 'opportunity',
      because: 'an open deal',
    },
    {
      what: 'a lost one beside an open opportunity',
      who: sfContact(null, open),
      deals: [lost],
      stage: 'opportunity',
      because: 'an open opportunity',
    },
    {
      what: 'the same as an opportunity',
      who: sfContact(null, won),
      deals: [won],
      stage: 'customer',
      because: 'a won opportunity',
    },
  ])('say the stage: $what', ({ who, deals, stage, because }) => {
    const facts = readFacts(lifecycle, who, deals);

    expect([facts.stage?.hubspot, facts.because]).toStrictEqual([stage, because]);
  });

  it('move a contact whose person is a Lead forward, once', () => {
    const first = lookAfter({ stage: 'salesqualifiedlead' }, { stage: 'salesqualifiedlead', deals: [open] });

    expect(moveOf(first)).toStrictEqual(['forward', 'opportunity']);
    expect(decideStage(carriedOut(first)).decision).toMatchObject({ move: null, agreed: null });
    expect(moveOf(carriedOut(first, { deals: [won] }))).toStrictEqual(['forward', 'customer']);
  });

  it('are news to the base', () => {
    const known = readFacts(lifecycle, lead('Working')).signature;

    expect(saysSomethingNew(lifecycle, known, lead('Working'), [open])).toBe(true);
    expect(saysSomethingNew(lifecycle, known, lead('Working'), [lost])).toBe(false);
    expect(
      saysSomethingNew(
        recycling.lifecycle,
        readFacts(recycling.lifecycle, lead('Working')).signature,
        lead('Working'),
        [lost],
      ),
    ).toBe(true);
  });
});

describe('a contact whose opportunities and deals are all lost', () => {
  it.each([
    { what: 'of its deal', before: { deals: [open] }, now: { deals: [lost] } },
    { what: 'of the last of several', before: { deals: [open, lost] }, now: { deals: [lost, lost] } },
    { what: 'of its opportunity', before: { who: sfContact(null, open) }, now: { who: sfContact(null, lost) } },
    { what: 'of which it had none when it was settled', before: {}, now: { deals: [lost] } },
  ])('goes back by the loss $what, with the reason', ({ before, now }) => {
    const input = lookAfter({ stage: 'opportunity', ...before }, { stage: 'opportunity', ...now });
    const { decision, contactChanges, reasons } = decideStage(input);

    expect(decision.move).toMatchObject({ kind: 'recycle', from: 'opportunity', to: 'lead', mustClear: true });
    expect(contactChanges).toMatchObject([{ field: 'recycle_reason', after: 'all deals are lost' }]);
    expect(reasons[0]?.text).toMatch(
      /^All opportunities and deals of the person are lost: the contact goes back to Lead\./,
    );
  });

  it.each([
    { what: 'one is still open', deals: [lost, open] },
    { what: 'one is won', deals: [lost, won] },
    { what: 'there are none', deals: [] },
  ])('does not go back where $what', ({ deals }) => {
    const stage = deals.includes(won) ? 'customer' : 'opportunity';

    expect(moveOf(lookAfter({ stage, deals: [open] }, { stage, deals }))).toBeNull();
  });

  it('stays where the mapping says so', () => {
    const mapping = mappingWith();
    const { decision } = decideStage(
      lookAfter({ stage: 'opportunity', deals: [open], mapping }, { stage: 'opportunity', deals: [lost], mapping }),
    );

    expect([decision.move, decision.standing.cause]).toStrictEqual([null, 'opportunity_lost']);
  });

  it("goes back once: who moves on stays, and is listed as marketing's own", () => {
    const recycled = carriedOut(
      lookAfter({ stage: 'opportunity', deals: [open] }, { stage: 'opportunity', deals: [lost] }),
    );
    const movedOn = { ...recycled, contact: contact('salesqualifiedlead'), gatePasses: true };
    const { decision } = decideStage(movedOn);

    expect(decideStage(recycled).decision).toMatchObject({ move: null, agreed: null });
    expect([decision.move, decision.standing.cause]).toStrictEqual([null, 'recycled']);
    expect(moveOf(carriedOut(movedOn, { person: sfContact('Working') }))).toBeNull();
  });

  it('goes forward with a new deal, and back again with its loss', () => {
    const recycled = carriedOut(
      lookAfter({ stage: 'opportunity', deals: [open] }, { stage: 'opportunity', deals: [lost] }),
    );
    const again = { ...recycled, deals: [lost, open] };
    const lostAgain = carriedOut(again, { deals: [lost, lost] });

    expect(moveOf(again)).toStrictEqual(['forward', 'opportunity']);
    expect(moveOf(lostAgain)).toStrictEqual(['recycle', 'lead']);
    expect(moveOf(carriedOut(again, { deals: [won, lost] }))).toStrictEqual(['forward', 'customer']);
  });

  it('is not sent back again by its conversion', () => {
    const before = { stage: 'lead', deals: [lost] };

    expect(
      moveOf(lookAfter(before, { stage: 'salesqualifiedlead', deals: [lost], who: sfContact('Working') })),
    ).toBeNull();
  });

  it('is sent back by the loss although its old status says so already', () => {
    const who = lead('Nurture');
    const before = { stage: 'opportunity', who, deals: [open] };

    expect(moveOf(lookAfter(before, { ...before, deals: [lost] }))).toStrictEqual(['recycle', 'lead']);
  });

  it('is sent back by a status too, but not by its end', () => {
    const before = { stage: 'salesqualifiedlead', deals: [lost] };
    const returned = lookAfter(before, { ...before, who: lead('Unqualified') });

    expect(moveOf(returned)).toStrictEqual(['recycle', 'lead']);
    expect(moveOf(carriedOut(returned, { person: lead('Working') }))?.[0]).not.toBe('recycle');
  });

  it('is not sent back where nobody knows when they were lost', () => {
    const unsettled = look({
      contact: contact('opportunity'),
      person: lead('Working'),
      deals: [lost],
      mapping: recycling,
    });

    expect(moveOf(unsettled)).toBeNull();
  });
});

describe('a contact that is handed over with deals', () => {
  const handoff = (deals: readonly OpportunityFact[], values: Partial<StageInput> = {}) =>
    look({
      contact: contact('salesqualifiedlead'),
      person: null,
      handedOver: false,
      linking: true,
      pair: null,
      mapping: recycling,
      deals,
      ...values,
    });

  it('is moved forward by an open one at once, and rests', () => {
    const first = handoff([open]);
    const { decision, reasons } = decideStage(first);

    expect(decision.move).toMatchObject({
      kind: 'forward',
      from: 'salesqualifiedlead',
      to: 'opportunity',
      mustClear: false,
    });
    expect(reasons).toMatchObject([
      { code: 'stage_forward', text: 'An open deal makes the person Opportunity; HubSpot had SQL.' },
    ]);
    expect(moveOf(carriedOut(first, { person: lead('Open'), handedOver: true }))).toBeNull();
  });

  it.each([{ deals: [lost] }, { deals: [] }])(
    'is not sent back by what was lost before: $deals.length',
    ({ deals }) => {
      const first = handoff(deals);
      const second = carriedOut(first, { person: lead('Open'), handedOver: true });

      expect([moveOf(first), moveOf(second)]).toStrictEqual([null, null]);
      expect(moveOf(carriedOut(second, { deals: [open] }))).toStrictEqual(['forward', 'opportunity']);
      if (deals.length === 0) expect(moveOf({ ...second, deals: [lost] })).toStrictEqual(['recycle', 'lead']);
    },
  );

  it('is sent back by a status all the same', () => {
    const second = carriedOut(handoff([lost]), { person: lead('Unqualified'), handedOver: true });

    expect(moveOf(second)).toStrictEqual(['recycle', 'lead']);
  });

  it('stays below the gate and while the stage is frozen', () => {
    const frozen = [{ system: 'hubspot' as const, field: 'lifecyclestage' }];

    expect(moveOf(handoff([open], { gatePasses: false }))).toBeNull();
    expect(moveOf(handoff([open], { pair: pairAgreed(null, { frozen }) }))).toBeNull();
  });
});
