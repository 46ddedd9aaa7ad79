import { describe, expect, it } from 'vitest';
import { accepted, create, done, record, reservation, resultOf, stepsOf, useLedger } from '../support/ledger.ts';

const bench = useLedger();

const kinds = [
  { object: 'company', counterpart: 'Account' },
  { object: 'deal', counterpart: 'Opportunity' },
] as const;

describe.each(kinds)('a $object', ({ object, counterpart }) => {
  const steps = stepsOf(bench, { system: 'hubspot', object });
  const side = (id: string) => ({ object: counterpart, id });
  const births = { system: 'salesforce', object: counterpart } as const;

  it('is claimed with its counterpart, its base and its open writes', async () => {
    const agreed = { hubspot: { name: 'Acme' }, salesforce: { Name: 'Acme' } };
    const { pairId } = await steps.pair('7', side('001A'), { agreed });
    const batch = await steps.claimed('7');
    const change = { field: 'Phone', before: null, after: '1', rule: 'newest' } as const;
    const intent = { ...create, ...side('001A'), recordId: '001A', operation: 'update', changes: [change] } as const;
    await steps.reserve(batch, reservation(batch, '7', { claimEmails: [], person: side('001A'), intent }));
    await bench.ledger.release(batch.token);

    expect(record(await steps.claim(), '7')).toMatchObject({
      pairId,
      pair: { person: side('001A'), base: agreed, openIntents: [{ object: counterpart, recordId: '001A' }] },
    });
  });

  it('has nothing in common with a contact of the same id', async () => {
    await bench.handOver('7', '00Q7');
    await steps.pair('7', side('001A'));

    expect((await bench.ledger.history('7')).person).toEqual({ object: 'Lead', id: '00Q7' });
    expect(await bench.ledger.history('7', object)).toMatchObject({
      person: side('001A'),
      changes: [{ object: counterpart, recordId: '001A' }],
    });
    const { pairs, pairsByObject, handoffsToday } = await bench.ledger.status();
    expect({ pairs, pairsByObject, handoffsToday }).toEqual({
      pairs: 1,
      pairsByObject: { contact: 1, company: 0, deal: 0, [object]: 1 },
      handoffsToday: 1,
    });
  });

  it('does not get a counterpart that is another one’s', async () => {
    await steps.pair('7', side('001A'));
    const batch = await steps.claimed('8');
    const wanted = reservation(batch, '8', { claimEmails: [], person: side('001A'), intent: null });

    expect(await steps.reserve(batch, wanted)).toEqual([{ contactId: '8', ok: false, reason: 'taken', holder: '7' }]);
  });

  it('leaves its place for nobody else while it is being created', async () => {
    const batch = await steps.claimed('7', '8');
    const wanted = (id: string) => reservation(batch, id, { claimEmails: ['domain:acme.example'] });

    expect(await steps.reserve(batch, wanted('7'), wanted('8'))).toMatchObject([
      { ok: true },
      { ok: false, reason: 'taken' },
    ]);
  });

  it('inherits the pair of one that was merged into it', async () => {
    const { pairId } = await steps.pair('7', side('001A'));
    const batch = await steps.claimed('8');
    const heirs = [{ contactId: '8', pairId: null, contactIds: ['8', '7'] }];
    const of = { system: 'hubspot', object } as const;

    expect(await bench.ledger.inheritMerged(batch.token, heirs, of)).toEqual(new Set(['8']));
    const again = record(await steps.claim(), '8');
    expect(again).toMatchObject({ pairId, pair: { person: side('001A') } });
    expect(again.pair?.formerContactIds?.toSorted()).toEqual(['7', '8']);
  });

  it('leaves its pair to the one it was merged into, in the commit that tells so', async () => {
    const { pairId } = await steps.pair('7', side('001A'));
    await steps.look('7', { mergedInto: '9', retiredContactIds: [{ id: '7', status: 'merged' }] });

    expect(record(await steps.claimed('9'), '9')).toMatchObject({ pairId, pair: { person: side('001A') } });
  });

  it('remembers that it was deleted, and goes on when it is back', async () => {
    await steps.pair('7', side('001A'));
    await steps.look('7', { tombstone: 'contact_deleted', retiredContactIds: [{ id: '7', status: 'deleted' }] });
    expect((await bench.ledger.history('7', object)).pair?.tombstone).toBe('contact_deleted');
    expect(await bench.ledger.recordsOf(['001A'])).toEqual(new Map());

    await steps.look('7', { tombstone: null });
    expect((await bench.ledger.history('7', object)).pair?.tombstone).toBeNull();
    expect(await bench.ledger.recordsOf(['001A'])).toEqual(new Map([['001A', { object, recordId: '7' }]]));
  });

  it('is born of its counterpart, once', async () => {
    const salesforce = stepsOf(bench, births);
    const batch = await salesforce.claimed('001A', '001B');
    const birth = (recordId: string) => ({
      recordId,
      counter: record(batch, recordId).counter,
      object: counterpart,
      changes: [{ field: 'name', before: null, after: 'Acme', rule: 'newest' }] as const,
    });
    const [first] = await bench.ledger.reserveBirths(batch.token, bench.version, [birth('001A')]);
    if (first?.ok !== true) throw new Error('not reserved');
    const { pairId, intentId } = first;
    const outcomes = [{ intentId, state: 'done', recordId: '7' }] as const;
    await salesforce.commit(
      batch,
      resultOf(batch, '001A', { pairId, outcomes, person: side('001A'), bornContactId: '7' }),
    );

    expect(await bench.ledger.history('7', object)).toMatchObject({
      pairId,
      person: side('001A'),
      changes: [{ system: 'hubspot', object, recordId: '7', operation: 'create', state: 'done' }],
    });
    expect(await bench.ledger.recordsOf(['001A'])).toEqual(new Map([['001A', { object, recordId: '7' }]]));
    const again = await salesforce.claimed('001A');
    const second = { ...birth('001B'), recordId: '001A', counter: record(again, '001A').counter };
    expect(await bench.ledger.reserveBirths(again.token, bench.version, [second])).toMatchObject([
      { ok: false, reason: 'taken' },
    ]);
  });

  it('thaws, and is looked at', async () => {
    const freeze = { system: 'salesforce', field: 'Phone', code: 'field_frozen', text: 'x' } as const;
    await steps.pair('7', side('001A'), { freezes: [freeze] });

    expect(await bench.ledger.thaw('7', 'ops'), 'a contact of that id').toBe(0);
    expect(await bench.ledger.thaw('7', 'ops', 'Phone', object)).toBe(1);
    expect((await steps.claim()).records).toMatchObject([{ recordId: '7', source: 'thaw', pair: { frozen: [] } }]);
    const codes = (await bench.ledger.timeline('7', 20, undefined, object)).map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['create', 'linked', 'field_frozen', 'field_thawed']));
    expect(await bench.ledger.timeline('7', 20)).toEqual([]);
  });

  it('fails, decides and is tried again under its own name', async () => {
    const failure = { kind: 'needs-human', code: 'x', message: '', advice: '', fields: [], recordIds: [] } as const;
    const decision = { outcome: 'create', code: 'c', text: '', reasons: [], fields: [], observedOnly: true };
    await steps.look('7', { failure, decision, settle: { kind: 'failed' } });

    expect(await bench.ledger.failures(10)).toMatchObject([{ system: 'hubspot', object, recordId: '7' }]);
    const history = await bench.ledger.history('7', object);
    expect(history).toMatchObject({ failure: { code: 'x' }, decision: { code: 'c' }, pending: null });
    expect((await bench.ledger.history('7')).failure).toBeNull();
    expect(await bench.ledger.retryFailures('x')).toBe(1);
    expect(await bench.ledger.markObserved()).toBe(1);
    const batch = await steps.claim();
    expect(batch.records).toMatchObject([{ recordId: '7', source: 'retry' }]);
    await steps.commit(batch, resultOf(batch, '7', { failure: null }));
    expect(await bench.ledger.failures(10)).toEqual([]);
  });

  it('is marked when a record that people are asked about has changed', async () => {
    const code = object === 'company' ? 'several_accounts' : 'several_opportunities';
    const failure = {
      kind: 'needs-human',
      code,
      message: '',
      advice: '',
      fields: [],
      recordIds: ['001A', '001B'],
    } as const;
    await steps.look('7', { failure, settle: { kind: 'failed' } });

    expect(await bench.ledger.markHeldUp(['001C'])).toBe(0);
    expect(await bench.ledger.markHeldUp(['001B'])).toBe(1);
    expect(await bench.ledger.markHeldUp([], ['001B']), 'one of several was deleted').toBe(1);
  });

  it('is not marked by the deletion that people are asked about, but by what restores it', async () => {
    const code = object === 'company' ? 'account_deleted' : 'opportunity_deleted';
    const told = { kind: 'needs-human', code, message: '', advice: '', fields: [], recordIds: ['001A'] } as const;
    await steps.look('7', { failure: told, settle: { kind: 'failed' } });

    expect(await bench.ledger.markHeldUp([], ['001A'])).toBe(0);
    expect(await bench.ledger.markHeldUp(['001A'])).toBe(1);
  });

  it('stays with the counterpart it has when another one is born into it, and people are told', async () => {
    await steps.pair('7', side('001A'));
    const salesforce = stepsOf(bench, births);
    const batch = await salesforce.claimed('001B');
    const { counter } = record(batch, '001B');
    const birth = { recordId: '001B', counter, object: counterpart, changes: [] } as const;
    const [answer] = await bench.ledger.reserveBirths(batch.token, bench.version, [birth]);
    if (answer?.ok !== true) throw new Error('not reserved');
    const born = { pairId: answer.pairId, person: side('001B'), bornContactId: '7' };
    expect(await salesforce.commit(batch, resultOf(batch, '001B', born))).toMatchObject({ poisoned: ['001B'] });

    expect(await bench.ledger.failures(10)).toMatchObject([
      {
        object: counterpart,
        code: 'born_taken',
        message: expect.stringContaining(counterpart),
        recordIds: ['7', '001A'],
      },
    ]);
    expect((await bench.ledger.history('7', object)).person).toEqual(side('001A'));
  });

  it('knows its own writes', async () => {
    const at = 1_700_000_000_123;
    const { pairId } = await steps.pair('7', side('001A'), { hubspotWrittenAtMs: at });
    const batch = await steps.claimed('7');
    const changes = [{ field: 'name', before: null, after: 'Acme', rule: 'newest' }] as const;
    const intent = { system: 'hubspot', object, recordId: '7', operation: 'update', changes } as const;
    const [answer] = await steps.reserve(batch, reservation(batch, '7', { claimEmails: [], intent }));
    expect(accepted(answer).pairId).toBe(pairId);

    const records = [{ id: '7', modifiedAtMs: at }];
    expect(await bench.ledger.ownWrites(records, object)).toEqual(new Set(['7']));
    expect(await bench.ledger.ownWrites(records)).toEqual(new Set());
    const value = { recordId: '7', property: 'name', value: 'Acme' };
    expect(await bench.ledger.echoes([value, { ...value, object }, { ...value, object, value: 'x' }])).toEqual(
      new Set([1]),
    );
  });
});

