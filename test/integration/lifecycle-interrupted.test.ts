import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf, personsOf } from '../support/people.ts';
import { handedOver, killedAt, lookWith, meeting, propertiesOf, stageIn, startTwoWay } from '../support/two-way.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startTwoWay();
});
afterAll(() => engine.close());
afterEach(() => {
  engine.hubspot.faults.clear();
  engine.hubspot.configure({ backwardStage: 'ignore' });
});

/** A handed-over contact whose person sales has just returned. */
async function recycled() {
  const pair = await handedOver(engine);
  engine.salesforce.edit('Lead', pair.leadId, { Status: 'Closed - Not Converted' });
  return pair;
}

async function expectRecycledOnce(id: string): Promise<void> {
  expect(stageIn(engine, id)).toBe('lead');
  const { pair, pending, changes } = await engine.ledger.history(id);
  expect(pair).toMatchObject({ recycles: 1, stageMove: null });
  expect(pending).toBeNull();
  expect(changes.filter(({ state }) => state === 'open' || state === 'unknown')).toEqual([]);
  expect(await failureOf(engine, id)).toBeUndefined();
  expect(personsOf(engine, id)).toHaveLength(1);
}

describe('a worker that is killed while it moves a stage', () => {
  it.each([
    { name: 'before the clearing', when: { before: 'update' as const }, left: 'salesqualifiedlead' },
    { name: 'between the clearing and the ledger', when: { after: 'update' as const }, left: undefined },
    { name: 'between the clearing and the setting', when: { before: 'update' as const, nth: 2 }, left: undefined },
    { name: 'between the setting and the ledger', when: { after: 'update' as const, nth: 2 }, left: 'lead' },
    { name: 'before the reading back', when: { before: 'read' as const, nth: 2 }, left: 'lead' },
  ])('$name: the next one finishes the move, and it counts once', async ({ when, left }) => {
    const { id } = await recycled();
    await killedAt(engine, when, id);
    const between = stageIn(engine, id);
    for (let round = 0; round < 2; round++) await engine.drainLater();

    expect(between || undefined).toBe(left);
    await expectRecycledOnce(id);
  });

  it('a blank stage under an open move closes no gate and is no change', async () => {
    const { id } = await recycled();
    await killedAt(engine, { before: 'update', nth: 2 }, id);
    engine.hubspot.editContact(id, { jobtitle: 'Meanwhile' });
    for (let round = 0; round < 2; round++) await engine.drainLater();

    await expectRecycledOnce(id);
    const transitions = await engine.ledger.stageTransitions(id);
    expect(transitions.filter(({ kind }) => kind === 'recycle')).toHaveLength(1);
    expect(transitions.filter(({ to }) => to === '' || to === null)).toEqual([]);
  });
});

describe('sales takes the status back after the stage was emptied', () => {
  it('and an admin pauses before it is put back: afterwards it is put back all the same', async () => {
    const { id, leadId } = await handedOver(engine);
    const Status = engine.salesforce.get('Lead', leadId)?.Status ?? null;
    engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted' });
    await killedAt(engine, { before: 'update', nth: 2 }, id);
    engine.salesforce.edit('Lead', leadId, { Status });
    const pause = () => engine.ledger.pause('tests', 'meanwhile');
    await lookWith(engine, meeting(engine, { after: 'findPersons' }, pause), id);
    const between = stageIn(engine, id);
    await engine.ledger.resume();
    for (let round = 0; round < 2; round++) await engine.drainLater();

    expect(between || undefined).toBeUndefined();
    expect(stageIn(engine, id)).toBe('salesqualifiedlead');
    const { pair } = await engine.ledger.history(id);
    expect(pair).toMatchObject({ recycles: 0, stageMove: null });
    expect(await failureOf(engine, id)).toBeUndefined();
  });
});

