import { describe, expect, it } from 'vitest';
import type { AppliedVersion, NewMapping } from '../../src/ports/ledger-mappings.ts';
import type { RunRequest } from '../../src/ports/ledger-runs.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { endSuperseded } from '../../src/usecases/preview/end-superseded.ts';
import { done, limits, record, useLedger } from '../support/ledger.ts';

const bench = useLedger();

const mapping = (hash: string): NewMapping => ({
  hash,
  limits,
  fields: [{ hubspot: 'jobtitle', salesforce: 'Title' }],
  files: { gate: `# ${hash}` },
});

const request = (object: RunRequest['object']): RunRequest => ({
  kind: 'backfill',
  object,
  options: {},
  isDryRun: false,
  requestedBy: 'tester',
  mappingVersion: bench.version,
  total: null,
  forecast: null,
  limits: { creates: 10, changes: 10 },
});

describe('a mapping version', () => {
  it('is proposed with its files, and nothing is done under it', async () => {
    const version = await bench.ledger.proposeMapping(mapping('new'), 'SIGHUP');
    expect(version).toBe(bench.version + 1);
    expect(await bench.ledger.activeVersion()).toBe(bench.version);
    expect(await bench.ledger.mappingVersion(version)).toMatchObject({
      hash: 'new',
      isActive: false,
      isProposed: true,
      proposedBy: 'SIGHUP',
      activatedAtMs: null,
      files: { gate: '# new' },
    });
    expect(await bench.ledger.proposeMapping(mapping('new'), 'SIGHUP'), 'the hash keeps its number').toBe(version);
  });

  it('is what was proposed last, until it or another one is activated', async () => {
    const proposed = async () => (await bench.ledger.mappingVersions(10)).filter((one) => one.isProposed);
    await bench.ledger.proposeMapping(mapping('first'), 'SIGHUP');
    const second = await bench.ledger.proposeMapping(mapping('second'), 'SIGHUP');
    expect((await proposed()).map(({ version }) => version)).toEqual([second]);
    const { before } = await bench.ledger.activateVersion(second, 'tester');
    expect(before).toBe(bench.version);
    expect(await proposed()).toEqual([]);
    expect(await bench.ledger.mappingVersion(second)).toMatchObject({ isActive: true, activatedBy: 'tester' });
    await bench.ledger.proposeMapping(mapping('second'), 'SIGHUP');
    expect(await proposed(), 'the active one waits for nobody').toEqual([]);
  });

  it('that nobody knows cannot be activated', async () => {
    await expect(bench.ledger.activateVersion(99, 'tester')).rejects.toMatchObject({ code: 'mapping_version_unknown' });
    expect(await bench.ledger.activeVersion()).toBe(bench.version);
  });
});

describe('an activation', () => {
  it('refuses work under the version before from that moment', async () => {
    const claim = await bench.claimed('1');
    const version = await bench.ledger.proposeMapping(mapping('new'), 'SIGHUP');
    await bench.ledger.activateVersion(version, 'tester');
    const { counter } = record(claim, '1');
    const result = { contactId: '1', counter, settle: done };
    await expect(bench.commit(claim, result)).rejects.toMatchObject({ code: 'mapping_changed' });
    await expect(bench.claim()).rejects.toMatchObject({ code: 'mapping_changed' });
  });

  it('pauses the runs that are on, once, whoever activates at the same time', async () => {
    const runs = [await bench.ledger.startRun(request('contacts')), await bench.ledger.startRun(request('deals'))];
    await bench.ledger.pauseRun(String(runs[1]), 'tester');
    const version = await bench.ledger.proposeMapping(mapping('new'), 'SIGHUP');
    const other = createLedger(bench.database.connect());
    const [one, two] = await Promise.all([
      bench.ledger.activateVersion(version, 'one'),
      other.activateVersion(version, 'two'),
    ]);
    expect([...one.pausedRuns, ...two.pausedRuns]).toEqual([runs[0]]);
    expect([one.before, two.before].sort()).toEqual([bench.version, version].sort());
    expect(await bench.ledger.run(String(runs[0]))).toMatchObject({
      state: 'paused',
      stoppedReason: 'mapping_changed',
    });
    expect(await bench.ledger.run(String(runs[1]))).toMatchObject({
      state: 'paused',
      stoppedReason: 'paused_by_person',
    });
  });

  it('is the one under which a rebuild goes on whose policy is chosen after it', async () => {
    const id = await bench.ledger.startRun({ ...request(null), kind: 'rebuild' });
    const run = await bench.ledger.claimRun(60_000, { runId: id });
    if (run === null) throw new Error('no run to take');
    const page = { cursor: {}, isLast: true, marks: [], counts: [] };
    await bench.ledger.commitPage(run, page, 60_000);
    await bench.ledger.releaseRun(run, { state: 'review' });
    const version = await bench.ledger.activateMapping('other', limits);
    expect(version).not.toBe(bench.version);

    await bench.ledger.chooseRebuildPolicy('keep', {});

    expect(await bench.ledger.run(id)).toMatchObject({ state: 'running', mappingVersion: version });
  });

  it('of the version that is active already changes nothing', async () => {
    const run = await bench.ledger.startRun(request('contacts'));
    const same = await bench.ledger.activateVersion(bench.version, 'tester');
    expect(same).toEqual({ version: bench.version, before: bench.version, pausedRuns: [], releasedFields: 0 });
    expect((await bench.ledger.run(run))?.state).toBe('running');
  });

  it('lets fields be synced again that a revert had put back, without what both sides had agreed on', async () => {
    const { pairId } = await bench.handOver('1', '00Q1');
    const run = await bench.ledger.startRun(request('contacts'));
    const hold = `insert into held_fields (pair_id, hubspot, salesforce, run_id) values ($1, 'jobtitle', 'Title', $2)`;
    await bench.database.pool.query(hold, [pairId, run]);
    expect((await bench.ledger.history('1')).base?.salesforce).toHaveProperty('Title');

    const version = await bench.ledger.proposeMapping(mapping('new'), 'SIGHUP');
    expect(await bench.ledger.activateVersion(version, 'tester')).toMatchObject({ releasedFields: 1 });
    expect((await bench.database.pool.query('select from held_fields')).rowCount).toBe(0);
    const { base } = await bench.ledger.history('1');
    expect(base).toEqual({ hubspot: {}, salesforce: {} });
  });
});

