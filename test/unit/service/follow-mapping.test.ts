import { describe, expect, it } from 'vitest';
import { loadMappings } from '../../../src/mappings/load.ts';
import { type Followed, followMapping } from '../../../src/service/follow-mapping.ts';

const loaded = loadMappings('mappings');
if (!loaded.ok) throw new Error('the shipped mappings hold faults');
const { mapping, files } = loaded;

/** A process under version 1, and a ledger in which somebody activates others. */
function processUnder(versions: Record<number, Record<string, string> | null>) {
  let active = 1;
  const adopted: Followed[] = [];
  const lines: string[] = [];
  const write = (_facts: unknown, text: string) => void lines.push(text);
  const follower = followMapping({
    ledger: {
      activeVersion: async () => active,
      mappingVersion: async (version) => {
        const times = { proposedAtMs: null, proposedBy: null, activatedAtMs: null, activatedBy: null };
        return { version, hash: '', isActive: true, isProposed: false, ...times, files: versions[version] ?? null };
      },
    },
    log: { debug: write, info: write, warn: write, error: write },
    first: { mapping, version: 1 },
    adopt: async (next) => void adopted.push(next),
  });
  const activate = (version: number) => {
    active = version;
  };
  return { follower, adopted, lines, activate };
}

describe('a process', () => {
  it('goes on as it is under the active version', async () => {
    const { follower, adopted } = processUnder({});
    expect(await follower.follow()).toBe(true);
    expect(adopted).toEqual([]);
    await follower.stop();
  });

  it('goes over to another version once, however many ask', async () => {
    const { follower, adopted, activate } = processUnder({ 2: files });
    activate(2);
    expect(await Promise.all([follower.follow(), follower.follow(), follower.follow()])).toEqual([true, true, true]);
    expect(adopted.map(({ version }) => version)).toEqual([2]);
    expect(adopted[0]?.mapping.hash).toBe(mapping.hash);
    expect(follower.version()).toBe(2);
    await follower.stop();
  });

  it.each([
    ['files that it cannot compile', { ...files, gate: 'opens_at: [a stage of a later build]' }],
    ['no files', null],
  ])('stays where the active version has %s, says so once, and goes on with the next', async (_case, unknown) => {
    const { follower, adopted, lines, activate } = processUnder({ 2: unknown, 3: files });
    activate(2);
    expect(await follower.follow()).toBe(false);
    expect(await follower.follow()).toBe(false);
    expect(follower.blockedBy()).toBe(2);
    expect(follower.version()).toBe(1);
    expect(lines).toHaveLength(1);
    activate(3);
    expect(await follower.follow()).toBe(true);
    expect(follower.blockedBy()).toBeNull();
    expect(adopted.map(({ version }) => version)).toEqual([3]);
    await follower.stop();
  });
});
