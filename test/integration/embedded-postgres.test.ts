import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseDataDir, startEmbedded } from '../../src/store/embedded.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createPool, toLedgerError } from '../../src/store/pool.ts';

const client = path.join(import.meta.dirname, '../support/embedded-client.ts');

let dataDir: string;
let children: ChildProcess[];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'handoff-pg-'));
  children = [];
});
afterEach(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  const pid = readPostmaster();
  if (pid !== null) await endProcess(pid, 'SIGQUIT');
  rmSync(dataDir, { recursive: true, force: true });
});

function readPostmaster(): number | null {
  const file = path.join(dataDir, 'postgres/cluster/postmaster.pid');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null;
}

async function endProcess(pid: number, signal: NodeJS.Signals): Promise<void> {
  process.kill(pid, signal);
  // The server is nobody's child by now, so there is no event to wait for.
  await expect.poll(() => isAlive(pid), { timeout: 20_000, interval: 10 }).toBe(false);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // Ended, but not yet reaped by whoever inherited it.
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}

type Told = { how: string; started: string };

async function startClient(): Promise<{ child: ChildProcess; told: Told }> {
  const child = fork(client, [dataDir], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  children.push(child);
  const [told] = (await Promise.race([once(child, 'message'), failOnExit(child)])) as [Told];
  return { child, told };
}

async function failOnExit(child: ChildProcess): Promise<never> {
  await once(child, 'exit');
  throw new Error('the client ended before it was up');
}

async function stopClient(child: ChildProcess): Promise<string> {
  child.send('stop');
  const [told] = (await once(child, 'message')) as [{ left: string }];
  return told.left;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the embedded PostgreSQL', () => {
  it('starts, keeps its rows over a stop, and listens on no port', async () => {
    const first = await startEmbedded({ dataDir });
    const pool = createPool({ database: first.connection });
    await migrate(pool);
    await pool.query('update connections set paused_reason = $1', ['kept']);
    const { rows } = await pool.query('show listen_addresses');
    await pool.end();
    expect(rows).toEqual([{ listen_addresses: '' }]);
    expect(await first.stop()).toBe('stopped');
    expect(await first.stop()).toBe('stopped');

    const second = await startEmbedded({ dataDir });
    const again = createPool({ database: second.connection });
    const kept = await again.query('select paused_reason from connections');
    await again.end();
    await second.stop();

    expect(second.how).toBe('started');
    expect(kept.rows).toEqual([{ paused_reason: 'kept' }]);
  });

  it('is made once by three processes that start together, and stopped by the last that leaves', async () => {
    const clients = await Promise.all([startClient(), startClient(), startClient()]);

    expect(clients.map(({ told }) => told.how).sort()).toEqual(['adopted', 'adopted', 'started']);
    expect(new Set(clients.map(({ told }) => told.started)).size).toBe(1);
    const left: string[] = [];
    for (const { child } of clients) left.push(await stopClient(child));
    expect(left).toEqual(['left running', 'left running', 'stopped']);
    expect(readPostmaster()).toBeNull();
  });

  it('is adopted after a kill -9 of its service, and stopped by the adopter', async () => {
    const { child, told } = await startClient();
    await kill(child);
    const next = await startClient();

    expect(next.told).toEqual({ how: 'adopted', started: told.started });
    expect(await stopClient(next.child)).toBe('stopped');
  });

  it('recovers after a kill -9 of service and server', async () => {
    const { child } = await startClient();
    await kill(child);
    await endProcess(readPostmaster() ?? 0, 'SIGKILL');

    const next = await startClient();

    expect(next.told.how).toBe('started');
    expect(await stopClient(next.child)).toBe('stopped');
  });

  it('starts although the number of the killed server belongs to another process today', async () => {
    const first = await startEmbedded({ dataDir });
    await first.stop();
    writeFileSync(path.join(dataDir, 'postgres/cluster/postmaster.pid'), `${process.pid}\n${dataDir}\n0\n5432\n\n\n`);

    const second = await startEmbedded({ dataDir });

    expect(second.how).toBe('started');
    await second.stop();
  });

  it('clears away what a kill during its creation left behind', async () => {
    const rest = path.join(dataDir, 'postgres/unfinished-1');
    mkdirSync(path.join(rest, 'base'), { recursive: true });

    const embedded = await startEmbedded({ dataDir });
    await embedded.stop();

    expect(existsSync(rest)).toBe(false);
  });

  it('refuses a data directory of another major version, with what to do', async () => {
    mkdirSync(path.join(dataDir, 'postgres/cluster'), { recursive: true });
    writeFileSync(path.join(dataDir, 'postgres/cluster/PG_VERSION'), '14\n');

    const refused = await startEmbedded({ dataDir }).catch((thrown: unknown) => thrown);

    expect(refused).toMatchObject({ kind: 'needs-human', code: 'data_dir_version' });
    expect(refused).toMatchObject({ detail: { advice: expect.stringContaining('pg_dump') } });
  });

  it('tells the end of the server log when a setting is bad', async () => {
    const refused = startEmbedded({ dataDir, settings: { wal_compression: 'nonsense' } });

    await expect(refused).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'embedded_start',
      message: expect.stringContaining('wal_compression'),
    });
  });

  it('refuses a path that is too long for a socket', async () => {
    const long = path.join(dataDir, 'x'.repeat(100));

    await expect(startEmbedded({ dataDir: long })).rejects.toMatchObject({ code: 'data_dir_too_long' });
  });

  it('says that a data directory cannot be created', async () => {
    await expect(startEmbedded({ dataDir: '/dev/null/data' })).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'data_dir_unreachable',
    });
  });

  it.runIf(process.getuid?.() === 0)(
    'as root under a path that its account cannot enter says so, and falls back when it may choose',
    async () => {
      const closed = path.join(dataDir, 'closed');
      mkdirSync(closed, { mode: 0o700 });
      const inside = path.join(closed, 'data');

      await expect(startEmbedded({ dataDir: inside })).rejects.toMatchObject({
        kind: 'needs-human',
        code: 'data_dir_unreachable',
      });
      expect(chooseDataDir(inside, '/somewhere/else')).toBe('/somewhere/else');
      expect(chooseDataDir(path.join(tmpdir(), 'open'))).toBe(path.join(tmpdir(), 'open'));
    },
  );

  it('does not end the process when it goes away under idle connections, and statements then say that it is unreachable', async () => {
    const embedded = await startEmbedded({ dataDir });
    const lost: unknown[] = [];
    const pool = createPool({ database: embedded.connection, log: { warn: (facts) => lost.push(facts) } });
    await pool.query('select 1');
    await endProcess(readPostmaster() ?? 0, 'SIGQUIT');
    await expect.poll(() => lost.length, { timeout: 10_000 }).toBeGreaterThan(0);

    const thrown = await pool.query('select 1').catch((error: unknown) => toLedgerError(error));

    expect(thrown).toMatchObject({ kind: 'retryable', code: 'ledger_unreachable' });
    await pool.end();
  });

  it('migrates once when two processes start together, and refuses a ledger of a newer version', async () => {
    const embedded = await startEmbedded({ dataDir });
    const pools = [createPool({ database: embedded.connection }), createPool({ database: embedded.connection })];

    const results = await Promise.all(pools.map((pool) => migrate(pool)));

    expect(results.map(({ applied }) => applied.length).sort()).toEqual([0, results[0]?.version]);
    await pools[0]?.query(`insert into schema_migrations (version, name) values (9999, 'later')`);
    await expect(migrate(pools[1] as (typeof pools)[number])).rejects.toMatchObject({
      kind: 'needs-human',
      code: 'ledger_newer',
    });
    await Promise.all(pools.map((pool) => pool.end()));
    await embedded.stop();
  });
});
