import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderPlan } from '../../src/cli/plan-lines.ts';
import type { CompiledMapping } from '../../src/domain/mapping/types.ts';
import { SyncError } from '../../src/errors.ts';
import { loadMappings, loadMappingTexts } from '../../src/mappings/load.ts';
import type { PlanChange } from '../../src/usecases/preview/compare-previews.ts';
import { type PlanQuestion, planMapping } from '../../src/usecases/preview/plan-mapping.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { type MappingChanges, writeMappings } from '../support/mappings.ts';
import { sqlContact } from '../support/people.ts';
import { dumpLedger, writesIn } from '../support/quiet.ts';

let engine: Engine;
let folder: string;
let ids: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handoff-plan-'));
  engine = await startEngine({ salesforce: { keepBodies: true } });
  ids = Array.from({ length: 12 }, (_, index) =>
    engine.hubspot.createContact(
      sqlContact(`planned${index}`, index < 6 ? { jobtitle: 'Chief' } : { lifecyclestage: 'marketingqualifiedlead' }),
    ),
  );
  await engine.look(...ids);
}, 60_000);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

let number = 0;
function mappingWith(changes: MappingChanges): CompiledMapping {
  number += 1;
  const loaded = loadMappings(writeMappings(join(folder, String(number)), engine.salesforce, changes));
  if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
  // As another process would have it from the ledger.
  const again = loadMappingTexts(loaded.files, 'ledger');
  expect(again.ok && again.mapping.hash).toBe(loaded.mapping.hash);
  return loaded.mapping;
}

async function plan(proposed: CompiledMapping, more: Partial<PlanQuestion> = {}) {
  const changes: PlanChange[] = [];
  const question = { active: engine.mapping, proposed, objects: ['contacts'], ...more } as const;
  const report = await planMapping(engine.dependencies, question, (change) => void changes.push(change));
  const [contacts] = report.objects;
  if (contacts === undefined) throw new Error('no plan of contacts');
  return { report, contacts, changes };
}

/** The title is another field's from now on. */
const moved = { 'contacts.yaml': { 'fields.4.salesforce': 'Description', examples: [] } };
const atMql = {
  'gate.yaml': { examples: [], opens_at: ['marketingqualifiedlead', 'salesqualifiedlead', 'opportunity', 'customer'] },
};

describe('a plan of a changed mapping', () => {
  it('finds no difference where there is none', async () => {
    const { contacts, changes } = await plan(mappingWith({}));
    expect(contacts).toMatchObject({ total: 12, looked: 12, isSample: false, differing: { count: 0 }, groups: [] });
    expect(changes).toEqual([]);
  });

  it('tells a field that is mapped to another one, with its values', async () => {
    const { contacts, changes, report } = await plan(mappingWith(moved));
    expect(contacts.differing.count).toBe(6);
    expect(contacts.groups).toMatchObject([
      { system: 'salesforce', target: 'Lead', field: 'Description', kind: 'new', count: 6 },
    ]);
    expect(changes).toHaveLength(6);
    expect(changes[0]).toMatchObject({ field: 'Description', before: null, after: 'Chief' });
    expect(contacts.groups[0]?.samples).toHaveLength(5);
    expect(report.calls).toEqual({ hubspot: 1, salesforce: 1 });
  });

  it('tells who newly passes the gate and is created', async () => {
    const { contacts } = await plan(mappingWith(atMql));
    expect(contacts).toMatchObject({
      newlyPassing: { count: 6 },
      newlyFailing: { count: 0 },
      newlyCreated: { count: 6 },
    });
    expect([...contacts.newlyPassing.samples].sort()).toEqual(ids.slice(6).sort());
  });

  it('looks only at what changed since then, on either side', async () => {
    const future = Date.now() + 60_000;
    const none = await plan(mappingWith(moved), { sinceMs: future });
    expect(none.contacts).toMatchObject({ total: 0, looked: 0 });
    const all = await plan(mappingWith(moved), { sinceMs: Date.now() - 60_000 });
    expect(all.contacts).toMatchObject({ total: 12, looked: 12, differing: { count: 6 } });
  });

  it('extrapolates a sample and says so', async () => {
    const { contacts, report } = await plan(mappingWith(moved), { sample: 4 });
    expect(contacts.isSample).toBe(true);
    expect(contacts.total).toBe(12);
    expect(contacts.looked).toBeLessThan(12);
    const side = { version: 1, hash: 'a'.repeat(64) };
    const lines = renderPlan({ ...report, active: side, proposed: side, isSame: false, sinceMs: null });
    expect(lines.join('\n')).toContain('extrapolated');
  });

  it('goes on where a CRM does not answer for a moment, and tells who could not be planned', async () => {
    const { hubspot, salesforce } = engine.dependencies;
    const clock = { ...engine.dependencies.clock, sleep: async () => undefined };
    const away = new SyncError('retryable', 'crm_unreachable', 'It is away.');
    let [walks, finds] = [0, 0];
    const failing = (times: number) => ({
      ...engine.dependencies,
      clock,
      hubspot: {
        ...hubspot,
        walk: async (...given: Parameters<typeof hubspot.walk>) => {
          walks += 1;
          if (walks === 1) throw away;
          return await hubspot.walk(...given);
        },
      },
      salesforce: {
        ...salesforce,
        findPersons: async (...given: Parameters<typeof salesforce.findPersons>) => {
          finds += 1;
          if (finds <= times) throw away;
          return await salesforce.findPersons(...given);
        },
      },
    });
    const question = { active: engine.mapping, proposed: mappingWith(moved), objects: ['contacts'] } as const;
    const once = await planMapping(failing(1), question);
    expect(once.objects[0]).toMatchObject({ differing: { count: 6 }, unread: { count: 0 } });
    [walks, finds] = [0, 0];
    const always = await planMapping(failing(1_000), question);
    expect(always.objects[0]).toMatchObject({ looked: 12, differing: { count: 0 }, unread: { count: 6 } });
  });

  it('reads each record once, sends no write and leaves the ledger as it is', async () => {
    const proposed = mappingWith({ ...moved, ...atMql });
    const before = await dumpLedger(engine);
    engine.hubspot.resetCounters();
    engine.salesforce.resetRequests();
    const { contacts } = await plan(proposed);
    expect(contacts.differing.count).toBe(12);
    expect(engine.hubspot.requests).toHaveLength(1);
    // Those who pass under the active mapping, then those who newly do.
    expect(engine.salesforce.requests.length).toBeLessThanOrEqual(2);
    expect(writesIn(engine)).toEqual([]);
    expect(await dumpLedger(engine)).toEqual(before);
  });
});
