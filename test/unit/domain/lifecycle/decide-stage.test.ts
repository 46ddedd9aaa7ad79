import { describe, expect, it } from 'vitest';
import { stageCauses } from '../../../../src/domain/lifecycle/causes.ts';
import { decideStage } from '../../../../src/domain/lifecycle/decide-stage.ts';
import type { LifecycleMapping } from '../../../../src/domain/mapping/types.ts';
import type { SalesforcePerson } from '../../../../src/domain/record.ts';
import {
  accepted,
  contact,
  factsSignature,
  lead,
  lifecycle,
  look,
  lost,
  mappingWith,
  now,
  open,
  pairAgreed,
  sfContact,
  won,
} from './given.ts';

const [sql, mql] = ['salesqualifiedlead', 'marketingqualifiedlead'];

type Settled = { stage: string | null; person: SalesforcePerson };

/** `SQL>Lead recycle !` as from, to, kind and whether it clears; `-` for no move. */
function moveOf(stage: string | null, person: SalesforcePerson, settled: Settled | null, changes = {}) {
  const outcome = decideStage(
    look({ contact: contact(stage), person, pair: pairAgreed(settled), mapping: mappingWith(changes) }),
  );
  const { move } = outcome.decision;
  const told = move === null ? '-' : `${move.kind} to ${move.to}${move.mustClear ? ', clearing' : ''}`;
  return { told, outcome, cause: outcome.decision.standing.cause, problem: outcome.problem?.code ?? null };
}

describe('before the handoff HubSpot decides', () => {
  it.each([
    { what: 'below the gate', stage: 'lead', linking: false, person: null },
    { what: 'of an unknown stage', stage: 'strange', linking: false, person: null },
    { what: 'without a stage', stage: null, linking: false, person: null },
    { what: 'linked below the gate to a returned person', stage: 'lead', linking: true, person: lead('Unqualified') },
    { what: 'linked below the gate to a customer', stage: 'lead', linking: true, person: sfContact(null, won) },
  ])('a contact $what is not moved', ({ stage, linking, person }) => {
    const outcome = decideStage(look({ contact: contact(stage), person, pair: null, handedOver: false, linking }));

    expect(outcome.decision).toMatchObject({ move: null, open: 'none', agreed: null });
    expect(outcome.decision.standing).toStrictEqual({ hubspot: stage, salesforce: null, cause: null });
    expect(outcome).toMatchObject({ statusChange: null, contactChanges: [], reasons: [], problem: null });
  });

  it('the stage that HubSpot tells of is stored as seen', () => {
    const entered = { hs_v2_date_entered_lead: new Date(now - 1000).toISOString() };

    const { decision } = decideStage(
      look({ contact: contact('lead', entered), person: null, pair: null, handedOver: false }),
    );

    expect(decision.seen).toStrictEqual([{ stage: 'lead', atMs: now - 1000, source: 'hubspot', code: 'reached' }]);
  });
});

