import { describe, expect, it } from 'vitest';
import { SyncError } from '../../../../src/errors.ts';
import { readHistories } from '../../../../src/usecases/drain/read-histories.ts';
import { givenBatch, givenContact, givenDependencies, givenLook, givenPerson, givenPlan, now } from './given.ts';

const person = { object: 'Lead' as const, id: givenPerson().id };
const past = [{ value: 'Kiel', atMs: now, by: 'CRM_UI' }];

function asking(id: string, asks: { properties: string[]; fields: string[] }) {
  return givenLook({ contact: givenContact({}, { id }), plan: givenPlan({ asks, person }) });
}

describe('the past of contested fields', () => {
  it('is asked once of each CRM, for the contested fields of all contacts', async () => {
    const asked: unknown[] = [];
    const { dependencies } = givenDependencies({
      hubspot: {
        async readHistories(type, ids, properties) {
          asked.push([type, ids, properties]);
          return new Map(ids.map((id) => [id, { city: past }]));
        },
      },
      salesforce: {
        async readHistories(persons, fields) {
          asked.push([persons, fields]);
          return new Map([[person.id, { City: past }]]);
        },
      },
    });
    const looks = [
      asking('1', { properties: ['city'], fields: ['City'] }),
      asking('2', { properties: ['city', 'zip'], fields: [] }),
    ];
    const histories = await readHistories(dependencies, givenBatch(), looks);

    expect(asked).toEqual([
      ['contacts', ['1', '2'], ['city', 'zip']],
      [[person], ['City']],
    ]);
    expect(histories.get('1')).toEqual({ hubspot: { city: past }, salesforce: { City: past } });
  });

  it('of an org that tracks none is empty, and nobody waits for it', async () => {
    const { dependencies } = givenDependencies({ salesforce: { readHistories: async () => new Map() } });
    const histories = await readHistories(dependencies, givenBatch(), [
      asking('1', { properties: [], fields: ['City'] }),
    ]);

    expect(histories.get('1')).toEqual({ hubspot: {}, salesforce: {} });
  });

  it('of a contact that HubSpot left out is waited for: without it the fallback would decide', async () => {
    const { dependencies } = givenDependencies({ hubspot: { readHistories: async () => new Map() } });
    const histories = await readHistories(dependencies, givenBatch(), [
      asking('1', { properties: ['city'], fields: [] }),
    ]);

    expect(histories.get('1')).toMatchObject({ kind: 'retryable', code: 'history_not_read' });
  });

  it('that a CRM refuses to tell is that CRM’s fault', async () => {
    const error = new SyncError('wait', 'hubspot_rate_limit', 'Wait.');
    const { dependencies } = givenDependencies({ hubspot: { readHistories: () => Promise.reject(error) } });
    const histories = await readHistories(dependencies, givenBatch(), [
      asking('1', { properties: ['city'], fields: [] }),
    ]);

    expect(histories.get('1')).toBe(error);
  });
});
