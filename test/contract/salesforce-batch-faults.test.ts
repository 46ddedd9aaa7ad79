import { describe, expect, it } from 'vitest';
import type { PersonWriteResult } from '../../src/ports/salesforce.ts';
import type { SalesforceClient } from '../../src/salesforce/client.ts';
import { writePersons } from '../../src/salesforce/write.ts';
import { createOf, spend, writeOptions } from './salesforce-support.ts';

type Part = { method: string; url: string; body?: { records: { HubSpot_Contact_Id__c: string }[] } };
type Answer = { status: number; body: unknown };

const idOf = (contactId: string) => `00Q${contactId.padStart(12, '0')}`;
const refused = (statusCode: string) => ({ success: false, errors: [{ statusCode, message: '', fields: [] }] });
const saved = (contactId: string) => ({ id: idOf(contactId), success: true, created: true, errors: [] });

/** A client whose org answers each collection as `answer` says; queries show one row per id asked for. */
function clientOf(answer: (ids: readonly string[]) => Answer) {
  const collections: string[][] = [];
  let calls = 0;
  const answerPart = (part: Part): Answer => {
    if (part.method === 'GET') {
      const soql = decodeURIComponent(part.url);
      const ids = [...soql.matchAll(/'(\d+)'/g)].map(([, id = '']) => id);
      const records = ids.map((id) => ({ Id: idOf(id), SystemModstamp: '2026-11-22T00:00:00.000+0000', LastName: id }));
      return { status: 200, body: { done: true, records } };
    }
    const ids = part.body?.records.map((record) => record.HubSpot_Contact_Id__c) ?? [];
    collections.push(ids);
    return answer(ids);
  };
  const client: SalesforceClient = {
    now: () => 0,
    sleep: async () => undefined,
    lastUsage: () => null,
    sendForText: async () => ({ text: '', headers: {} }),
    serverNow: () => 0,
    warn: () => undefined,
    warnOnce: () => undefined,
    pause: async () => undefined,
    connection: () => Promise.reject(new Error('not here')),
    ready: async () => ({
      session: { accessToken: '', instanceUrl: '', orgId: '', userId: '' },
      apiVersion: '67.0',
    }),
    async send(request) {
      calls += 1;
      const { compositeRequest } = request.body as { compositeRequest: Part[] };
      const compositeResponse = compositeRequest.map((part, index) => {
        const { status, body } = answerPart(part);
        return { httpStatusCode: status, body, referenceId: `part${index}` };
      });
      return { compositeResponse };
    },
  };
  return { client, collections, calls: () => calls };
}

function write(client: SalesforceClient, count: number) {
  const writes = Array.from({ length: count }, (_, n) => createOf(String(n + 1)));
  return writePersons(client, writes, writeOptions, spend);
}

function failuresOf(results: ReadonlyMap<string, PersonWriteResult>) {
  return [...results].flatMap(([id, result]) => (result.ok ? [] : [{ id, code: result.error.code }]));
}

describe('one record that makes Salesforce refuse its whole collection', () => {
  it.each([
    {
      how: 'as a failed sub-request',
      answer: (ids: readonly string[]) =>
        ids.includes('77')
          ? { status: 400, body: [{ errorCode: 'JSON_PARSER_ERROR', message: '' }] }
          : { status: 200, body: ids.map(saved) },
      code: 'salesforce_bad_value',
    },
    {
      how: 'by a trigger that fails all rows',
      answer: (ids: readonly string[]) => ({
        status: 200,
        body: ids.map((id) => (ids.includes('77') ? refused('CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY') : saved(id))),
      }),
      code: 'salesforce_automation_failed',
    },
  ])('is found by halving ($how), and the 199 others are written and read back', async ({ answer, code }) => {
    const { client, calls } = clientOf(answer);

    const results = await write(client, 200);

    expect(results.size).toBe(200);
    expect(failuresOf(results)).toEqual([{ id: '77', code }]);
    expect(results.get('200')).toMatchObject({
      ok: true,
      held: { LastName: '200' },
      modifiedAtMs: Date.UTC(2026, 10, 22),
    });
    expect(calls()).toBeLessThanOrEqual(9);
  });

  it('is looked for with at most twelve further calls when all are guilty, and nobody is left without an answer', async () => {
    const { client, calls } = clientOf(() => ({ status: 400, body: [{ errorCode: 'INVALID_FIELD', message: '' }] }));

    const results = await write(client, 200);

    expect(calls()).toBe(13);
    expect(results.size).toBe(200);
    expect([...results.values()].every((result) => !result.ok)).toBe(true);
    const held = [...results.values()].filter((result) => !result.ok && result.error.code === 'salesforce_rolled_back');
    for (const result of held)
      expect(result).toMatchObject({ error: { kind: 'retryable', detail: { vendorCode: 'INVALID_FIELD' } } });
  });
});

it('begins no further call after 30 seconds, and the records that were held up are tried again later', async () => {
  const { client, calls } = clientOf(() => ({ status: 400, body: [{ errorCode: 'INVALID_FIELD', message: '' }] }));
  let now = 0;
  client.now = () => now;
  const send = client.send;
  client.send = (request, budget) => {
    now += 20_000;
    return send(request, budget);
  };

  const results = await write(client, 200);

  expect(calls()).toBe(2);
  expect([...results.values()]).toHaveLength(200);
  for (const result of results.values()) {
    expect(result).toMatchObject({ ok: false, error: { kind: 'retryable', code: 'salesforce_rolled_back' } });
  }
});

describe('records that failed for the sake of another', () => {
  it.each(['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'PROCESSING_HALTED'])(
    'with %s are sent again without the guilty one',
    async (innocent) => {
      const { client, collections } = clientOf((ids) => ({
        status: 200,
        body: ids.map((id) => {
          if (id === '3') return refused('REQUIRED_FIELD_MISSING');
          return ids.includes('3') ? refused(innocent) : saved(id);
        }),
      }));

      const results = await write(client, 5);

      expect(failuresOf(results)).toEqual([{ id: '3', code: 'salesforce_required_field' }]);
      expect(collections).toEqual([
        ['1', '2', '3', '4', '5'],
        ['1', '2', '4', '5'],
      ]);
    },
  );
});

describe('answers that cannot be read', () => {
  it.each([
    { what: 'fewer results than records', body: [saved('1')] },
    { what: 'no list', body: { success: true } },
    { what: 'nothing', body: null },
  ])('$what: each record may have been written', async ({ body }) => {
    const { client } = clientOf(() => ({ status: 200, body }));

    const results = await write(client, 2);

    for (const result of results.values()) {
      expect(result).toMatchObject({ ok: false, error: { kind: 'retryable', detail: { mayHaveHappened: true } } });
    }
  });

  it('a read-back that fails leaves the write done and its values unknown', async () => {
    const { client } = clientOf((ids) => ({ status: 200, body: ids.map(saved) }));
    const send = client.send;
    client.send = async (request, budget) => {
      const answer = (await send(request, budget)) as {
        compositeResponse: { httpStatusCode: number; body: unknown }[];
      };
      const last = answer.compositeResponse.at(-1);
      if (last !== undefined) Object.assign(last, { httpStatusCode: 400, body: [{ errorCode: 'QUERY_TIMEOUT' }] });
      return answer;
    };

    const results = await write(client, 1);

    expect(results.get('1')).toEqual({
      ok: true,
      id: expect.any(String),
      created: true,
      held: null,
      modifiedAtMs: null,
    });
  });
});
