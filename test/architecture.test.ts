import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

type Import = { file: string; target: string; typeOnly: boolean };

/**
 * What a folder may import besides itself: folders of `src/`, `jobs`, or single files. `types` are allowed as types alone. `packages`
 * are listed where they are part of the rule: left out, any package but another folder's vendor is allowed; with `node` the `node:`
 * modules are among them.
 */
type Rule = { may: readonly string[]; types?: readonly string[]; packages?: readonly string[]; node?: boolean };

const adapter = ['domain', 'ports', 'errors.ts', 'log.ts', 'limits', 'secret.ts'];

const rules: Readonly<Record<string, Rule>> = {
  domain: {
    may: [],
    types: ['errors.ts'],
    packages: ['@marcbachmann/cel-js', 'entities', 'free-email-domains', 'temporal-polyfill', 'tldts'],
    node: false,
  },
  ports: { may: [], types: ['domain', 'errors.ts'], packages: [], node: false },
  usecases: { may: ['domain', 'ports', 'errors.ts'], packages: [], node: false },
  mappings: {
    may: ['domain', 'errors.ts'],
    packages: ['yaml', 'zod', 'node:fs', 'node:path', 'node:crypto'],
    node: false,
  },
  hubspot: { may: adapter },
  salesforce: { may: adapter },
  store: { may: adapter },
  queue: { may: adapter },
  alerts: { may: adapter },
  // The budget is shared by all processes through the ledger's database.
  limits: { may: ['domain', 'ports', 'errors.ts', 'log.ts', 'store/pool.ts'] },
  // It stands for the CRMs: what it took from the product it could not prove about it.
  sandbox: { may: ['errors.ts'], packages: ['csv-parse', 'csv-stringify', 'zod'], node: true },
  http: { may: ['usecases', 'ports', 'domain', 'errors.ts', 'log.ts', 'secret.ts'] },
  // The words in which the page and the command line show a record are the same.
  cli: {
    may: [
      'usecases',
      'ports',
      'domain',
      'errors.ts',
      'config.ts',
      'log.ts',
      'http/views.ts',
      'http/incident-views.ts',
      'http/status-view.ts',
      'http/run-views.ts',
      'http/plan-views.ts',
    ],
    types: ['service'],
  },
  demo: {
    may: ['service', 'sandbox', 'config.ts', 'log.ts', 'ports', 'domain', 'errors.ts', 'cli/table.ts'],
    types: ['http'],
  },
  jobs: { may: ['queue/define-job.ts'], types: ['usecases', 'ports'], packages: ['zod'], node: false },
};

/** Folders and files that put the parts together. */
const composing = ['service', 'main.ts'];

/** A vendor's client is known to one folder, so that it can be replaced in one. */
const homes: Readonly<Record<string, readonly string[]>> = {
  '@hubspot/api-client': ['hubspot'],
  jsforce: ['salesforce'],
  bullmq: ['queue'],
  ioredis: ['queue'],
  kysely: ['store', 'limits'],
  pg: ['store', 'limits', 'queue', 'service'],
  express: ['http', 'service'],
  'better-sse': ['http'],
  'zod-openapi': ['http'],
  commander: ['cli'],
  '@marcbachmann/cel-js': ['domain'],
  yaml: ['mappings'],
};

const files = globSync(['src/**/*.ts', 'jobs/**/*.ts']);
const imports = files.flatMap(importsOf);

/** `hubspot` of `src/hubspot/client.ts`, `jobs` of `jobs/index.ts`, `main.ts` of `src/main.ts`. */
function folderOf(file: string): string {
  const [top, next] = file.split('/');
  return top === 'src' ? (next ?? '') : (top ?? '');
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/^(?:import|export)\s(?:([^;'"]*?)\sfrom\s)?['"]([^'"]+)['"]/gm);
  const found = [...statements].map(([, clause, name]) => ({
    file,
    target: resolve(file, name ?? ''),
    typeOnly: isTypeOnly(clause ?? ''),
  }));
  const late = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)];
  return [...found, ...late.map(([, name]) => ({ file, target: resolve(file, name ?? ''), typeOnly: false }))];
}

/** `import type { A }`, and `import { type A, type B }`. */
function isTypeOnly(clause: string): boolean {
  if (clause.startsWith('type ')) return true;
  const names = /^\{([\s\S]*)\}$/
    .exec(clause.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim());
  return names?.filter((name) => name !== '').every((name) => name.startsWith('type ')) ?? false;
}

function resolve(file: string, name: string): string {
  return name.startsWith('.') ? normalize(join(dirname(file), name)) : name;
}

function isOurs(target: string): boolean {
  return target.startsWith('src/') || target.startsWith('jobs/');
}

