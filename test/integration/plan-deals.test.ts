import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CompiledMapping } from '../../src/domain/mapping/types.ts';
import { loadMappings } from '../../src/mappings/load.ts';
import { planMapping } from '../../src/usecases/preview/plan-mapping.ts';
import { type Cast, newDeal, pairedDeal, startDeals } from '../support/deals.ts';
import type { Engine } from '../support/engine.ts';
import { type MappingChanges, withDeals, writeMappings } from '../support/mappings.ts';
import { dumpLedger, writesIn } from '../support/quiet.ts';

let engine: Engine;
let folder: string;
let cast: Cast;
let deal: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handoff-plan-deals-'));
  engine = await startDeals({}, { salesforce: { keepBodies: true } });
  cast = await pairedDeal(engine);
  deal = newDeal(engine, { contacts: [cast.contact], companies: [cast.company] });
}, 60_000);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

function mappingWith(name: string, changes: MappingChanges): CompiledMapping {
  const loaded = loadMappings(writeMappings(join(folder, name), engine.salesforce, changes));
  if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
  return loaded.mapping;
}

it('tells what switching deals on would create, with roles told together, from one read and without a write', async () => {
  const off = mappingWith('off', { ...withDeals, 'deals.yaml': { sync: false } });
  const before = await dumpLedger(engine);
  engine.hubspot.resetCounters();
  engine.salesforce.resetRequests();
  const question = { active: off, proposed: engine.mapping, objects: ['companies', 'deals'] } as const;
  const { objects, calls } = await planMapping(engine.dependencies, question);
  const [companies, deals] = objects;
  expect(companies).toMatchObject({ object: 'company', total: 1, differing: { count: 0 } });
  expect(deals).toMatchObject({ object: 'deal', total: 2, newlyCreated: { count: 1, samples: [deal] } });
  expect(deals?.groups).toContainEqual(
    expect.objectContaining({ target: 'Opportunity', field: 'roles/*', kind: 'new', count: 1 }),
  );
  expect(calls.salesforce).toBe(1);
  // A walk for each kind; contacts and companies of the deals. One look for Accounts, one for Opportunities.
  expect(engine.hubspot.requests).toHaveLength(4);
  expect(engine.salesforce.requests).toHaveLength(2);
  expect(writesIn(engine)).toEqual([]);
  expect(await dumpLedger(engine)).toEqual(before);

  const { objects: back } = await planMapping(engine.dependencies, {
    ...question,
    active: engine.mapping,
    proposed: off,
  });
  expect(back[1]).toMatchObject({ noLongerCreated: { count: 1, samples: [deal] } });
});
