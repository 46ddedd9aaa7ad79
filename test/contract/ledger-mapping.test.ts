import { describe, expect, it } from 'vitest';
import type { Base } from '../../src/domain/plan/types.ts';
import { done, limits, record, useLedger } from '../support/ledger.ts';

const bench = useLedger();

type Fields = readonly { hubspot: string; salesforce: string }[];

const pairsOf = (text: string): Fields =>
  text
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => part.split('=') as [string, string])
    .map(([hubspot, salesforce]) => ({ hubspot, salesforce }));

const full: Base = {
  hubspot: { city: 'Ulm', phone: '1', lifecyclestage: 'customer' },
  salesforce: { City: 'Ulm', MailingCity: 'Ulm', Phone: '1', 'stage facts': 'won' },
};

/** Stores the base under the first mapping, makes the second the active one, and tells what is left. */
async function left(before: string, after: string, base: Base = full): Promise<Base | null> {
  bench.version = await bench.ledger.activateMapping('one', limits, pairsOf(before));
  await bench.handOver('1', '00Q1');
  const batch = await bench.claimed('1');
  const { counter, pairId } = record(batch, '1');
  await bench.commit(batch, { contactId: '1', counter, ...(pairId && { pairId }), agreed: base, settle: done });
  const agreedAtMs = (await bench.ledger.history('1')).pair?.agreedAtMs;
  await bench.ledger.activateMapping('two', limits, pairsOf(after));
  const { pair } = await bench.ledger.history('1');
  expect(pair?.agreedAtMs, 'for all other fields nothing has happened').toBe(agreedAtMs);
  return pair?.base ?? null;
}

const namesOf = (base: Base | null) =>
  base === null ? null : [...Object.keys(base.hubspot), ...Object.keys(base.salesforce)].sort();
const everything = namesOf({
  hubspot: { ...full.hubspot, jobtitle: null },
  salesforce: { ...full.salesforce, Title: null },
}) as string[];
const without = (...names: readonly string[]) => everything.filter((name) => !names.includes(name));

describe('the base of a field', () => {
  const all = 'city=City city=MailingCity phone=Phone';
  it.each([
    ['stays where nothing changed', all, all, everything],
    ['stays where a field is new', 'phone=Phone', all, everything],
    ['goes where the field left the map', all, 'city=City city=MailingCity', without('phone', 'Phone')],
    ['goes where the counterpart changed', all, 'city=City city=MailingCity phone=Mobile', without('phone', 'Phone')],
    [
      'goes on both sides of the counterpart alone that changed',
      all,
      'city=City phone=Phone',
      without('city', 'MailingCity'),
    ],
  ])('%s', async (_case, before, after, expected) => {
    expect(namesOf(await left(before, after))).toEqual(expected);
  });

  it('stays where the version before did not say what it mapped', async () => {
    await bench.ledger.activateMapping('hash', limits);
    await bench.handOver('1', '00Q1');
    await bench.ledger.activateMapping('two', limits, pairsOf('phone=Phone'));

    expect(namesOf((await bench.ledger.history('1')).base)).toEqual(['Title', 'jobtitle']);
  });

  it('goes also when an older version is made active again, by what that one maps', async () => {
    const [one, two] = ['jobtitle=Title', 'phone=Phone'];
    await bench.ledger.activateMapping('two', limits, pairsOf(two));
    bench.version = await bench.ledger.activateMapping('one', limits, pairsOf(one));
    await bench.handOver('1', '00Q1');
    await bench.ledger.activateMapping('one', limits, pairsOf(one));
    expect(namesOf((await bench.ledger.history('1')).base)).toEqual(['Title', 'jobtitle']);
    await bench.ledger.activateMapping('two', limits, pairsOf(two));

    expect(namesOf((await bench.ledger.history('1')).base)).toEqual([]);
  });
});