function packageOf(target: string): string {
  if (target.startsWith('node:')) return target;
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function covers(allowed: readonly string[], target: string): boolean {
  const path = target.replace(/^src\//, '');
  return allowed.some((each) => path === each || path.startsWith(`${each}/`));
}

function isAllowed(folder: string, rule: Rule, { target, typeOnly }: Import): boolean {
  if (isOurs(target)) {
    if (folderOf(target) === folder || covers(rule.may, target)) return true;
    return typeOnly && covers(rule.types ?? [], target);
  }
  if (rule.packages === undefined) return true;
  if (rule.packages.includes(packageOf(target))) return true;
  return rule.node === true && target.startsWith('node:');
}

describe('who may import whom', () => {
  it('finds the imports at all', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.some(({ typeOnly }) => typeOnly) && imports.some(({ typeOnly }) => !typeOnly)).toBe(true);
  });

  it.each(Object.entries(rules))('%s imports only what its rule allows', (folder, rule) => {
    const own = imports.filter(({ file }) => folderOf(file) === folder);
    const wrong = own
      .filter((each) => !isAllowed(folder, rule, each))
      .map(({ file, target }) => `${file} -> ${target}`);

    expect(wrong).toStrictEqual([]);
  });

  it('the contract of the API imports zod, itself and types of the domain: the page is built from it too', () => {
    const own = imports.filter(({ file }) => file.startsWith('src/http/contract/'));
    const isFit = ({ target, typeOnly }: Import) =>
      target === 'zod' || target.startsWith('src/http/contract/') || (typeOnly && target.startsWith('src/domain/'));

    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((each) => !isFit(each)).map(({ file, target }) => `${file} -> ${target}`)).toStrictEqual([]);
  });

  it('the page takes types of the contract and words of the domain from the service, and nothing else', () => {
    const own = globSync('web/src/**/*.{ts,tsx}')
      .flatMap(importsOf)
      .filter(({ target }) => isOurs(target));
    const isFit = ({ target, typeOnly }: Import) =>
      (typeOnly && target.startsWith('src/http/contract/')) || target.startsWith('src/domain/');

    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((each) => !isFit(each)).map(({ file, target }) => `${file} -> ${target}`)).toStrictEqual([]);
  });

  it('every folder has a rule or composes', () => {
    const folders = new Set(files.map(folderOf).filter((folder) => !folder.endsWith('.ts')));

    expect([...folders].filter((folder) => !(folder in rules) && !composing.includes(folder))).toStrictEqual([]);
  });

  it("a vendor's client is imported in its own folder alone", () => {
    const wrong = imports.filter(({ file, target }) => {
      const home = isOurs(target) ? undefined : homes[packageOf(target)];
      return home !== undefined && !home.includes(folderOf(file));
    });

    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toStrictEqual([]);
  });

  it('what composes is imported by main and the demo alone', () => {
    const wrong = imports.filter(
      ({ file, target, typeOnly }) =>
        !typeOnly &&
        isOurs(target) &&
        folderOf(target) === 'service' &&
        !['service', 'main.ts', 'demo'].includes(folderOf(file)),
    );

    expect(wrong.map(({ file, target }) => `${file} -> ${target}`)).toStrictEqual([]);
  });
});

describe('what a folder must not touch', () => {
  it.each([
    {
      what: 'the clock, chance and the process',
      pattern: /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bconsole\./,
      in: ['domain', 'usecases'],
    },
    { what: 'the clock', pattern: /\bDate\.now\b|\bnew Date\(\)/, in: ['mappings', 'jobs'] },
    {
      what: 'the environment',
      pattern: /\bprocess\.env\b/,
      in: [
        'domain',
        'usecases',
        'ports',
        'hubspot',
        'salesforce',
        'queue',
        'limits',
        'mappings',
        'http',
        'cli',
        'service',
        'sandbox',
        'jobs',
      ],
    },
    {
      what: 'the end of the process',
      pattern: /\bprocess\.exit\(/,
      in: [
        'domain',
        'usecases',
        'ports',
        'hubspot',
        'salesforce',
        'store',
        'queue',
        'limits',
        'mappings',
        'http',
        'cli',
        'service',
        'sandbox',
        'jobs',
      ],
    },
    { what: 'timers', pattern: /\bset(Timeout|Interval|Immediate)\(/, in: ['domain', 'usecases', 'mappings'] },
  ])('$what', ({ pattern, in: folders }) => {
    const wrong = files.filter((file) => folders.includes(folderOf(file)) && pattern.test(codeOf(file)));

    expect(wrong).toStrictEqual([]);
  });

  it('no file is longer than 250 lines, tables of data aside', () => {
    const longByNature = ['src/config-options.ts', 'src/salesforce/error-table.ts'];
    const long = files
      .filter((file) => !longByNature.includes(file))
      .filter((file) => readFileSync(file, 'utf8').split('\n').length > 251);

    expect(long).toStrictEqual([]);
  });
});

/** The file without its comments. */
function codeOf(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}
