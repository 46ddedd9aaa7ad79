import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../support/engine.ts';
import { failureOf } from '../support/people.ts';
import { changesOf, handedOver, propertiesOf, startTwoWay } from '../support/two-way.ts';

/** The clock of both CRMs: Salesforce's shows whole seconds, and two edits within one have no order. */
const time = { aheadMs: 0 };
const now = () => Date.now() + time.aheadMs;

let engine: Engine;
beforeAll(async () => {
  const rules = ['newest', 'hubspot', 'salesforce', 'fill_blank', 'never'] as const;
  const fields = ['jobtitle', 'phone', 'mobilephone', 'website', 'company'];
  const at = [4, 5, 6, 7, 3];
  engine = await startTwoWay({
    hubspot: { now },
    salesforce: { clock: now },
    mappings: {
      'contacts.yaml': {
        ...Object.fromEntries(fields.map((_, place) => [`fields.${at[place]}.rule`, rules[place]])),
        examples: [],
      },
    },
  });
});
afterAll(() => engine.close());

/** Per rule: the property and the field that the mapping above gives it to. */
const byRule = {
  newest: ['jobtitle', 'Title'],
  hubspot: ['phone', 'Phone'],
  salesforce: ['mobilephone', 'MobilePhone'],
  fill_blank: ['website', 'Website'],
  never: ['company', 'Company'],
} as const;
type Rule = keyof typeof byRule;

const values: Record<Rule, { first: string; hubspot: string; salesforce: string }> = {
  newest: { first: 'Buyer', hubspot: 'Chief', salesforce: 'Head' },
  hubspot: { first: '+43 1 100', hubspot: '+43 1 200', salesforce: '+43 1 300' },
  salesforce: { first: '+43 660 100', hubspot: '+43 660 200', salesforce: '+43 660 300' },
  fill_blank: { first: 'https://first.example', hubspot: 'https://hub.example', salesforce: 'https://sales.example' },
  never: { first: 'First Works', hubspot: 'Hub Works', salesforce: 'Sales Works' },
};

type Edit = 'hubspot' | 'salesforce';

/** A pair that agrees on the field, then the edits, then looks until nothing is due. */
async function edited(rule: Rule, edits: readonly Edit[]) {
  const [property, field] = byRule[rule];
  const { first } = values[rule];
  const pair = await handedOver(engine, { [property]: first });
  engine.salesforce.edit('Lead', pair.leadId, { [field]: first });
  engine.hubspot.editContact(pair.id, { [property]: first });
  await engine.look(pair.id);
  await engine.look(pair.id);
  for (const side of edits) {
    if (edits.length > 1) time.aheadMs += 1_050;
    if (side === 'hubspot') engine.hubspot.editContact(pair.id, { [property]: values[rule].hubspot });
    else engine.salesforce.edit('Lead', pair.leadId, { [field]: values[rule].salesforce });
  }
  await engine.look(pair.id);
  await engine.look(pair.id);
  const lead = engine.salesforce.get('Lead', pair.leadId);
  return { ...pair, hubspot: propertiesOf(engine, pair.id)[property], salesforce: lead?.[field] };
}

const [h, s] = ['hubspot', 'salesforce'] as const;

describe('each rule, whoever edits a field', () => {
  it.each([
    { rule: 'newest', edits: [h], ends: [h, h] },
    { rule: 'newest', edits: [s], ends: [s, s] },
    { rule: 'hubspot', edits: [h], ends: [h, h] },
    { rule: 'hubspot', edits: [s], ends: ['first', 'first'] },
    { rule: 'hubspot', edits: [h, s], ends: [h, h] },
    { rule: 'salesforce', edits: [h], ends: ['first', 'first'] },
    { rule: 'salesforce', edits: [s], ends: [s, s] },
    { rule: 'salesforce', edits: [s, h], ends: [s, s] },
    { rule: 'fill_blank', edits: [h], ends: ['first', 'first'] },
    { rule: 'fill_blank', edits: [s], ends: [s, s] },
    { rule: 'fill_blank', edits: [h, s], ends: [s, s] },
    { rule: 'never', edits: [h, s], ends: [h, s] },
  ] as const)('$rule: edited in $edits, the sides end with $ends', async ({ rule, edits, ends }) => {
    const { hubspot, salesforce, id } = await edited(rule, edits);

    expect([hubspot, salesforce]).toEqual(ends.map((end) => values[rule][end]));
    expect(await failureOf(engine, id)).toBeUndefined();
  });

  it('newest: of two edits the later one wins on both sides, and the audit log keeps the value that lost', async () => {
    engine.salesforce.trackHistory('Lead', ['Title']);
    const later = await edited('newest', [h, s]);
    const earlier = await edited('newest', [s, h]);

    expect([later.hubspot, later.salesforce]).toEqual(['Head', 'Head']);
    expect([earlier.hubspot, earlier.salesforce]).toEqual(['Chief', 'Chief']);
    expect(await changesOf(engine, later.id)).toContainEqual(
      expect.objectContaining({ system: 'hubspot', field: 'jobtitle', before: 'Chief', after: 'Head' }),
    );
    expect(await changesOf(engine, earlier.id)).toContainEqual(
      expect.objectContaining({ system: 'salesforce', field: 'Title', before: 'Head', after: 'Chief' }),
    );
    const timeline = await engine.ledger.timeline(later.id, 100);
    const conflicts = timeline.flatMap(({ changes }) => changes).filter(({ conflict }) => conflict !== null);
    expect(conflicts).toContainEqual(expect.objectContaining({ field: 'jobtitle', conflict: 'salesforce' }));
  });

  it('newest: of two edits within one second nobody can tell the later one: the fallback decides', async () => {
    const pair = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.edit('Lead', pair.leadId, { Title: 'Head' });
    engine.hubspot.editContact(pair.id, { jobtitle: 'Chief' });
    await engine.look(pair.id);

    expect(propertiesOf(engine, pair.id).jobtitle).toBe('Head');
    expect(JSON.stringify((await engine.ledger.history(pair.id)).decision)).toContain('conflict_newest_unknown');
  });

  it('an overruled edit is kept in the audit log with the value that was put back', async () => {
    const { id } = await edited('hubspot', [s]);

    expect(await changesOf(engine, id)).toContainEqual(
      expect.objectContaining({ field: 'Phone', before: '+43 1 300', after: '+43 1 100', rule: 'hubspot' }),
    );
  });
});

describe('what is emptied', () => {
  it('in Salesforce empties HubSpot, where both had agreed on a value', async () => {
    const pair = await handedOver(engine, { jobtitle: 'Buyer' });
    engine.salesforce.edit('Lead', pair.leadId, { Title: null });
    await engine.look(pair.id);

    expect(propertiesOf(engine, pair.id).jobtitle ?? '').toBe('');
  });

  it('an address comes over as one, never the city of the one with the postal code of the other', async () => {
    const pair = await handedOver(engine, { city: 'Graz', zip: '8010' });
    engine.salesforce.edit('Lead', pair.leadId, { City: 'Wien', PostalCode: '1010', Country: 'Austria' });
    await engine.look(pair.id);

    expect(propertiesOf(engine, pair.id)).toMatchObject({ city: 'Wien', zip: '1010', country: 'Austria' });
  });
});
