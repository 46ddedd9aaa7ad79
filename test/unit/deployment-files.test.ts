import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { options } from '../../src/config-options.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

type Instruction = { name: string; rest: string; stage: number };

/** The Dockerfile's instructions, continued lines joined; `stage` counts the FROM lines so far. */
function parseDockerfile(text: string): readonly Instruction[] {
  const lines = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  let stage = 0;
  return lines.map((line) => {
    const [name = '', ...rest] = line.split(/\s+/);
    if (name === 'FROM') stage += 1;
    return { name, rest: rest.join(' '), stage };
  });
}

const dockerfile = parseDockerfile(read('Dockerfile'));
const lastStage = Math.max(...dockerfile.map(({ stage }) => stage));

function instruction(name: string): string {
  const found = dockerfile.findLast((candidate) => candidate.name === name && candidate.stage === lastStage);
  if (found === undefined) throw new Error(`the Dockerfile has no ${name} in its last stage`);
  return found.rest;
}

function copiedSources(): readonly string[] {
  return dockerfile
    .filter(({ name, rest }) => name === 'COPY' && !rest.includes('--from='))
    .flatMap(({ rest }) => rest.split(' ').slice(0, -1));
}

const service = z.looseObject({
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  ports: z.array(z.string()).default([]),
});
const other = z.looseObject({ image: z.string(), healthcheck: z.looseObject({ test: z.array(z.string()) }) });
const compose = z
  .object({ services: z.object({ http: service, worker: service, postgres: other, redis: other }) })
  .parse(parse(read('compose.yaml'), { merge: true }));
const { http, worker, postgres, redis } = compose.services;

describe('the Dockerfile, which cannot be built here', () => {
  it('copies only what is there', () => {
    for (const source of copiedSources()) expect(existsSync(join(root, source)), source).toBe(true);
  });

  it('copies nothing that .dockerignore keeps out', () => {
    const kept = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));

    expect([...copiedSources()].sort()).toEqual(expect.arrayContaining([...kept].sort()));
    const isKept = (source: string) => kept.some((path) => source === path || source.startsWith(`${path}/`));
    expect(copiedSources().filter((source) => !isKept(source))).toEqual([]);
  });

  it('runs the same Node as the product is tested with', () => {
    const engine = z.object({ engines: z.object({ node: z.string() }) }).parse(JSON.parse(read('package.json')));
    const images = dockerfile.filter(({ name }) => name === 'FROM').map(({ rest }) => rest.split(' ')[0]);

    expect(engine.engines.node).toBe('>=24');
    expect(new Set(images)).toEqual(new Set(['node:24-slim']));
  });

  it('installs no development packages and runs no install scripts', () => {
    const install = dockerfile.find(({ name, rest }) => name === 'RUN' && rest.includes('npm ci'));

    expect(install?.rest).toContain('--omit=dev');
    expect(install?.rest).toContain('--ignore-scripts');
  });

  it('runs as a user without rights, chosen before it starts', () => {
    const names = dockerfile.filter(({ stage }) => stage === lastStage).map(({ name }) => name);

    expect(instruction('USER')).toBe('node');
    expect(names.indexOf('USER')).toBeLessThan(names.indexOf('CMD'));
  });

  it('starts a file that is there', () => {
    const [node, file, command] = z.array(z.string()).parse(JSON.parse(instruction('CMD')));

    expect([node, command]).toEqual(['node', 'start']);
    expect(existsSync(join(root, file ?? '')), file).toBe(true);
  });

  it('asks /healthz on the port that the service listens on, with what the image has', () => {
    const check = instruction('HEALTHCHECK');

    expect(check).toContain('CMD ["node", "-e", "fetch(\'http://127.0.0.1:\' + process.env.PORT + \'/healthz\')');
    expect(instruction('EXPOSE')).toBe('3000');
    expect(instruction('ENV')).toContain('PORT=3000');
  });

  it('keeps the data where the volume is', () => {
    expect(instruction('ENV')).toContain(`DATA_DIR=${instruction('VOLUME')}`);
  });
});

describe('compose.yaml, which cannot be started here', () => {
  it('sets only variables that the service knows', () => {
    const known: readonly string[] = options.map((option) => option.name);

    for (const { environment } of [http, worker]) {
      for (const name of Object.keys(environment)) expect(known, name).toContain(name);
    }
  });

  it('asks for no variable that .env.example does not show', () => {
    const asked = [...read('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);

    expect(asked).not.toEqual([]);
    for (const name of asked) expect(read('.env.example')).toMatch(new RegExp(`^# ${name}=$`, 'm'));
  });

  it('listens in one process and works in others', () => {
    const start = ['node', 'src/main.ts', 'start', '--role'];

    expect(http.command).toEqual([...start, 'http']);
    expect(worker.command).toEqual([...start, 'worker']);
    expect(worker.ports).toEqual([]);
  });

  it('has the image ask every process for its health, on a port that each of them is given', () => {
    for (const part of [http, worker]) {
      expect(part.healthcheck).toBeUndefined();
      expect(part.environment.PORT).toMatch(/^\d+$/);
    }
  });

  it('publishes the port that the service listens on', () => {
    expect(http.ports).toEqual([`3000:${http.environment.PORT}`]);
  });

  it('brings PostgreSQL 17 and a Redis 7 that evicts nothing, both with a health check', () => {
    expect(postgres.image).toBe('postgres:17');
    expect(postgres.healthcheck.test).toContain('pg_isready');
    expect(redis.image).toBe('redis:7');
    expect(redis.command).toEqual(expect.arrayContaining(['--maxmemory-policy', 'noeviction']));
    expect(redis.healthcheck.test).toEqual(['CMD', 'redis-cli', 'ping']);
  });

  it('waits for both of them and names them in the URLs', () => {
    for (const part of [http, worker]) {
      expect(part.depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
      });
      expect(part.environment.DATABASE_URL).toContain('@postgres:5432/handoff');
      expect(part.environment.REDIS_URL).toBe('redis://redis:6379');
    }
  });

  it('has secrets from the environment file only, and a root that cannot be written', () => {
    const text = read('compose.yaml');

    expect(text).not.toMatch(/(?:PASSWORD|SECRET|TOKEN|KEY): (?!\$\{)/);
    for (const part of [http, worker]) {
      expect(part.env_file).toBe('.env');
      expect(part.read_only).toBe(true);
      expect(part.cap_drop).toEqual(['ALL']);
    }
  });
});
