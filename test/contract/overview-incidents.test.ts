import { expect, it } from 'vitest';
import { type OverviewSettings, readOverview } from '../../src/usecases/overview/read-overview.ts';
import { useLedger } from '../support/ledger.ts';

const bench = useLedger();
const settings: OverviewSettings = {
  mode: 'live',
  pollEveryMs: 30_000,
  sweepEveryMs: 900_000,
  salesforceDaily: { share: 0.5 },
  hasWebhook: true,
};
const overview = async (other: Partial<OverviewSettings> = {}) =>
  await readOverview(bench.ledger, { ...settings, ...other }, null);
const advised = async (other: Partial<OverviewSettings> = {}) =>
  (await overview(other)).advice.filter(({ code }) => code === 'webhook_gone');

async function begin(code: string, state: 'suspected' | 'open' | 'ended'): Promise<void> {
  await bench.database.pool.query(
    `insert into incidents (connection_id, code, subject, state, severity, facts, since, suspected_at, judged_at, opened_at, ended_at)
     values (1, $1, '', $2, 'warning', '{"hours": 24, "usual": 12}', now(), now(), now(), case when $2 <> 'suspected' then now() end,
             case when $2 = 'ended' then now() end)`,
    [code, state],
  );
}

it('an incident that is open takes part in the health; one that is over, or only suspected, does not', async () => {
  await bench.ledger.beat({ id: 'w', role: 'worker', works: true, mappingVersion: 1 });
  await begin('paused_long', 'ended');
  await begin('work_late', 'suspected');
  const before = await overview();
  const { position } = await bench.ledger.changesSince(null);
  await begin('no_handoffs', 'open');
  const { changed } = await bench.ledger.changesSince(position);
  const { health, advice } = await overview();

  expect([before.health.level, health.level]).toEqual(['ok', 'warning']);
  expect(health.sentence).toContain('Sales got no contact in the last 24 hours.');
  expect(advice).toMatchObject([{ code: 'incident', link: '/funnel', incidents: [expect.stringMatching(/^\d+$/)] }]);
  expect(changed).toContain('overview');
});

it('a webhook that is gone is told where there is one', async () => {
  await bench.database.pool.query(
    `update alert_watch set webhook_state = 'gone', webhook_code = 'http_404', webhook_since = now() where connection_id = 1`,
  );

  expect(await advised()).toMatchObject([{ code: 'webhook_gone', sinceMs: expect.any(Number) }]);
  expect(await advised({ hasWebhook: false })).toEqual([]);
});
