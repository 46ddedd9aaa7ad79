import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../../src/ports/ledger-runs.ts';
import { startApply } from '../../../src/usecases/preview/apply-mapping.ts';
import type { Preview } from '../../../src/usecases/preview/types.ts';

type Dependencies = Parameters<typeof startApply>[0];

/** As much of the ledger and the CRMs as a forecast asks: this many pairs of contacts, with gaps between their ids, every third to be changed. */
function given(pairs: number) {
  const all = Array.from({ length: pairs }, (_, index) => ({
    pairId: String(1_000 + index * 3),
    recordId: `${index}`,
  }));
  const started: RunRequest[] = [];
  const sampled: string[] = [];
  const nobody = () => Promise.reject(new Error('nobody answers'));
  const dependencies = {
    ledger: {
      status: async () => ({ pairsByObject: { contact: pairs, company: 0, deal: 0 }, calls: {} }),
      pairsAfter: async (_object: string, after: string | null, limit: number) =>
        all.filter(({ pairId }) => Number(pairId) > Number(after ?? 0)).slice(0, limit),
      startRun: async (request: RunRequest) => {
        started.push(request);
        return '7';
      },
    },
    hubspot: { usage: nobody },
    salesforce: { usage: nobody },
    runBudget: { salesforceDaily: 0.5, lowShare: 0.85 },
    mapping: { company: { isOn: false }, deal: { isOn: false } },
    mappingVersion: 4,
    preview: async (_type: string, ids: readonly string[]) => {
      sampled.push(...ids);
      return new Map(
        ids.map((id) => {
          const changes = Number(id) % 3 === 0 ? [{ field: 'Title' }] : [];
          return [id, { recordId: id, creates: false, changes } as unknown as Preview];
        }),
      );
    },
  };
  return { dependencies: dependencies as unknown as Dependencies, started, sampled };
}

describe('a run that applies a mapping to existing pairs', () => {
  it('is foreseen from all of them, where they are few', async () => {
    const { dependencies, started } = given(150);

    expect(await startApply(dependencies, 'ann')).toBe('7');

    expect(started).toMatchObject([
      { kind: 'apply', total: 150, mappingVersion: 4, limits: { creates: 50, changes: 110 } },
    ]);
    expect(started[0]?.forecast).toMatchObject({ isExact: true, records: 150, sampled: 150, creates: 0, changes: 50 });
  });

  it('is foreseen from some of them, taken from first to last, and leaves room for their chance', async () => {
    const { dependencies, started, sampled } = given(30_000);

    await startApply(dependencies, 'ann');

    const { forecast = null, limits } = started[0] ?? {};
    expect(forecast).toMatchObject({ isExact: false, records: 30_000, creates: 0 });
    expect(Math.abs((forecast?.changes ?? 0) - 10_000)).toBeLessThan(1_000);
    expect(limits?.changes).toBeGreaterThan(13_000);
    const places = sampled.map(Number);
    expect(places.length).toBeGreaterThanOrEqual(100);
    expect(Math.min(...places)).toBe(0);
    expect(Math.max(...places)).toBeGreaterThan(20_000);
  });

  it('begins where no CRM answers for its forecast: nothing stops it then that nobody foresaw', async () => {
    const { dependencies, started } = given(150);
    const preview: Dependencies['preview'] = async (_type, ids) =>
      new Map(
        ids.map((id) => [
          String(id),
          { outcome: 'unread', creates: false, changes: [] } as Partial<Preview> as Preview,
        ]),
      );

    expect(await startApply({ ...dependencies, preview }, 'ann')).toBe('7');

    expect(started[0]?.forecast).toMatchObject({ isExact: false, records: 150, sampled: 0, changes: 0 });
    expect(started[0]?.limits).toEqual({ creates: 200, changes: 200 });
  });
});
