import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { loadMappings, loadMappingTexts } from '../../src/mappings/load.ts';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { applyMapping } from '../../src/usecases/preview/apply-mapping.ts';
import type { PlanChange } from '../../src/usecases/preview/compare-previews.ts';
import {
  createMappingDesk,
  type LoadedFiles,
  type MappingDesk,
  toNewMapping,
} from '../../src/usecases/preview/mapping-desk.ts';
import { previewRecords } from '../../src/usecases/preview/preview-records.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { type MappingChanges, writeMappings } from '../support/mappings.ts';
import { sqlContact } from '../support/people.ts';

const owned: MappingChanges = { 'contacts.yaml': { 'fields.4.rule': 'hubspot', examples: [] } };
/** The title is computed from now on; a phone number goes by another definition too, but the last one to write it is asked for. */
const changed: MappingChanges = {
  'contacts.yaml': {
    'fields.4.rule': 'hubspot',
    'fields.4.transform': 'upper(value)',
    'fields.5.too_long': 'fail',
    examples: [],
  },
};

let engine: Engine;
let folder: string;
let desk: MappingDesk;
let mappings: { old: LoadedFiles; next: LoadedFiles };
let ids: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'handoff-apply-'));
  engine = await startEngine({ mappings: owned });
  mappings = { old: filesOf('old', owned), next: filesOf('next', changed) };
  desk = deskOf();
  await engine.ledger.startWithMapping(toNewMapping(mappings.old), 'start');
  ids = ['Chief', 'BOSS', 'Clerk'].map((jobtitle, index) =>
    engine.hubspot.createContact(sqlContact(`applied${index}`, { jobtitle, phone: '+49 731 1234' })),
  );
  await engine.look(...ids);
}, 60_000);
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

function filesOf(name: string, changes: MappingChanges): LoadedFiles {
  const loaded = loadMappings(writeMappings(join(folder, name), engine.salesforce, changes));
  if (!loaded.ok) throw new Error(loaded.findings.map(({ what }) => what).join('; '));
  return loaded;
}

function deskOf(given = engine.dependencies): MappingDesk {
  const { facts } = given;
  return createMappingDesk({
    ...given,
    runBudget: { salesforceDaily: 0.9, lowShare: 0.85 },
    factsFor: () => facts,
    load: () => mappings.next,
    compile(files) {
      const loaded = loadMappingTexts(files, 'ledger');
      if (!loaded.ok) throw new Error('the ledger holds faulty files');
      return loaded;
    },
  });
}

const titles = () =>
  ids.map((id) => engine.salesforce.all('Lead').find((lead) => lead.HubSpot_Contact_Id__c === id)?.Title);

async function writeCount(): Promise<number> {
  return (await engine.database.pool.query('select from writes')).rowCount ?? 0;
}

/** Marks all pairs as the run would, and looks at them under the mapping. */
async function lookAtAll(version: number, { mapping }: LoadedFiles, runId: string): Promise<void> {
  const given = { ...engine.dependencies, mapping, mappingVersion: version };
  const preview: Parameters<typeof applyMapping.page>[0]['preview'] = async (object, wanted, spend) =>
    await previewRecords(given, object, wanted, spend);
  const run = await engine.ledger.run(runId);
  if (run === null) throw new Error('there is no such run');
  const step = await applyMapping.page(
    { ...given, preview },
    { ...run, kind: 'apply', phase: 'listing', token: '', cursor: null },
    new AbortController().signal,
  );
  if (step.kind !== 'page') throw new Error(step.kind);
  await engine.ledger.mark(step.page.marks);
  await drainContacts(given, new AbortController().signal);
}

async function plan(version?: number): Promise<PlanChange[]> {
  const changes: PlanChange[] = [];
  await desk.plan(version === undefined ? {} : { version }, (change) => void changes.push(change));
  return changes;
}

describe('a field whose transform changes', () => {
  let version: number;

  it('is planned with its values before and after; one whose rule is newest shows nothing', async () => {
    expect(titles()).toEqual(['Chief', 'BOSS', 'Clerk']);
    version = await desk.propose('tester');

    const changes = await plan();

    expect(changes).toHaveLength(2);
    expect(changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ recordId: ids[0], field: 'Title', kind: 'new', before: 'Chief', after: 'CHIEF' }),
        expect.objectContaining({ recordId: ids[2], field: 'Title', kind: 'new', before: 'Clerk', after: 'CLERK' }),
      ]),
    );
  });

  it('is not written into existing pairs where the version is activated alone', async () => {
    const writes = await writeCount();
    const activation = await desk.activate({ version, apply: false }, 'tester');
    expect(activation).toMatchObject({ version, runId: null });
    const runId = await engine.ledger.startRun({
      kind: 'backfill',
      object: 'contacts',
      options: {},
      isDryRun: false,
      requestedBy: 'tester',
      mappingVersion: version,
      total: null,
      forecast: null,
      limits: { creates: 10, changes: 10 },
    });

    await lookAtAll(version, mappings.next, runId);

    expect(titles()).toEqual(['Chief', 'BOSS', 'Clerk']);
    expect(await writeCount()).toBe(writes);
    await engine.ledger.cancelRun(runId, 'tester');
    await desk.activate({ version: version - 1, apply: false }, 'tester');
  });

  it('is written where it is applied: exactly what was planned', async () => {
    const planned = await plan(version);
    expect(planned).toHaveLength(2);
    const writes = await writeCount();

    const { runId } = await desk.activate({ version, apply: true }, 'tester');
    if (runId === null) throw new Error('nothing applies it');
    expect((await engine.ledger.run(runId))?.forecast).toMatchObject({ isExact: true, records: 3, changes: 2 });
    await lookAtAll(version, mappings.next, runId);

    expect(titles()).toEqual(['CHIEF', 'BOSS', 'CLERK']);
    expect(await writeCount()).toBe(writes + planned.length);
    expect(await plan(version), 'both are the same now').toEqual([]);
  });
});

/** A CRM that answers nothing. */
function silent<Port extends object>(port: Port): Port {
  const away = () => Promise.reject(new SyncError('retryable', 'crm_unreachable', 'It is away.'));
  return new Proxy(port, {
    get: (target, name, self) => (Reflect.has(target, name) ? away : Reflect.get(target, name, self)),
  });
}

it('is applied also where no CRM answers: the run begins, with a forecast that claims to know nothing', async () => {
  const { hubspot, salesforce, facts } = engine.dependencies;
  const away = async () => {
    throw new SyncError('retryable', 'crm_unreachable', 'It is away.');
  };
  const alone = [
    { hubspot: silent(hubspot) },
    { salesforce: silent(salesforce) },
    { facts: away },
    { hubspot: silent(hubspot), salesforce: silent(salesforce), facts: away },
  ];
  expect(await facts({ priority: 4, prepaid: 0 })).toBeDefined();
  for (const [index, without] of alone.entries()) {
    const version = index % 2 === 0 ? 1 : 2;
    const given = deskOf({ ...engine.dependencies, ...without });
    const { runId } = await given.activate({ version, apply: true }, 'tester');
    expect(await engine.ledger.activeVersion()).toBe(version);
    const run = await engine.ledger.run(runId ?? '');
    expect(run, Object.keys(without).join()).toMatchObject({
      state: 'running',
      forecast: { isExact: false, records: 3, sampled: 0 },
    });
  }
});