describe('the handoff', () => {
  it('of a new person agrees on the stage at once, so that only another one is news', () => {
    const { decision } = decideStage(
      look({ contact: contact(sql), person: null, pair: null, handedOver: false, linking: true }),
    );
    const next = decideStage(
      look({
        contact: contact(sql),
        person: lead('Open'),
        pair: pairAgreed(null, {
          base: {
            hubspot: { lifecyclestage: decision.agreed?.hubspot ?? null },
            salesforce: { 'stage facts': decision.agreed?.facts ?? null },
          },
        }),
      }),
    );

    expect(decision.move).toBeNull();
    expect(decision.agreed?.hubspot).toBe(sql);
    expect(next.decision).toMatchObject({ move: null, seen: [], standing: { cause: null } });
  });

  it('that finds a customer moves the contact forward at once', () => {
    const { decision } = decideStage(
      look({ contact: contact(sql), person: sfContact('Working', won), pair: null, handedOver: false, linking: true }),
    );

    expect(decision.move).toMatchObject({ from: sql, to: 'customer', kind: 'forward', mustClear: false });
  });

  it.each([
    { what: 'a Lead', person: lead('Unqualified'), field: 'Status', before: 'Unqualified', after: 'Open' },
    { what: 'a Contact', person: sfContact('Returned'), field: 'Status__c', before: 'Returned', after: 'Working' },
  ])('that finds $what whom sales had returned reopens it and moves nothing', ({ person, field, before, after }) => {
    const outcome = decideStage(look({ contact: contact(sql), person, pair: null, handedOver: false, linking: true }));

    expect(outcome.decision.move).toBeNull();
    expect(outcome.statusChange).toStrictEqual({ field, before, after, rule: 'lifecycle' });
    expect(outcome.reasons[0]).toMatchObject({ code: 'stage_reopened', field });
    expect(outcome.decision.agreed?.facts).toBe(
      factsSignature(lifecycle, { ...person, fields: { ...person.fields, [field]: after } }),
    );
  });

  it('leaves the status of a returned person alone where the mapping names none to reopen with', () => {
    const outcome = decideStage(
      look({
        contact: contact(sql),
        person: lead('Unqualified'),
        pair: null,
        handedOver: false,
        linking: true,
        mapping: mappingWith({ reopen: { Lead: null, Contact: null } }),
      }),
    );

    expect(outcome).toMatchObject({
      statusChange: null,
      decision: { move: null, standing: { cause: 'recycle_overtaken' } },
    });
  });
});

describe('what has changed in Salesforce goes first', () => {
  const working = { stage: sql, person: lead('Working') };

  it.each([
    { what: 'sales accepts the Lead', person: lead('Accepted'), told: `forward to ${accepted}` },
    { what: 'sales converts the Lead', person: sfContact(null), told: '-' },
    { what: 'an opportunity opens', person: sfContact(null, open), told: 'forward to opportunity' },
    { what: 'an opportunity is won', person: sfContact(null, won), told: 'forward to customer' },
    { what: 'an opportunity is lost', person: sfContact(null, lost), told: '-' },
    { what: 'sales returns the Lead', person: lead('Unqualified'), told: 'recycle to lead, clearing' },
    {
      what: 'sales ticks a checkbox',
      person: lead('Working', { No_Budget__c: true }),
      told: 'recycle to subscriber, clearing',
    },
    { what: 'the status goes back within the stage', person: lead('Open'), told: '-' },
  ])('$what: $told', ({ person, told }) => {
    const seen = moveOf(sql, person, working);

    expect(seen.told).toBe(told);
    expect(seen.problem).toBeNull();
    expect(seen.outcome.decision.agreed).toStrictEqual({
      hubspot: seen.outcome.decision.move?.to ?? sql,
      facts: factsSignature(lifecycle, person),
    });
  });

  it.each([
    {
      what: 'back to the stage before',
      person: lead('Working'),
      stage: accepted,
      settled: lead('Accepted'),
      cause: 'hubspot_ahead',
    },
    {
      what: 'to lost',
      person: sfContact(null, lost),
      stage: 'opportunity',
      settled: sfContact(null, open),
      cause: 'opportunity_lost',
    },
    {
      what: 'from won to open',
      person: sfContact(null, open),
      stage: 'customer',
      settled: sfContact(null, won),
      cause: 'hubspot_ahead',
    },
    { what: 'to a blank status', person: lead(null), stage: sql, settled: lead('Working'), cause: null },
  ])('facts that go $what move nothing backward: $cause', ({ person, stage, settled, cause }) => {
    const seen = moveOf(stage, person, { stage, person: settled });

    expect(seen.told).toBe('-');
    expect(seen.cause).toBe(cause);
  });

  it('also where HubSpot has changed meanwhile', () => {
    expect(moveOf('lead', sfContact(null, open), working).told).toBe('forward to opportunity');
    expect(moveOf('opportunity', lead('Unqualified'), working).told).toBe('recycle to lead, clearing');
    expect(moveOf(null, lead('Unqualified'), working).told).toBe('recycle to lead');
    expect(moveOf('customer', sfContact(null, open), working).told).toBe('-');
  });

  it('without a base what Salesforce says counts as new, save a return', () => {
    expect(moveOf('lead', lead('Working'), null).told).toBe(`forward to ${sql}`);
    expect(moveOf(sql, sfContact(null, won), null).told).toBe('forward to customer');
    expect(moveOf(sql, lead('Unqualified'), null)).toMatchObject({ told: '-', cause: 'recycle_overtaken' });
    expect(moveOf('lead', sfContact('Returned', won), null)).toMatchObject({ told: '-', cause: null });
    expect(moveOf('customer', lead('Working'), null)).toMatchObject({ told: '-', cause: 'hubspot_ahead' });
    expect(moveOf(null, lead('Working'), null).told).toBe(`forward to ${sql}`);
  });

  it('a forward move says what made it, in labels', () => {
    const { outcome } = moveOf(sql, sfContact(null, open), working);

    expect(outcome.reasons).toStrictEqual([
      {
        code: 'stage_forward',
        text: 'An open opportunity makes the person Opportunity; HubSpot had SQL.',
        field: 'lifecyclestage',
      },
    ]);
  });
});