describe('a run that was about the version before', () => {
  it('ends where nobody would resume it: a comparison, and what applied an older version where another one is applied', async () => {
    const backfill = await bench.ledger.startRun(request('contacts'));
    const comparison = await bench.ledger.startRun({ ...request(null), kind: 'comparison' });
    const apply = await bench.ledger.startRun({ ...request(null), kind: 'apply' });
    const version = await bench.ledger.proposeMapping(mapping('new'), 'SIGHUP');
    const activation = await bench.ledger.activateVersion(version, 'tester');
    expect(activation.pausedRuns).toEqual([backfill, comparison, apply]);
    expect(await endSuperseded(bench.ledger, activation, { apply: false, by: 'tester' })).toEqual([comparison]);
    expect(await endSuperseded(bench.ledger, activation, { apply: true, by: 'tester' })).toEqual([apply]);
    const states = await Promise.all(
      [backfill, comparison, apply].map(async (id) => (await bench.ledger.run(id))?.state),
    );
    expect(states).toEqual(['paused', 'cancelled', 'cancelled']);
    await bench.ledger.startRun({ ...request(null), kind: 'comparison', mappingVersion: version });
  });
});

describe('a run that applied a version which is applied anew', () => {
  it.each(['paused', 'stopped'])('ends where it is %s, so that the next one can begin', async (state) => {
    const first = await bench.ledger.startRun({ ...request(null), kind: 'apply' });
    const other = await bench.ledger.proposeMapping(mapping('new'), 'SIGHUP');
    await bench.ledger.activateVersion(other, 'tester');
    await bench.database.pool.query('update runs set state = $2 where id = $1', [first, state]);

    const back = await bench.ledger.activateVersion(bench.version, 'tester');
    expect(await endSuperseded(bench.ledger, back, { apply: true, by: 'tester' })).toEqual([first]);

    const again = await bench.ledger.startRun({ ...request(null), kind: 'apply' });
    const same = await bench.ledger.activateVersion(bench.version, 'tester');
    expect(await endSuperseded(bench.ledger, same, { apply: true, by: 'tester' })).toEqual([]);
    expect((await bench.ledger.run(again))?.state).toBe('running');
  });
});

describe('the base of a field that the new version decides otherwise', () => {
  const defined = (hash: string, definition?: string): NewMapping => ({
    ...mapping(hash),
    fields: [{ hubspot: 'jobtitle', salesforce: 'Title', ...(definition === undefined ? {} : { definition }) }],
  });
  const gone = { hubspot: {}, salesforce: {} };

  /** Hands somebody over under the first version, then goes over to the second. */
  async function baseAfter(first: NewMapping, second: NewMapping, applied?: AppliedVersion) {
    bench.version = (await bench.ledger.startWithMapping(first, 'start')).version;
    await bench.handOver('1', '00Q1');
    const version = await bench.ledger.proposeMapping(second, 'SIGHUP');
    await bench.ledger.activateVersion(version, 'tester', applied);
    return (await bench.ledger.history('1')).base;
  }

  it('goes on both sides where it is applied', async () => {
    expect(await baseAfter(defined('one', '1'), defined('two', '2'), { known: [] })).toEqual(gone);
  });

  it('stays where it is not applied', async () => {
    expect(await baseAfter(defined('one', '1'), defined('two', '2'))).not.toEqual(gone);
  });

  it('stays where both decide it alike, or nobody knows how the old one did', async () => {
    expect(await baseAfter(defined('one'), defined('two', '2'), { known: [] })).not.toEqual(gone);
    const version = await bench.ledger.proposeMapping(defined('three', '2'), 'SIGHUP');
    await bench.ledger.activateVersion(version, 'tester', { known: [] });
    expect((await bench.ledger.history('1')).base).not.toEqual(gone);
  });

  it('goes by what is said of the versions now, whatever was stored of them', async () => {
    const known = [{ version: bench.version + 1, fields: defined('one', 'new').fields }];
    expect(await baseAfter(defined('one', '2'), defined('two', '2'), { known })).toEqual(gone);
  });
});

describe('pairs in the order of their ids', () => {
  it('come page by page, or only those in which something was written since', async () => {
    for (const id of ['1', '2', '3']) await bench.handOver(id, `00Q${id}`);
    const first = await bench.ledger.pairsAfter('contact', null, 2);
    const second = await bench.ledger.pairsAfter('contact', String(first.at(-1)?.pairId), 2);
    expect([...first, ...second].map(({ recordId }) => recordId)).toEqual(['1', '2', '3']);
    expect(await bench.ledger.pairsAfter('company', null, 2)).toEqual([]);
    await bench.database.pool.query(`update writes set at = at - interval '1 second' where pair_id = $1`, [
      first[0]?.pairId,
    ]);
    expect(await bench.ledger.pairsAfter('contact', null, 5, Date.now() + 60_000)).toEqual([]);
    expect(await bench.ledger.pairsAfter('contact', null, 5, Date.now() - 60_000)).toHaveLength(3);
  });
});
