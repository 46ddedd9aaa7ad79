import { expect, it } from 'vitest';
import { stepsOf, useLedger } from '../support/ledger.ts';

const bench = useLedger();
const deals = stepsOf(bench, { system: 'hubspot', object: 'deal' });
const opportunity = (id: string) => ({ object: 'Opportunity' as const, id });

it('a role leads to its deal, until the deal has it no more', async () => {
  const { pairId } = await deals.pair('d', opportunity('006D'), { roleIds: ['00K1', '00K2'] });
  const known = await bench.ledger.knownRecords(['00K1', '00K2']);
  expect(known.get('00K1')).toMatchObject({ pairId, recordId: 'd', object: 'Opportunity', status: 'live' });
  expect(known.size).toBe(2);

  await deals.look('d', { roleIds: ['00K2'] });
  expect([...(await bench.ledger.knownRecords(['00K1', '00K2'])).keys()]).toEqual(['00K2']);
});

it('a role of a deal that was merged into another one lives on as that one’s', async () => {
  await deals.pair('d', opportunity('006D'), { roleIds: ['00K1'] });
  await deals.pair('e', opportunity('006E'));
  await deals.look('d', { mergedInto: 'e', retiredContactIds: [{ id: 'd', status: 'merged' }] });
  expect((await bench.ledger.knownRecords(['00K1'])).get('00K1')).toMatchObject({ recordId: 'e', status: 'merged' });

  await deals.look('e', { roleIds: ['00K1'] });
  expect((await bench.ledger.knownRecords(['00K1'])).get('00K1')).toMatchObject({ recordId: 'e', status: 'live' });
});

it('roles are no entries of the timeline, and no former counterparts', async () => {
  await deals.pair('d', opportunity('006D'), { roleIds: ['00K1'] });

  const timeline = await bench.ledger.timeline('d', 20, undefined, 'deal');
  expect(timeline.filter(({ kind }) => kind === 'link').map(({ recordId }) => recordId)).toEqual(
    expect.arrayContaining(['d', '006D']),
  );
  expect(timeline.map(({ recordId }) => recordId)).not.toContain('00K1');
  expect((await bench.ledger.history('d', 'deal')).pair?.formerPersonIds).toEqual([]);
});