describe('a pair that was handed over before anything was kept of its stage', () => {
  const old = pairAgreed(null, { base: { hubspot: { jobtitle: 'CEO' }, salesforce: { Title: 'CEO' } } });

  /** What the first look stores, and what the next one makes of it. */
  function lookedAt(stage: string | null, person: SalesforcePerson) {
    const first = decideStage(look({ contact: contact(stage), person, pair: old }));
    const { hubspot = null, facts = null } = first.decision.agreed ?? {};
    const base = { hubspot: { lifecyclestage: hubspot }, salesforce: { 'stage facts': facts } };
    const next = (later: string | null, now: SalesforcePerson) =>
      decideStage(look({ contact: contact(later), person: now, pair: { ...old, base } }));
    return { first, next };
  }

  it.each([
    { stage: sql, person: lead('Unqualified'), cause: 'recycle_overtaken' },
    { stage: 'opportunity', person: sfContact('Returned', open), cause: 'recycle_overtaken' },
    { stage: sql, person: lead('Working', { No_Budget__c: true }), cause: 'recycle_overtaken' },
    { stage: 'subscriber', person: lead('Unqualified'), cause: 'recycled' },
    { stage: mql, person: lead('Unqualified'), cause: 'recycled' },
  ])('from $stage nobody is sent back or reopened for an old return: $cause', ({ stage, person, cause }) => {
    const { first, next } = lookedAt(stage, person);

    expect(first).toMatchObject({ decision: { move: null, standing: { cause } }, statusChange: null, problem: null });
    expect(first.contactChanges).toStrictEqual([]);
    expect(first.decision.agreed?.hubspot).toBe(stage);
    const second = next(stage, person);
    expect(second).toMatchObject({ decision: { move: null, agreed: null }, statusChange: null, contactChanges: [] });
  });

  it.each([
    { what: 'another status returns it', stage: sql, now: lead('Nurture'), move: { kind: 'recycle', to: 'lead' } },
    { what: 'sales takes it up', stage: 'lead', now: lead('Accepted'), move: { kind: 'forward', to: accepted } },
    { what: 'an opportunity is won', stage: sql, now: sfContact(null, won), move: { kind: 'forward', to: 'customer' } },
  ])('what is new afterwards counts: $what', ({ stage, now: later, move }) => {
    expect(lookedAt(stage, lead('Unqualified')).next(stage, later).decision.move).toMatchObject(move);
  });

  it('a contact that qualifies afterwards reopens its person', () => {
    expect(lookedAt('lead', lead('Unqualified')).next(sql, lead('Unqualified')).statusChange).toMatchObject({
      field: 'Status',
      after: 'Open',
    });
  });

  it('a person who was taken up and is returned again is sent back', () => {
    const { next } = lookedAt(sql, lead('Unqualified'));
    const { facts = null } = next(sql, lead('Working')).decision.agreed ?? {};
    const base = { hubspot: { lifecyclestage: sql }, salesforce: { 'stage facts': facts } };

    const { decision } = decideStage(
      look({ contact: contact(sql), person: lead('Unqualified'), pair: { ...old, base } }),
    );

    expect(decision.move).toMatchObject({ kind: 'recycle', to: 'lead' });
  });

  it('a person whom we have just created is sent back by its first return', () => {
    const made = decideStage(
      look({ contact: contact(sql), person: null, pair: null, handedOver: false, linking: true }),
    ).decision.agreed;
    const base = { hubspot: { lifecyclestage: sql }, salesforce: { 'stage facts': made?.facts ?? null } };

    const { decision } = decideStage(
      look({ contact: contact(sql), person: lead('Unqualified'), pair: { ...old, base } }),
    );

    expect(decision.move).toMatchObject({ kind: 'recycle', to: 'lead' });
  });
});

