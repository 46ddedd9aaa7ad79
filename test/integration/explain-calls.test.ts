import { afterAll, beforeAll, expect, it } from 'vitest';
import { explainContact } from '../../src/usecases/explain-contact.ts';
import { explainRecord } from '../../src/usecases/explain-record.ts';
import { type Cast, pairedDeal, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';

let engine: Engine;
let cast: Cast;
beforeAll(async () => {
  engine = await startDeals();
  cast = await pairedDeal(engine);
}, 120_000);
afterAll(() => engine.close());

const priorityOf = (given: unknown): unknown[] =>
  typeof given === 'object' && given !== null && 'priority' in given && 'prepaid' in given ? [given.priority] : [];

/** The port, with a note of how urgent each of its calls is said to be. */
function noting<Port extends object>(port: Port, seen: unknown[]): Port {
  return new Proxy(port, {
    get(target, key) {
      const held: unknown = Reflect.get(target, key);
      if (typeof held !== 'function') return held;
      return (...given: unknown[]) => {
        seen.push(...given.flatMap(priorityOf));
        return held.apply(target, given);
      };
    },
  });
}

it.each(['contact', 'company', 'deal'] as const)(
  'looking up a %s never pauses the connection, nor takes the calls that live work needs',
  async (kind) => {
    const seen: unknown[] = [];
    const { dependencies } = engine;
    const hubspot = { ...dependencies.hubspot, contactIdByEmail: async () => null };
    const watched = {
      ...dependencies,
      hubspot: noting(hubspot, seen),
      salesforce: noting(dependencies.salesforce, seen),
      facts: noting({ facts: dependencies.facts }, seen).facts,
    };

    if (kind === 'contact') await explainContact(watched, cast.contact);
    else await explainRecord(watched, kind, cast[kind]);

    expect(seen.length).toBeGreaterThan(3);
    expect([...new Set(seen)]).toEqual([3]);
  },
);
