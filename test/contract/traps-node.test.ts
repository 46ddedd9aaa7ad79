import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const manifest = z.object({
  engines: z.object({ node: z.string() }).optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

function read(path: string): z.infer<typeof manifest> {
  return manifest.parse(JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')));
}

const leastMajor = (path: string) => Number(/^>=\s*(\d+)/.exec(read(path).engines?.node ?? '')?.[1]);

describe('the vendors’ clients and the Node they need', () => {
  it.each(['jsforce', 'undici'])('%s runs on the oldest Node that we promise', (name) => {
    expect(leastMajor(join('node_modules', name))).toBeLessThanOrEqual(leastMajor('.'));
  });

  it.each(['jsforce', '@hubspot/api-client', 'bullmq'])(
    '%s is pinned: a later release may drop a Node or change what a call does',
    (name) => {
      expect(read('.').dependencies?.[name]).toMatch(/^\d+\.\d+\.\d+$/);
    },
  );

  it('an older Node is told which one is needed, before any library is loaded', () => {
    const pretend = 'Object.defineProperty(process.versions, "node", { value: "20.11.0" });';
    const url = `data:text/javascript,${encodeURIComponent(pretend)}`;
    const { status, stderr } = spawnSync(process.execPath, ['--import', url, 'src/handoff.mjs', 'status'], {
      cwd: root,
      encoding: 'utf8',
    });

    expect(stderr).toContain('needs Node 24');
    expect(status).toBe(2);
  });
});