it('what left the map of one kind of record keeps its base in all others', async () => {
  const company = stepsOf(bench, { system: 'hubspot', object: 'company' });
  const field = { hubspot: 'city', salesforce: 'City' };
  const both = [field, { object: 'company', ...field }] as const;
  bench.version = await bench.ledger.activateMapping('both', { createsPerRun: 9, changesPerRun: 9 }, both);
  const agreed = { hubspot: { city: 'Ulm' }, salesforce: { City: 'Ulm' } };
  await bench.handOver('7', '00Q7');
  const batch = await bench.claimed('7');
  await bench.commit(batch, { ...resultOf(batch, '7'), agreed });
  await company.pair('7', { object: 'Account', id: '001A' }, { agreed });

  await bench.ledger.activateMapping('contacts', { createsPerRun: 9, changesPerRun: 9 }, [field]);

  expect((await bench.ledger.history('7')).base?.hubspot).toMatchObject({ city: 'Ulm' });
  expect((await bench.ledger.history('7', 'company')).base).toEqual({ hubspot: {}, salesforce: {} });
});

it('a company’s id and stage: the id is no change that counts, the stage is one', async () => {
  const company = stepsOf(bench, { system: 'hubspot', object: 'company' });
  await company.pair('7', { object: 'Account', id: '001A' });
  const before = (await bench.ledger.status()).runs[0]?.changes ?? 0;
  for (const field of ['salesforce_account_id', 'lifecyclestage']) {
    const batch = await company.claimed('7');
    const changes = [{ field, before: null, after: 'x', rule: 'id' }] as const;
    const intent = { system: 'hubspot', object: 'company', recordId: '7', operation: 'update', changes } as const;
    const [answer] = await company.reserve(batch, reservation(batch, '7', { claimEmails: [], intent }));
    const { intentId } = accepted(answer);
    await company.commit(batch, resultOf(batch, '7', { outcomes: [{ intentId, state: 'done' }], settle: done }));
  }
  expect((await bench.ledger.status()).runs[0]?.changes).toBe(before + 1);
});

it('the winner of merged Accounts is a memory of the pair that had ended', async () => {
  const company = stepsOf(bench, { system: 'hubspot', object: 'company' });
  await company.pair('7', { object: 'Account', id: '001A' });
  await company.look('7', { tombstone: 'contact_deleted', retiredContactIds: [{ id: '7', status: 'deleted' }] });
  await bench.ledger.rememberWinners([{ loserId: '001A', winner: { object: 'Account', id: '001B' } }]);

  expect((await bench.ledger.knownRecords(['001B'])).get('001B')).toMatchObject({
    status: 'merged',
    recordId: null,
    tombstone: 'contact_deleted',
  });
});