describe('a recycle', () => {
  const working = { stage: sql, person: lead('Working') };
  const returned = { stage: 'lead', person: lead('Unqualified') };

  it('writes its reason to HubSpot', () => {
    const { outcome } = moveOf(sql, lead('Unqualified'), working);

    expect(outcome.contactChanges).toStrictEqual([
      { field: 'recycle_reason', before: null, after: 'not ready', rule: 'lifecycle' },
    ]);
    expect(outcome.decision.standing).toStrictEqual({ hubspot: 'lead', salesforce: 'lead', cause: null });
  });

  it.each([
    { what: 'that HubSpot holds already', properties: { recycle_reason: 'not ready' }, changes: {} },
    {
      what: 'where the mapping has no property for it',
      properties: { recycle_reason: null },
      changes: { reasonProperty: null },
    },
  ])('writes no reason $what', ({ properties, changes }) => {
    const outcome = decideStage(
      look({
        contact: contact(sql, properties),
        person: lead('Unqualified'),
        pair: pairAgreed(working),
        mapping: mappingWith(changes),
      }),
    );

    expect(outcome.decision.move?.kind).toBe('recycle');
    expect(outcome.contactChanges).toStrictEqual([]);
  });

  it.each([
    {
      what: 'an opportunity',
      stage: 'opportunity',
      person: sfContact('Returned', open),
      settled: sfContact('Working', open),
    },
    { what: 'a customer', stage: 'customer', person: sfContact('Returned', won), settled: sfContact('Working', won) },
    { what: 'a stage that marketing owns', stage: 'other', person: lead('Unqualified'), settled: lead('Working') },
  ])('goes before what the facts name besides: from $what', ({ stage, person, settled }) => {
    expect(moveOf(stage, person, { stage, person: settled }).told).toBe('recycle to lead, clearing');
  });

  it.each([
    { what: 'there already', stage: 'lead', cause: null },
    { what: 'further back', stage: 'subscriber', cause: 'recycled' },
  ])('moves nothing where the contact is $what, and leaves its reason', ({ stage, cause }) => {
    const seen = moveOf(stage, lead('Unqualified'), { stage, person: lead('Working') });

    expect(seen).toMatchObject({ told: '-', cause });
    expect(seen.outcome.contactChanges).toHaveLength(1);
  });

  it('is not made a second time while the person says so still', () => {
    expect(moveOf('lead', lead('Unqualified'), returned)).toMatchObject({ told: '-', cause: null });
    expect(moveOf('lead', lead('Unqualified'), returned).outcome.decision.agreed).toBeNull();
  });

  it('with another status of the same rule is one again', () => {
    expect(moveOf(sql, lead('Nurture'), { stage: sql, person: lead('Unqualified') }).told).toBe(
      'recycle to lead, clearing',
    );
  });

  it.each([
    { what: 'MQL', stage: mql, told: '-', cause: 'recycled' },
    { what: 'back to subscriber', stage: 'subscriber', told: '-', cause: 'recycled' },
    { what: 'no stage', stage: null, told: '-', cause: 'recycled' },
  ])('leaves the contact to marketing: $what', ({ stage, told, cause }) => {
    const seen = moveOf(stage, lead('Unqualified'), returned);

    expect(seen).toMatchObject({ told, cause, problem: null });
    expect(seen.outcome.statusChange).toBeNull();
    expect(seen.outcome.decision.agreed?.hubspot).toBe(stage);
  });

  it('ends when sales takes the person up again', () => {
    expect(moveOf('lead', lead('Working'), returned).told).toBe(`forward to ${sql}`);
  });

  it('ends by a new opportunity although the status still says it', () => {
    const settled = { stage: 'lead', person: sfContact('Returned') };
    const seen = moveOf('lead', sfContact('Returned', open), settled);
    const later = moveOf('opportunity', sfContact('Returned', open), {
      stage: 'opportunity',
      person: sfContact('Returned', open),
    });

    expect(seen.told).toBe('forward to opportunity');
    expect(later.outcome.statusChange).toMatchObject({ field: 'Status__c', after: 'Working' });
  });

  it('reopens the same person when the contact qualifies again, and our own write is no news', () => {
    const { outcome, told } = moveOf(sql, lead('Unqualified'), returned);
    const after = moveOf(sql, lead('Open'), { stage: sql, person: lead('Open') });

    expect(told).toBe('-');
    expect(outcome.statusChange).toStrictEqual({
      field: 'Status',
      before: 'Unqualified',
      after: 'Open',
      rule: 'lifecycle',
    });
    expect(outcome.decision.agreed).toStrictEqual({ hubspot: sql, facts: factsSignature(lifecycle, lead('Open')) });
    expect(after.outcome).toMatchObject({ statusChange: null, decision: { move: null, agreed: null } });
  });

  it('counts again after the reopening, with the same status as before', () => {
    expect(moveOf(sql, lead('Unqualified'), { stage: sql, person: lead('Open') }).told).toBe(
      'recycle to lead, clearing',
    );
  });

  it('is left as it is by a reopening whose field is frozen', () => {
    const pair = pairAgreed(returned, { frozen: [{ system: 'salesforce', field: 'Status' }] });

    const outcome = decideStage(look({ contact: contact(sql), person: lead('Unqualified'), pair }));

    expect(outcome).toMatchObject({ statusChange: null, decision: { standing: { cause: 'recycle_overtaken' } } });
  });

  it('does not reopen a status by which nobody was returned', () => {
    const person = lead('Working', { No_Budget__c: true });

    const seen = moveOf(sql, person, { stage: 'subscriber', person });

    expect(seen).toMatchObject({ told: '-', cause: 'recycle_overtaken' });
    expect(seen.outcome.statusChange).toBeNull();
  });
});

