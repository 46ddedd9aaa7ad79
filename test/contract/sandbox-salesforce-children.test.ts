import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, connect } from './sandbox-salesforce-support.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const deal = { Name: 'Deal', CloseDate: '2026-12-31' };
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox({ clock: () => now });
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

describe('children in a query (SOQL guide, "Using Relationship Queries")', () => {
  const soql = `SELECT Id, (SELECT Opportunity.IsClosed, Opportunity.IsWon, Opportunity.IsDeleted, Opportunity.SystemModstamp
    FROM OpportunityContactRoles WHERE IsDeleted = false) FROM Contact ORDER BY LastName`;

  it('answers the roles of a contact as a result of their own with the opportunity nested, or null', async () => {
    const [ada = '', bob = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }, { LastName: 'Bob' }]);
    const { Id: OpportunityId } = sandbox.create('Opportunity', { ...deal, StageName: 'Closed Won' });
    const { Id } = sandbox.create('OpportunityContactRole', { OpportunityId, ContactId: ada });

    const answer = await connection.query(soql);

    expect(answer.records).toEqual([
      {
        attributes: { type: 'Contact', url: `/services/data/v67.0/sobjects/Contact/${ada}` },
        Id: ada,
        OpportunityContactRoles: {
          totalSize: 1,
          done: true,
          records: [
            {
              attributes: {
                type: 'OpportunityContactRole',
                url: `/services/data/v67.0/sobjects/OpportunityContactRole/${Id}`,
              },
              Opportunity: {
                attributes: { type: 'Opportunity', url: `/services/data/v67.0/sobjects/Opportunity/${OpportunityId}` },
                IsClosed: true,
                IsWon: true,
                IsDeleted: false,
                SystemModstamp: '2026-11-22T10:00:00.000+0000',
              },
            },
          ],
        },
      },
      {
        attributes: { type: 'Contact', url: `/services/data/v67.0/sobjects/Contact/${bob}` },
        Id: bob,
        OpportunityContactRoles: null,
      },
    ]);
  });

  it('orders and limits children, and hides what lies in the recycle bin from query but not from queryAll', async () => {
    const [ContactId = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }]);
    const [one, two] = ['Prospecting', 'Closed Won'].map((StageName) => {
      const { Id: OpportunityId } = sandbox.create('Opportunity', { ...deal, StageName });
      sandbox.create('OpportunityContactRole', { OpportunityId, ContactId });
      return OpportunityId;
    });
    const ask = (more: string) => `SELECT Id, (SELECT OpportunityId FROM OpportunityContactRoles ${more}) FROM Contact`;

    const limited = await connection.query(ask('ORDER BY Opportunity.IsWon DESC LIMIT 1'));
    sandbox.remove('Opportunity', two ?? '');
    const live = await connection.query(ask(''));
    const all = await connection.query(ask(''), { scanAll: true });

    expect(limited.records).toMatchObject([{ OpportunityContactRoles: { records: [{ OpportunityId: two }] } }]);
    expect(live.records).toMatchObject([{ OpportunityContactRoles: { records: [{ OpportunityId: one }] } }]);
    expect(all.records).toMatchObject([{ OpportunityContactRoles: { totalSize: 2 } }]);
  });

  it('refuses a relationship that is not there, and describes the ones that are', async () => {
    const error = await catchError(connection.query('SELECT Id, (SELECT Id FROM Roles) FROM Contact'));
    const { childRelationships } = await connection.describe('Contact');

    expect(error).toMatchObject({ errorCode: 'INVALID_TYPE' });
    expect(childRelationships.map(({ relationshipName }) => relationshipName).toSorted()).toEqual([
      'Histories',
      'OpportunityContactRoles',
    ]);
  });
});

describe('what a query does not show at once, or at all', () => {
  it('answers the children of one parent in pages, each with the way to the next', async () => {
    sandbox.configure({ childPageSize: 2 });
    const [ContactId = ''] = sandbox.seed('Contact', [{ LastName: 'Ada' }]);
    const { Id: OpportunityId } = sandbox.create('Opportunity', { ...deal, StageName: 'Prospecting' });
    const ids = sandbox.seed('OpportunityContactRole', Array(3).fill({ ContactId, OpportunityId }));
    const page = z.object({
      totalSize: z.literal(3),
      done: z.boolean(),
      nextRecordsUrl: z.string().optional(),
      records: z.array(z.looseObject({ Id: z.string() })),
    });

    const answer = await connection.query('SELECT (SELECT Id FROM OpportunityContactRoles ORDER BY Id) FROM Contact');
    const first = page.parse(answer.records[0]?.OpportunityContactRoles);
    const second = page.parse(await connection.request(first.nextRecordsUrl ?? ''));

    expect([first.done, second.done]).toEqual([false, true]);
    expect([...first.records, ...second.records].map(({ Id }) => Id)).toEqual(ids);
  });

  it('knows nothing of opportunities and their roles for a user who may not read them', async () => {
    sandbox.setObjectHidden('Opportunity', true);
    const codeOf = async (soql: string) => (await catchError(connection.query(soql))).errorCode;

    expect(await codeOf('SELECT Id FROM OpportunityContactRole')).toBe('INVALID_TYPE');
    expect(await codeOf('SELECT Id, (SELECT Id FROM OpportunityContactRoles) FROM Contact')).toBe('INVALID_TYPE');
    expect(await codeOf('SELECT ConvertedOpportunity.IsWon FROM Lead')).toBe('INVALID_FIELD');
    expect(await catchError(connection.describe('Opportunity'))).toMatchObject({ errorCode: 'NOT_FOUND' });
  });
});
