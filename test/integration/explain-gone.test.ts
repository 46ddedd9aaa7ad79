import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewContact, viewExplanation } from '../../src/http/views.ts';
import type { Hint } from '../../src/ports/ledger-claim.ts';
import { explainContact } from '../../src/usecases/explain-contact.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.close());

const explain = (named: string) => explainContact(engine.dependencies, named);

async function handedOver(name: string, more: Record<string, string> = {}) {
  const id = engine.hubspot.createContact(sqlContact(name, more));
  await engine.look(id);
  return { id, leadId: String(personsOf(engine, id)[0]?.Id) };
}

async function lookAt(recordId: string, ...hints: Hint[]): Promise<void> {
  await engine.ledger.mark([{ system: 'hubspot', object: 'contact', recordId, priority: 2, hints, source: 'webhook' }]);
  await engine.drain();
}

describe('explain of a contact that HubSpot no longer has', () => {
  it('tells of a deleted one that its pair has ended, and all that happened to it', async () => {
    const { id, leadId } = await handedOver('deleted');
    engine.hubspot.deleteContact(id);
    const before = await explain(id);
    await lookAt(id, 'deleted');
    const after = await explain(id);

    expect(before).toMatchObject({ contactId: id, outcome: 'unlinked', stage: null, fields: [], erasure: null });
    expect(before.sentence).toContain('has not ended yet');
    expect(after).toMatchObject({ outcome: 'unlinked', standing: 'ended', gate: { passes: false }, problem: null });
    expect(after.sentence).toContain('the contact had been deleted in HubSpot');
    expect(after.timeline.map(({ code }) => code)).toEqual(expect.arrayContaining(['create', 'contact_gone']));
    expect((await explain(leadId)).contactId).toBe(id);
  });

  it('tells of an erased one when that was and what was erased, and nothing of the person', async () => {
    const { id, leadId } = await handedOver('vanishing', { jobtitle: 'Vanishing Title' });
    engine.hubspot.privacyDelete(id);
    await lookAt(id, 'deleted', 'erased');
    const explained = await explain(id);
    const told = JSON.stringify([viewExplanation(explained), viewContact(explained)]);

    expect(explained).toMatchObject({ outcome: 'unlinked', standing: 'ended' });
    expect(explained.sentence).toContain('erased for privacy');
    expect(explained.erasure).toMatchObject({ contactId: id, personIds: [leadId], erased: expect.any(Object) });
    expect(told.toLowerCase()).not.toContain('vanishing');
    expect(told).not.toMatch(/AtMs"/);
  });

  it('tells of an erased one that was never handed over', async () => {
    const id = engine.hubspot.createContact(sqlContact('early', { lifecyclestage: 'lead' }));
    await engine.look(id);
    engine.hubspot.privacyDelete(id);
    await lookAt(id, 'deleted', 'erased');

    const { sentence, erasure } = await explain(id);
    expect(sentence).toContain('erased for privacy');
    expect(erasure).toMatchObject({ contactId: id, pairId: null });
  });

  it('leads from an id that was merged away to the survivor, also where HubSpot has forgotten it', async () => {
    const { id } = await handedOver('first');
    const otherId = engine.hubspot.createContact(sqlContact('second', { lifecyclestage: 'lead' }));
    const survivor = engine.hubspot.mergeContacts(id, otherId);
    await lookAt(survivor, 'merged');
    const { hubspot } = engine.dependencies;
    const forgetful: typeof hubspot = {
      ...hubspot,
      read: async (type, ids, ...rest) => {
        const known = ids.filter((one) => one !== id);
        const missing = ids.filter((one) => one === id).map((one) => [one, { kind: 'missing' }] as const);
        return new Map([...(await hubspot.read(type, known, ...rest)), ...missing]);
      },
    };
    const forgotten = await explainContact({ ...engine.dependencies, hubspot: forgetful }, id);

    expect((await explain(id)).contactId).toBe(survivor);
    expect(forgotten).toMatchObject({ contactId: survivor, stage: 'salesqualifiedlead' });
  });

  it('knows nothing of an id that nobody ever had', async () => {
    await expect(explain('999999999')).rejects.toMatchObject({ code: 'contact_not_found' });
  });
});
