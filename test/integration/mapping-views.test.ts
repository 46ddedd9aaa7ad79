import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, endpoints } from '../../src/http/contract/index.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { type HttpService, startHttpService, tokens } from '../support/http-service.ts';
import { shippedTexts } from '../unit/mapping-view/shipped.ts';

let service: HttpService;
beforeAll(async () => {
  service = await startHttpService();
  await service.service.ready;
}, 120_000);
afterAll(() => service.close());

async function get(path: string): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await fetch(`${service.url}/api/v1${path}`, { headers: { authorization: `Bearer ${tokens.viewer}` } });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

async function view(path: string): Promise<Answer<'GET /mappings/{version}'>> {
  const { status, json } = await get(path);
  expect(status).toBe(200);
  return endpoints['GET /mappings/{version}'].answer.strict().parse(json);
}

/** Proposes these files under a hash of their own. @returns the version */
async function propose(hash: string, files: Record<string, string>): Promise<number> {
  const limits = { createsPerRun: 9, changesPerRun: 5_000 };
  return await createLedger(service.pool).proposeMapping({ hash, limits, fields: [], files }, 'a test');
}

describe('versions of the mapping, for people', () => {
  it('answers the active one in words, with the files', async () => {
    const active = await view('/mappings/active');

    expect(active).toMatchObject({
      version: 1,
      active: true,
      proposed: false,
      activatedBy: 'start',
      problem: null,
      changes: null,
    });
    expect(active.gate?.opensAt).toStrictEqual(['SQL', 'Opportunity', 'Customer']);
    expect(active.objects.map(({ kind, fields }) => [kind, fields.length > 5])).toStrictEqual([
      ['contact', true],
      ['company', true],
      ['deal', true],
    ]);
    expect(Object.keys(active.files ?? {})).toHaveLength(6);
    expect(await view('/mappings/1')).toStrictEqual(active);
  });

  it('says what a proposed version says otherwise', async () => {
    const version = await propose('another', shippedTexts({ contacts: { 'fields.5.rule': 'salesforce' } }));

    const { proposed, changes } = await view('/mappings/proposed?against=active');
    expect(proposed).toBe(true);
    expect(changes?.against).toBe(1);
    expect(changes?.items.map(({ area, name }) => [area, name])).toStrictEqual([
      ['field', 'phone'],
      ['limit', 'limits.creates_per_run'],
    ]);
    expect((await view(`/mappings/${version}?against=${version}`)).changes).toStrictEqual({
      against: version,
      items: [],
    });
  });

  it('answers what is known of a version that cannot be read any more, and why', async () => {
    const faulty = await propose('faulty', shippedTexts({ gate: { from_another_build: true } }));
    const kept = await propose('unkept', {});
    await service.pool.query('update mapping_versions set files = null where version = $1', [kept]);

    const one = await view(`/mappings/${faulty}?against=active`);
    expect(one).toMatchObject({
      gate: null,
      changes: null,
      problem: { code: 'faulty_mappings' },
      limits: { createsPerRun: 9 },
    });
    expect(one.problem?.faults).toMatchObject([
      { file: 'gate.yaml', text: expect.stringContaining('from_another_build') },
    ]);
    expect(one.objects[0]?.fields.length).toBeGreaterThan(5);
    expect(await view(`/mappings/${kept}`)).toMatchObject({
      files: null,
      filesKept: false,
      objects: [],
      problem: { code: 'files_not_kept', faults: [] },
    });
  });

  it('lists them, the newest first, page by page', async () => {
    const { status, json } = await get('/mappings?limit=2');
    expect(status).toBe(200);
    const first = endpoints['GET /mappings'].answer.parse(json);
    expect(first).toMatchObject({ active: { version: 1 }, proposed: { version: 4 } });
    const second = endpoints['GET /mappings'].answer.parse(
      (await get(`/mappings?limit=2&cursor=${first.history.nextCursor}`)).json,
    );

    expect([...first.history.items, ...second.history.items].map(({ version }) => version)).toStrictEqual([4, 3, 2, 1]);
    expect(second.history.nextCursor).toBeNull();
    expect(second.history.items.at(-1)).toMatchObject({ active: true, filesKept: true });
  });

  it.each([
    { path: '/mappings/99', status: 404, code: 'mapping_version_unknown' },
    { path: '/mappings/1?against=99', status: 404, code: 'mapping_version_unknown' },
    { path: '/mappings/abc', status: 400, code: 'bad_request' },
    { path: '/mappings/0', status: 400, code: 'bad_request' },
    { path: '/mappings/1?against=x', status: 400, code: 'bad_request' },
    { path: '/mappings?cursor=x', status: 400, code: 'bad_cursor' },
  ])('refuses $path with $status', async ({ path, status, code }) => {
    expect(await get(path)).toMatchObject({ status, json: { code } });
  });
});
