import { afterEach, describe, expect, it } from 'vitest';
import type { RecordWriteResult } from '../../src/ports/salesforce.ts';
import { closeOrgs, type Part, refused, rows, startOrg } from './salesforce-answers.ts';
import { dealOf, recordLookup } from './salesforce-record-support.ts';
import { spend } from './salesforce-support.ts';

const DEAL = '006000000000001AAA';
const CONTACT = '003000000000001AAA';
const ROLE = '00K000000000001EAA';
const stamp = '2026-11-22T10:00:00.000+0000';

afterEach(closeOrgs);

function row(more: Record<string, unknown> = {}) {
  return { Id: DEAL, SystemModstamp: stamp, IsDeleted: false, Name: 'Deal', HubSpot_Deal_Id__c: '7', ...more };
}

const role = { Id: ROLE, ContactId: CONTACT, Role: null, IsPrimary: false };
const written = { status: 200, body: [{ id: DEAL, success: true, created: true, errors: [] }] };
const withRole = dealOf('7', { roles: [{ operation: 'create', contactId: CONTACT, role: null, isPrimary: false }] });

function failed(statusCode: string, fields: string[] = []): Part {
  return { status: 200, body: [{ success: false, errors: [{ statusCode, message: '', fields }] }] };
}

/** Answers by what a part is: the deal, its role, or the read-back. */
function answers(of: { deal?: Part; role?: Part; held?: Part }) {
  return (url: string, method: string): Part => {
    if (method === 'GET') return of.held ?? rows([row({ OpportunityContactRoles: { done: true, records: [role] } })]);
    return url.includes('/Opportunity/') ? (of.deal ?? written) : (of.role ?? written);
  };
}

async function write(of: Parameters<typeof answers>[0]): Promise<RecordWriteResult | undefined> {
  const { salesforce } = await startOrg({ part: answers(of) });
  return (await salesforce.writeRecords([withRole], ['Name'], spend)).get('7');
}

describe('odd answers about opportunities', () => {
  it.each([
    { nested: 'null', value: null },
    { nested: 'absent', value: undefined },
    { nested: 'a list instead of an answer', value: [] },
    { nested: 'a role without its contact', value: { done: true, records: [{ Id: ROLE, ContactId: null }] } },
    { nested: 'a role with ids of another shape', value: { done: true, records: [{ Id: 'x', ContactId: 'y' }] } },
  ])('have no roles where the nested answer is $nested', async ({ value }) => {
    const { salesforce } = await startOrg({ part: () => rows([row({ OpportunityContactRoles: value })]) });

    const found = await salesforce.findRecords('Opportunity', [recordLookup('7')], ['Name'], spend);

    expect(found.get('7')?.byExternalId).toMatchObject([{ id: DEAL, roles: [] }]);
  });

  it.each([
    { without: 'an id', broken: { Id: undefined } },
    { without: 'a stamp', broken: { SystemModstamp: null } },
  ])('are not trusted without $without', async ({ broken }) => {
    const { salesforce } = await startOrg({ part: () => rows([row(broken)]) });

    await expect(salesforce.findRecords('Opportunity', [recordLookup('7')], ['Name'], spend)).rejects.toMatchObject({
      kind: 'retryable',
      code: 'salesforce_bad_answer',
    });
  });

  it('stop the connection where one part says that the calls are spent', async () => {
    const { salesforce } = await startOrg({ part: () => refused('REQUEST_LIMIT_EXCEEDED') });

    await expect(salesforce.findRecords('Opportunity', [recordLookup('7')], ['Name'], spend)).rejects.toMatchObject({
      kind: 'wait',
      detail: { pausesConnection: true },
    });
  });

  it('keep an amount by the digit where Salesforce writes it with an exponent', async () => {
    const { salesforce } = await startOrg({
      part: () => rows([row({ Amount: '@' })]),
      literal: '1.23456789012345678E17',
    });

    const found = await salesforce.findRecords('Opportunity', [recordLookup('7')], ['Amount'], spend);

    expect(found.get('7')?.byExternalId[0]?.fields.Amount).toBe('123456789012345678');
  });
});

describe('odd answers to a write', () => {
  it('a deal and its role are written with one call', async () => {
    const { salesforce, urls, parts } = await startOrg({ part: answers({}) });

    const result = (await salesforce.writeRecords([withRole], ['Name'], spend)).get('7');

    expect(result).toMatchObject({
      ok: true,
      id: DEAL,
      created: true,
      roleError: null,
      held: { roles: [{ id: ROLE }] },
    });
    expect(urls).toHaveLength(1);
    expect(parts.map((part) => part.split('?')[0])).toEqual([
      'PATCH /services/data/v67.0/composite/sobjects/Opportunity/HubSpot_Deal_Id__c',
      'POST /services/data/v67.0/composite/sobjects',
      'GET /services/data/v67.0/query/',
    ]);
  });

  it.each([
    { what: 'refused', answer: failed('DUPLICATE_VALUE'), code: 'salesforce_duplicate_external_id', lost: undefined },
    { what: 'refused as a whole', answer: refused('INVALID_FIELD'), code: 'salesforce_unknown_field', lost: undefined },
    { what: 'answered with nothing', answer: { status: 200, body: [] }, code: 'salesforce_no_answer', lost: true },
    { what: 'left out', answer: { status: 0, body: null }, code: 'salesforce_no_answer', lost: true },
  ])('a role that is $what does not fail its deal', async ({ answer, code, lost }) => {
    const result = await write({ role: answer });

    expect(result).toMatchObject({ ok: true, id: DEAL, roleError: { code } });
    expect(result?.ok === true && result.roleError?.detail.mayHaveHappened).toBe(lost);
  });

  it.each([
    { at: 'INVALID_CURRENCY_ISO', fields: ['CurrencyIsoCode'], code: 'salesforce_currency' },
    { at: 'INACTIVE_OWNER_OR_USER', fields: ['OwnerId'], code: 'salesforce_inactive_owner' },
    { at: 'INVALID_CROSS_REFERENCE_KEY', fields: ['RecordTypeId'], code: 'salesforce_record_type' },
    { at: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', fields: ['StageName'], code: 'salesforce_stage_not_offered' },
    { at: 'NUMBER_OUTSIDE_VALID_RANGE', fields: ['Amount'], code: 'salesforce_number_too_large' },
  ])('a deal that is refused with $at is $code, whatever its role says', async ({ at, fields, code }) => {
    const result = await write({ deal: failed(at, fields), role: failed('INVALID_FIELD') });

    expect(result).toMatchObject({ ok: false, error: { code, detail: { fields } } });
  });

  it('a deal whose read-back is refused is written all the same', async () => {
    expect(await write({ held: refused('QUERY_TIMEOUT') })).toMatchObject({ ok: true, held: null, roleError: null });
  });
});
