import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Redis that only this test file uses, so that it may be flushed, frozen and stopped. */
export type OwnRedis = { url: string; flush(): Promise<void>; stop(): Promise<void> };

/** Whether this machine has a redis-server. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** Starts a Redis on the loopback, on a free port unless one is given, without any persistence. */
export async function startOwnRedis(givenPort?: number): Promise<OwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'handoff-redis-'));
  const port = givenPort ?? (await freePort());
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await waitForLine(child, 'Ready to accept connections');
  const url = `redis://127.0.0.1:${port}`;
  return {
    url,
    async flush() {
      const { Redis } = await import('ioredis');
      const client = new Redis(url);
      await client.flushall();
      client.disconnect();
    },
    async stop() {
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function waitForLine(child: ChildProcess, text: string): Promise<void> {
  return new Promise((done, failed) => {
    child.once('exit', (code) => failed(new Error(`redis-server ended with ${code}`)));
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      if (chunk.includes(text)) done();
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
