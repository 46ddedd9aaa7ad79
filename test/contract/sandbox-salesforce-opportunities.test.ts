import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { codesOf, connect } from './sandbox-salesforce-support.ts';

const lead = { LastName: 'Ada', Company: 'Alpha', Email: 'ada@x.example' };
const deal = { Name: 'Deal', CloseDate: '2026-12-31' };
let now = Date.parse('2026-11-22T10:00:00Z');
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

const rolesOf = (opportunityId: string) =>
  sandbox.all('OpportunityContactRole').filter((role) => role.OpportunityId === opportunityId);

describe('stages (Object Reference, Opportunity and OpportunityStage)', () => {
  it.each([
    { stage: 'Prospecting', IsClosed: false, IsWon: false, Probability: 10 },
    { stage: 'Closed Won', IsClosed: true, IsWon: true, Probability: 100 },
    { stage: 'Closed Lost', IsClosed: true, IsWon: false, Probability: 0 },
    { stage: 'Never heard of', IsClosed: false, IsWon: false, Probability: 10 },
  ])('an opportunity moved to $stage: closed $IsClosed, won $IsWon', ({ stage, ...expected }) => {
    const { Id } = sandbox.create('Opportunity', { ...deal, StageName: 'Qualification' });

    expect(sandbox.edit('Opportunity', Id, { StageName: stage })).toMatchObject(expected);
  });

  it('takes a stage of the org’s own, and keeps a probability that comes with the stage', () => {
    sandbox.addOpportunityStage({ label: 'Signed', isClosed: true, isWon: true, probability: 100, forecast: 'Closed' });

    const made = sandbox.create('Opportunity', { ...deal, StageName: 'Signed', Probability: 95 });

    expect(made).toMatchObject({ IsClosed: true, IsWon: true, Probability: 95, ForecastCategoryName: 'Closed' });
  });

  it('refuses to have IsWon written, and lists the stages', async () => {
    const made = sandbox.create('Opportunity', { ...deal, StageName: 'Prospecting' });

    expect(codesOf(await connection.update('Opportunity', [{ Id: made.Id, IsWon: true }]))).toEqual([
      'INVALID_FIELD_FOR_INSERT_UPDATE',
    ]);
    const stages = await connection.query('SELECT ApiName FROM OpportunityStage WHERE IsWon = true');
    expect(stages.records).toMatchObject([{ ApiName: 'Closed Won' }]);
  });
});

describe('contact roles (Object Reference, OpportunityContactRole)', () => {
  it('gives the contact of a conversion the primary role, without a Role', () => {
    const [id = ''] = sandbox.seed('Lead', [lead]);

    const { contactId, opportunityId = '' } = sandbox.convertLead(id, { opportunityName: 'Deal' });

    expect(rolesOf(opportunityId)).toMatchObject([{ ContactId: contactId, IsPrimary: true, IsDeleted: false }]);
    expect(rolesOf(opportunityId)[0]?.Role).toBeUndefined();
  });

  it('adds the contact to an existing opportunity, which keeps its primary contact', () => {
    const [first = '', second = ''] = sandbox.seed('Lead', [lead, { ...lead, LastName: 'Bob' }]);
    const { opportunityId = '' } = sandbox.convertLead(first, { opportunityName: 'Deal' });

    const { contactId } = sandbox.convertLead(second, { opportunityId });

    expect(rolesOf(opportunityId).map(({ IsPrimary }) => IsPrimary)).toEqual([true, false]);
    expect(rolesOf(opportunityId)[1]?.ContactId).toBe(contactId);
  });

  it('is created by API, has one primary contact per opportunity, and keeps its opportunity', async () => {
    const [ada = '', bob = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }, { LastName: 'Bob' }]);
    const { Id: OpportunityId } = sandbox.create('Opportunity', { ...deal, StageName: 'Prospecting' });
    const other = sandbox.create('Opportunity', { ...deal, StageName: 'Prospecting' });
    const [one] = sandbox.seed('OpportunityContactRole', [{ OpportunityId, ContactId: ada, IsPrimary: true }]);

    await connection.create('OpportunityContactRole', { OpportunityId, ContactId: bob, IsPrimary: true });

    expect(sandbox.get('OpportunityContactRole', one ?? '')).toMatchObject({ IsPrimary: false });
    expect(
      codesOf(await connection.update('OpportunityContactRole', [{ Id: one ?? '', OpportunityId: other.Id }])),
    ).toEqual(['INVALID_FIELD_FOR_INSERT_UPDATE']);
    expect(codesOf(await connection.create('OpportunityContactRole', [{ OpportunityId }]))).toEqual([
      'REQUIRED_FIELD_MISSING',
    ]);
  });

  it('follows its opportunity into the recycle bin and back; deleted itself it is gone at once', async () => {
    const [ContactId = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }]);
    const { Id: OpportunityId } = sandbox.create('Opportunity', { ...deal, StageName: 'Prospecting' });
    const { Id } = sandbox.create('OpportunityContactRole', { OpportunityId, ContactId });

    sandbox.remove('Opportunity', OpportunityId);
    const binned = sandbox.get('OpportunityContactRole', Id);
    sandbox.undelete('Opportunity', OpportunityId);
    const back = sandbox.get('OpportunityContactRole', Id);
    now += 5 * 60_000;
    sandbox.remove('OpportunityContactRole', Id);
    now += 5 * 60_000;

    expect([binned?.IsDeleted, back?.IsDeleted]).toEqual([true, false]);
    expect((await connection.query('SELECT Id FROM OpportunityContactRole', { scanAll: true })).records).toEqual([]);
    const log = await connection.deleted('OpportunityContactRole', '2026-11-22T10:01:00Z', '2026-11-22T10:10:00Z');
    expect(log.deletedRecords).toMatchObject([{ id: Id }]);
  });

  it('moves to the winner when contacts are merged, and stays with a contact that is deleted', () => {
    const [winner = '', loser = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }, { LastName: 'Ada' }]);
    const { Id: OpportunityId } = sandbox.create('Opportunity', { ...deal, StageName: 'Prospecting' });
    const { Id } = sandbox.create('OpportunityContactRole', { OpportunityId, ContactId: loser });

    sandbox.merge('Contact', winner, [loser]);
    sandbox.remove('Contact', winner);

    expect(sandbox.get('OpportunityContactRole', Id)).toMatchObject({ ContactId: winner, IsDeleted: false });
  });
});