describe('what somebody did in HubSpot after the handoff', () => {
  const settled = { stage: 'opportunity', person: sfContact('Working', open) };

  it.each([
    { what: 'customer, by HubSpot or by hand', stage: 'customer', cause: 'hubspot_ahead' },
    { what: 'evangelist', stage: 'evangelist', cause: 'hubspot_only' },
    { what: 'other', stage: 'other', cause: 'hubspot_only' },
  ])('forward to $what is accepted and explained', ({ stage, cause }) => {
    const seen = moveOf(stage, settled.person, settled);

    expect(seen).toMatchObject({ told: '-', cause, problem: null });
    expect(seen.outcome.decision.seen).toMatchObject([{ stage, code: 'reached' }]);
    expect(seen.outcome.decision.agreed?.hubspot).toBe(stage);
    expect(seen.outcome.reasons).toMatchObject([{ code: cause }]);
  });

  it('ahead of Salesforce is agreed on when Salesforce comes after', () => {
    const seen = moveOf('customer', sfContact('Working', won), { stage: 'customer', person: settled.person });

    expect(seen).toMatchObject({ told: '-', cause: null });
  });

  it.each([
    { stage: sql, movedBack: 'restore', told: 'restored to opportunity', cause: null, problem: null },
    { stage: null, movedBack: 'restore', told: 'restored to opportunity', cause: null, problem: null },
    { stage: sql, movedBack: 'accept', told: '-', cause: 'moved_back_accepted', problem: null },
    { stage: null, movedBack: 'accept', told: '-', cause: 'moved_back_accepted', problem: null },
    { stage: 'lead', movedBack: 'ask', told: '-', cause: 'stage_moved_back', problem: 'stage_moved_back' },
    { stage: null, movedBack: 'ask', told: '-', cause: 'stage_moved_back', problem: 'stage_moved_back' },
  ] as const)('backward to $stage with moved_back: $movedBack: $told', ({ stage, movedBack, told, cause, problem }) => {
    expect(moveOf(stage, settled.person, settled, { movedBack })).toMatchObject({ told, cause, problem });
  });

  it('an accepted move is stored as a human’s own, and stays accepted', () => {
    const first = moveOf(sql, settled.person, settled, { movedBack: 'accept' });
    const later = moveOf(sql, settled.person, { ...settled, stage: sql }, { movedBack: 'accept' });

    expect(first.outcome.decision.seen).toMatchObject([{ stage: sql, code: 'moved_back' }]);
    expect(later).toMatchObject({ told: '-', cause: 'moved_back_accepted' });
    expect(later.outcome.decision.agreed).toBeNull();
  });

  it('a question stays one until it is answered in either CRM', () => {
    const ask: Partial<LifecycleMapping> = { movedBack: 'ask' };
    const asked = moveOf('lead', settled.person, settled, ask);

    expect(asked.outcome.decision.agreed).toBeNull();
    expect(asked.outcome.problem).toMatchObject({
      fields: ['lifecyclestage'],
      advice: stageCauses.stage_moved_back.advice,
    });
    expect(moveOf('opportunity', settled.person, settled, ask)).toMatchObject({
      told: '-',
      problem: null,
      cause: null,
    });
    expect(moveOf('lead', sfContact('Returned', open), settled, ask)).toMatchObject({ told: '-', problem: null });
    expect(moveOf('lead', sfContact('Working', won), settled, ask)).toMatchObject({
      told: 'forward to customer',
      problem: null,
    });
  });

  it('a stage that left the mapping is not put back', () => {
    expect(moveOf(sql, lead('Working'), { stage: 'retired', person: lead('Working') })).toMatchObject({
      told: '-',
      cause: null,
    });
  });

  it('the next change in Salesforce ends an accepted move backward', () => {
    expect(moveOf(sql, sfContact('Working', won), { ...settled, stage: sql }, { movedBack: 'accept' }).told).toBe(
      'forward to customer',
    );
  });
});