describe('a move whose facts grow old before it is written', () => {
  it('is not made when sales took the status back meanwhile', async () => {
    const { id, leadId } = await handedOver(engine);
    const Status = engine.salesforce.get('Lead', leadId)?.Status ?? null;
    engine.salesforce.edit('Lead', leadId, { Status: 'Closed - Not Converted' });
    const { clock } = engine.dependencies;
    let lateMs = 0;
    const worker = meeting(engine, { after: 'findPersons' }, () => {
      engine.salesforce.edit('Lead', leadId, { Status });
      lateMs = 8_000;
    });
    await lookWith(engine, { ...worker, clock: { ...clock, now: () => clock.now() + lateMs } }, id);
    await engine.drainLater();

    expect(stageIn(engine, id)).toBe('salesqualifiedlead');
    expect(engine.hubspot.getHistory(id, 'lifecyclestage')).toHaveLength(1);
    expect((await engine.ledger.history(id)).pair).toMatchObject({ recycles: 0, stageMove: null });
  });

  it('is made when they are still true', async () => {
    const { id } = await recycled();
    const { clock } = engine.dependencies;
    let lateMs = 0;
    const worker = meeting(engine, { after: 'findPersons' }, () => {
      lateMs = 8_000;
    });
    await lookWith(engine, { ...worker, clock: { ...clock, now: () => clock.now() + lateMs } }, id);

    await expectRecycledOnce(id);
  });
});

describe('a stage that changes while we move it', () => {
  it('to a third one before the setting: the move ends as a conflict, and the human’s stage counts', async () => {
    const { id } = await recycled();
    const change = () => engine.hubspot.editContact(id, { lifecyclestage: 'marketingqualifiedlead' });
    await lookWith(engine, meeting(engine, { before: 'update', nth: 2 }, change), id);
    for (let round = 0; round < 2; round++) await engine.drainLater();

    const { pair, pending } = await engine.ledger.history(id);
    expect(pair?.stageMove).toBeNull();
    expect(pending).toBeNull();
    expect(
      (await engine.ledger.stageDisagreements(100)).find(({ contactId }) => contactId === id)?.cause ?? 'none',
    ).toMatch(/\w/);
  });

  it('between our read and a forward move: the later stage of the human stays', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.convertLead(leadId, { opportunityName: 'Deal' });
    const change = () => engine.hubspot.editContact(id, { lifecyclestage: 'customer' });
    await lookWith(engine, meeting(engine, { before: 'update' }, change), id);
    for (let round = 0; round < 2; round++) await engine.drainLater();

    expect(stageIn(engine, id)).toBe('customer');
    expect((await engine.ledger.history(id)).pair?.stageMove).toBeNull();
  });
});

describe('HubSpot says yes and does nothing', () => {
  it('a stage that is ignored is tried again, and after a few times shown to a person', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.convertLead(leadId, { opportunityName: 'Deal' });
    // A workflow of the portal puts the stage back whenever it is set.
    const worker = meeting(engine, { before: 'read', nth: 2 }, () =>
      engine.hubspot.editContact(id, { lifecyclestage: 'salesqualifiedlead' }),
    );
    await lookWith(engine, worker, id);

    expect((await engine.ledger.history(id)).pending).toMatchObject({ waitCode: 'stage_ignored', attempts: 1 });
    await engine.drainLater();
    expect(stageIn(engine, id)).toBe('opportunity');
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('a refused stage leaves the rest of the pair alone and is tried again', async () => {
    const { id, leadId } = await handedOver(engine);
    engine.salesforce.convertLead(leadId, { opportunityName: 'Deal' });
    engine.hubspot.faults.add({ kind: 'status', status: 500, match: 'batch/update' });
    await engine.look(id);
    const first = stageIn(engine, id);
    for (let round = 0; round < 2; round++) await engine.drainLater();

    expect(first).toBe('salesqualifiedlead');
    expect(stageIn(engine, id)).toBe('opportunity');
    expect(propertiesOf(engine, id).salesforce_person_id).toMatch(/^003/);
  });
});
