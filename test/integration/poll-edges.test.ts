import { afterEach, describe, expect, it } from 'vitest';
import { drainContacts } from '../../src/usecases/drain/drain-contacts.ts';
import { createPoller } from '../../src/usecases/poll-salesforce/poll-salesforce.ts';
import { type Engine, type EngineOptions, startEngine } from '../support/engine.ts';
import { personsOf, sqlContact } from '../support/people.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

let engine: Engine;
afterEach(() => engine.close());

async function start(options: EngineOptions = {}): Promise<void> {
  engine = await startEngine(options);
  await engine.poll();
}

async function handedOver(name: string) {
  const id = engine.hubspot.createContact(sqlContact(name));
  await engine.look(id);
  return { id, leadId: String(personsOf(engine, id)[0]?.Id) };
}

const titleOf = (id: string) => engine.hubspot.getContact(id)?.properties.jobtitle;

async function positionOf(source: string): Promise<number> {
  return (await engine.ledger.watermark(source))?.atMs ?? Number.NaN;
}

async function pollAndWork() {
  const round = await engine.poll();
  await engine.drainLater();
  return round;
}

/** What rounds in the meantime would have done. */
async function moveMarks(ms: number): Promise<void> {
  await engine.database.pool.query(`update watermarks set at = at + make_interval(secs => $1)`, [ms / 1000]);
}

describe('the first start', () => {
  it('begins at the server’s time and marks nobody who was there before', async () => {
    engine = await startEngine({ mappings: { 'contacts.yaml': { 'born_in_salesforce.do': 'link' } } });
    engine.salesforce.create('Lead', { LastName: 'Elder', Company: 'Before', Email: 'elder@people.example' });
    const round = await engine.poll();

    expect(round).toMatchObject({ calls: 1, marked: { contacts: 0, persons: 0 } });
    for (const name of ['Lead', 'Contact', 'OpportunityContactRole', 'Opportunity']) {
      expect(await positionOf(`salesforce.${name}.fast`)).toBeLessThanOrEqual(Date.now());
      expect(Date.now() - (await positionOf(`salesforce.${name}.wide`))).toBeLessThan(minuteMs);
    }
    // Companies are off: their Accounts are nobody's business.
    expect(await engine.ledger.watermark('salesforce.Account.fast')).toBeNull();
  });

  it('begins a source that cannot be read yet, and later reads it from there', async () => {
    engine = await startEngine();
    engine.salesforce.setObjectHidden('Opportunity', true);
    const { id, leadId } = await handedOver('veiled');
    await engine.poll();
    const { opportunityId } = engine.salesforce.convertLead(leadId, { opportunityName: 'Veiled' });
    await pollAndWork();
    engine.salesforce.edit('Opportunity', String(opportunityId), { StageName: 'Closed Won' });
    engine.salesforce.setObjectHidden('Opportunity', false);
    const granted = await pollAndWork();

    expect(granted.failing.size).toBe(0);
    expect(engine.hubspot.getContact(id)?.properties.lifecyclestage).toBe('customer');
  });
});

describe('pages', () => {
  it('walks 2,300 rows of one stamp, page by page, and looks at each once', async () => {
    await start({ mappings: { 'contacts.yaml': { 'born_in_salesforce.do': 'link' } } });
    const rows = Array.from({ length: 2_300 }, (_, number) => ({ LastName: `Row ${number}`, Company: 'Mass' }));
    const ids = engine.salesforce.seed('Lead', rows);
    const round = await engine.poll();
    const { rows: marked } = await engine.database.pool.query("select record_id from pending where object = 'Lead'");

    expect(round).toMatchObject({ calls: 2, marked: { persons: ids.length } });
    expect(new Set(marked.map(({ record_id }) => record_id))).toEqual(new Set(ids));
  });

  it('a crash between two pages repeats the round and leaves no gap', async () => {
    await start({ mappings: { 'contacts.yaml': { 'born_in_salesforce.do': 'link' } } });
    const before = await positionOf('salesforce.Lead.fast');
    const rows = Array.from({ length: 2_100 }, (_, number) => ({ LastName: `Row ${number}`, Company: 'Mass' }));
    engine.salesforce.seed('Lead', rows);
    engine.salesforce.faults.add({ kind: 'status', status: 503, match: '/composite', skip: 1, times: 5 });
    const crashed = await engine.poll().then(
      () => 'read',
      (thrown: unknown) => thrown,
    );
    const between = await positionOf('salesforce.Lead.fast');
    engine.salesforce.faults.clear();
    await engine.poll();
    const { rows: marked } = await engine.database.pool.query("select 1 from pending where object = 'Lead'");

    expect(crashed).toBeInstanceOf(Error);
    expect(between).toBe(before);
    expect(await positionOf('salesforce.Lead.fast')).toBeGreaterThanOrEqual(before);
    expect(marked).toHaveLength(2_100);
  });

  it('a crash before the watermark moves repeats the marks', async () => {
    await start();
    const { id, leadId } = await handedOver('crashed');
    engine.salesforce.edit('Lead', leadId, { Title: 'Late' });
    const { dependencies, ledger } = engine;
    const dying = createPoller({
      ...dependencies,
      ledger: { ...ledger, advance: () => Promise.reject(new Error('killed')) },
    });
    await expect(dying()).rejects.toThrow('killed');
    const untouched = await ledger.due('hubspot', 'contact');
    await pollAndWork();

    expect(untouched.due).toBe(0);
    expect(titleOf(id)).toBe('Late');
  });

  it('two processes at once move a watermark once, and lose nothing', async () => {
    await start();
    const { id, leadId } = await handedOver('twice');
    engine.salesforce.edit('Lead', leadId, { Title: 'Once' });
    const other = createPoller(engine.secondWorker());
    await Promise.all([engine.poll(), other()]);
    await engine.drainLater();

    expect(titleOf(id)).toBe('Once');
  });
});