describe('what the mapping does not know', () => {
  const settled = { stage: sql, person: lead('Working') };

  it.each([
    { what: 'unchanged facts', person: lead('Working') },
    { what: 'a recycle', person: lead('Unqualified') },
    { what: 'a won opportunity', person: sfContact(null, won) },
  ])('a HubSpot stage stops every move, with $what', ({ person }) => {
    const seen = moveOf('51400000', person, settled);

    expect(seen).toMatchObject({ told: '-', cause: 'stage_unknown', problem: 'stage_unknown' });
    expect(seen.outcome.decision.agreed).toBeNull();
  });

  it('a Lead Status is a failure that names its field, and never its value', () => {
    const { outcome, told, cause, problem } = moveOf(sql, lead('Tepid'), settled);

    expect({ told, cause, problem }).toStrictEqual({ told: '-', cause: 'status_unknown', problem: 'status_unknown' });
    expect(outcome.problem?.fields).toStrictEqual(['Status']);
    expect(JSON.stringify([outcome.problem, outcome.reasons])).not.toContain('Tepid');
  });

  it('a Contact’s status does not keep a won opportunity from counting', () => {
    const seen = moveOf(sql, sfContact('Tepid', won), { stage: sql, person: sfContact('Working') });

    expect(seen).toMatchObject({ told: 'forward to customer', problem: 'status_unknown' });
  });

  it('a status that the mapping learns of later counts then', () => {
    const stages = lifecycle.stages.map((stage) =>
      stage.hubspot === accepted && stage.salesforce !== null
        ? { ...stage, salesforce: { ...stage.salesforce, leadStatuses: ['Tepid'] } }
        : stage,
    );

    expect(moveOf(sql, lead('Tepid'), { stage: sql, person: lead('Tepid') }, { stages }).told).toBe(
      `forward to ${accepted}`,
    );
  });
});

