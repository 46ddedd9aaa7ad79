import { describe, expect, it } from 'vitest';
import { type LoadedMappings, loadMappings, loadMappingTexts } from '../../src/mappings/load.ts';
import { activateAtStart, loadActive } from '../../src/service/mappings.ts';
import { limits, useLedger } from '../support/ledger.ts';

const bench = useLedger();

function whole(loaded: LoadedMappings) {
  if (!loaded.ok) throw new Error('the shipped mappings hold faults');
  return loaded;
}

const shipped = whole(loadMappings('mappings'));
const changed = whole(loadMappingTexts({ ...shipped.files, gate: `${shipped.files.gate}\n# changed\n` }, 'changed'));

/** A start with these files, and what its log told. */
async function start(loaded: typeof shipped) {
  const lines: Record<string, unknown>[] = [];
  const write = (facts: Readonly<Record<string, unknown>>) => void lines.push(facts);
  const version = await activateAtStart(bench.ledger, loaded, { debug: write, info: write, warn: write, error: write });
  return { version, lines };
}

describe('a start', () => {
  it('activates what its files say and tells which of them changed, what is paused and what is looked at again', async () => {
    const first = await start(shipped);
    expect(first.version).toBe(bench.version + 1);
    const same = await start(shipped);
    expect(same).toEqual({ version: first.version, lines: [] });

    const asked = { options: {}, isDryRun: false, requestedBy: 'tester', total: null, forecast: null } as const;
    const request = { ...asked, mappingVersion: first.version, limits: { creates: 1, changes: 1 } };
    const backfill = await bench.ledger.startRun({ ...request, kind: 'backfill', object: 'contacts' });
    const comparison = await bench.ledger.startRun({ ...request, kind: 'comparison', object: null });
    const { version, lines } = await start(changed);
    expect(lines).toEqual([
      {
        mappingVersion: version,
        before: first.version,
        changed: ['gate.yaml'],
        pausedRuns: 1,
        releasedFields: 0,
        marked: 0,
      },
    ]);
    expect(await bench.ledger.run(backfill)).toMatchObject({ state: 'paused', stoppedReason: 'mapping_changed' });
    expect((await bench.ledger.run(comparison))?.state).toBe('cancelled');
    expect(await bench.ledger.mappingVersion(version)).toMatchObject({ isActive: true, activatedBy: 'start' });
  });

  it('is what commands work under, whatever their files say by then', async () => {
    await start(changed);
    expect((await loadActive(bench.ledger, 'mappings')).hash).toBe(changed.mapping.hash);
    // A version of a time when files were not kept.
    await bench.ledger.activateMapping('old', limits);
    expect((await loadActive(bench.ledger, 'mappings')).hash).toBe(shipped.mapping.hash);
  });
});