describe('late commits and clocks', () => {
  it('finds a row that was committed within the minute after its stamp', async () => {
    await start();
    const { id, leadId } = await handedOver('late');
    await pollAndWork();
    const commit = engine.salesforce.commitLater(() => engine.salesforce.edit('Lead', leadId, { Title: 'Committed' }));
    const during = await engine.poll();
    await moveMarks(30_000);
    commit();
    await pollAndWork();

    expect(during.marked.contacts).toBe(0);
    expect(titleOf(id)).toBe('Committed');
  });

  it('finds a row that was committed eight minutes after its stamp, with the wide window', async () => {
    await start();
    const { id, leadId } = await handedOver('verylate');
    engine.salesforce.jumpClock(-8 * minuteMs);
    const commit = engine.salesforce.commitLater(() => engine.salesforce.edit('Lead', leadId, { Title: 'At last' }));
    engine.salesforce.jumpClock(8 * minuteMs);
    await pollAndWork();
    commit();
    const fast = await pollAndWork();
    // Ten minutes later the wide window is due.
    await engine.database.pool.query(
      `update watermarks set at = at - interval '11 minutes' where source = 'salesforce.Lead.wide'`,
    );
    await pollAndWork();

    expect(fast.marked.contacts).toBe(0);
    expect(titleOf(id)).toBe('At last');
  });

  it('a watermark in the future is told, and reading starts over from where it ended', async () => {
    await start();
    const { id, leadId } = await handedOver('future');
    engine.salesforce.edit('Lead', leadId, { Title: 'Not hidden' });
    await engine.database.pool.query(`update watermarks set at = at + interval '1 day'`);
    await pollAndWork();

    expect(titleOf(id)).toBe('Not hidden');
    expect(await positionOf('salesforce.Lead.fast')).toBeLessThanOrEqual(Date.now());
    expect(await positionOf('salesforce.Lead.wide')).toBeLessThanOrEqual(Date.now());
    expect(engine.logLines.join('\n')).toContain('watermark_in_the_future');
  });

  it.each([
    { what: 'an hour in which nobody read', missed: '1 hour', changedAgoMs: 50 * minuteMs },
    {
      what: 'the last day, where the database’s clock was ahead too',
      missed: '-1 day',
      changedAgoMs: 20 * 60 * minuteMs,
    },
  ])('a watermark in the future: reading starts over with $what', async ({ missed, changedAgoMs }) => {
    await start();
    const { id, leadId } = await handedOver('missed');
    engine.salesforce.jumpClock(-changedAgoMs);
    engine.salesforce.edit('Lead', leadId, { Title: 'Meanwhile' });
    engine.salesforce.jumpClock(changedAgoMs);
    await engine.database.pool.query(
      `update watermarks set at = now() + interval '1 day', updated_at = now() - $1::interval`,
      [missed],
    );
    await pollAndWork();

    expect(titleOf(id)).toBe('Meanwhile');
    expect(await positionOf('salesforce.Lead.fast')).toBeLessThanOrEqual(Date.now());
  });

  it('the org’s clock jumps a day ahead and back, and nothing is lost on either way', async () => {
    await start();
    const [ahead, back] = [await handedOver('ahead'), await handedOver('back')];
    await pollAndWork();
    engine.salesforce.jumpClock(dayMs);
    engine.salesforce.edit('Lead', ahead.leadId, { Title: 'Ahead' });
    await pollAndWork();
    engine.salesforce.jumpClock(-dayMs);
    engine.salesforce.edit('Lead', back.leadId, { Title: 'Back' });
    await pollAndWork();

    expect([titleOf(ahead.id), titleOf(back.id)]).toEqual(['Ahead', 'Back']);
  });

  it('our own clock is wrong by a day, and nobody notices', async () => {
    await start();
    const { id, leadId } = await handedOver('wrongclock');
    const clock = { ...engine.dependencies.clock, now: () => Date.now() - dayMs };
    const poll = createPoller({ ...engine.dependencies, clock });
    engine.salesforce.edit('Lead', leadId, { Title: 'Still here' });
    await poll();
    await drainContacts(engine.dependencies, new AbortController().signal);

    expect(titleOf(id)).toBe('Still here');
  });
});

describe('the org cannot be asked', () => {
  it('the watermarks stand, and the next round reads from there', async () => {
    await start();
    const { id, leadId } = await handedOver('away');
    engine.salesforce.edit('Lead', leadId, { Title: 'Back again' });
    const before = await positionOf('salesforce.Lead.fast');
    engine.salesforce.faults.add({ kind: 'status', status: 503, match: '/composite', times: 9 });
    await engine.poll().catch(() => undefined);
    const during = await positionOf('salesforce.Lead.fast');
    engine.salesforce.faults.clear();
    await pollAndWork();

    expect(during).toBe(before);
    expect(titleOf(id)).toBe('Back again');
  });
});