describe('a stage that is frozen', () => {
  const frozen = [{ system: 'hubspot', field: 'lifecyclestage' } as const];
  const settled = { stage: sql, person: lead('Working') };

  it.each([
    { what: 'forward', stage: sql, person: sfContact(null, won) },
    { what: 'back', stage: sql, person: lead('Unqualified') },
    { what: 'to where it was', stage: 'lead', person: lead('Working') },
  ])('is not moved $what', ({ stage, person }) => {
    const { decision, contactChanges, reasons } = decideStage(
      look({ contact: contact(stage), person, pair: pairAgreed(settled, { frozen }) }),
    );

    expect(decision).toMatchObject({ move: null, agreed: null, standing: { hubspot: stage, cause: 'field_frozen' } });
    expect(contactChanges).toStrictEqual([]);
    expect(reasons.map(({ code }) => code)).toStrictEqual(['field_frozen']);
  });

  it.each([
    { what: 'moved there thrice within the time', after: 'opportunity', minutes: [1, 2, 3], freezes: 1 },
    { what: 'moved there twice', after: 'opportunity', minutes: [1, 2], freezes: 0 },
    { what: 'moved there thrice, long ago', after: 'opportunity', minutes: [61, 62, 63], freezes: 0 },
    { what: 'moved elsewhere thrice', after: 'customer', minutes: [1, 2, 3], freezes: 0 },
    {
      what: 'only emptied by us, as recycles do',
      after: null,
      minutes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      freezes: 0,
    },
  ])('is to be frozen where we have $what: $freezes', ({ after, minutes, freezes }) => {
    const recentWrites = minutes.map((ago) => ({
      system: 'hubspot' as const,
      field: 'lifecyclestage',
      after,
      atMs: now - ago * 60_000,
    }));
    const pair = pairAgreed({ stage: 'opportunity', person: sfContact('Working', open) }, { recentWrites });

    const outcome = decideStage(look({ contact: contact(sql), person: sfContact('Working', open), pair }));

    expect(outcome.freezes).toHaveLength(freezes);
    expect(outcome.decision.move?.kind ?? null).toBe(freezes === 0 ? 'restored' : null);
    expect(outcome.decision.standing.cause).toBe(freezes === 0 ? null : 'field_frozen');
  });

  it('is not frozen by sales alone, who return a person and take it up again as often as they like', () => {
    const recentWrites = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((ago) => ({
      system: 'hubspot' as const,
      field: 'lifecyclestage',
      after: ago % 2 === 0 ? 'lead' : sql,
      atMs: now - ago * 60_000,
    }));
    const given = { contact: contact(sql), person: lead('Unqualified'), pair: pairAgreed(settled, { recentWrites }) };

    expect(decideStage(look(given))).toMatchObject({
      freezes: [],
      decision: { move: { kind: 'recycle', to: 'lead' } },
    });
    const [, ...moves] = recentWrites;
    const movedAway = { ...given, pair: pairAgreed(settled, { recentWrites: moves }) };
    expect(decideStage(look(movedAway)).freezes).toHaveLength(1);
  });

  it('is no matter where nothing is to be moved', () => {
    const { decision } = decideStage(
      look({ contact: contact(sql), person: lead('Working'), pair: pairAgreed(settled, { frozen }) }),
    );

    expect(decision.standing.cause).toBeNull();
  });
});
