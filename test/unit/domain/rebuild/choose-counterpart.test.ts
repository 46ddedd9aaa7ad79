import { describe, expect, it } from 'vitest';
import { type Candidate, chooseCounterpart } from '../../../../src/domain/rebuild/choose-counterpart.ts';
import { idsInHubSpot, referenceOf } from '../../../../src/usecases/rebuild/found-ids.ts';

const living = (id: string, more: Partial<Candidate> = {}): Candidate => ({
  object: id.startsWith('00Q') ? 'Lead' : 'Contact',
  id,
  externalId: null,
  isDeleted: false,
  masterRecordId: null,
  convertedContactId: null,
  ...more,
});

const choose = (candidates: readonly Candidate[], rivals: Record<string, string[]> = {}) =>
  chooseCounterpart({
    recordId: '7',
    ownIds: new Set(['7', '5']),
    candidates,
    rivals: new Map(Object.entries(rivals)),
  });

describe('whom the ids of both CRMs lead to', () => {
  it.each([
    ['nobody', [], { kind: 'none' }],
    [
      'one that carries our id',
      [living('00Q1', { externalId: '7' })],
      { kind: 'pair', counterpart: { id: '00Q1' }, former: [] },
    ],
    [
      'one that carries the id of a merged record',
      [living('00Q1', { externalId: '5' })],
      { kind: 'pair', counterpart: { id: '00Q1' } },
    ],
    ['one that names nobody', [living('0031')], { kind: 'pair', counterpart: { object: 'Contact', id: '0031' } }],
    [
      'a converted Lead and its Contact',
      [living('00Q1', { externalId: '7', convertedContactId: '0031' }), living('0031', { externalId: '7' })],
      { kind: 'pair', counterpart: { id: '0031' }, former: [{ object: 'Lead', id: '00Q1', status: 'converted' }] },
    ],
    [
      'the loser of a merge, by way of another one',
      [
        living('0031', { isDeleted: true, masterRecordId: '0032' }),
        living('0032', { isDeleted: true, masterRecordId: '0033' }),
        living('0033', { externalId: '7' }),
      ],
      {
        kind: 'pair',
        counterpart: { id: '0033' },
        former: [
          { id: '0031', status: 'merged' },
          { id: '0032', status: 'merged' },
        ],
      },
    ],
    ['two who live', [living('00Q1', { externalId: '7' }), living('0031')], { kind: 'conflict', reason: 'several' }],
    [
      'one who is deleted',
      [living('00Q1', { isDeleted: true })],
      { kind: 'conflict', reason: 'dead', recordIds: ['00Q1'] },
    ],
    [
      'one that carries the id of another record',
      [living('00Q1', { externalId: '8' })],
      { kind: 'conflict', reason: 'other' },
    ],
  ])('%s', (_what, candidates, chosen) => {
    expect(choose(candidates)).toMatchObject(chosen);
  });

  it('is nobody where two records name one who names neither, and no question where it names one of them', () => {
    expect(choose([living('00Q1')], { '00Q1': ['9'] })).toMatchObject({ kind: 'conflict', reason: 'rivals' });
    expect(choose([living('00Q1', { externalId: '7' })], { '00Q1': ['9'] })).toMatchObject({ kind: 'pair' });
  });

  it('ends where the merges of an org lead round in a circle', () => {
    const circle = [
      living('0031', { isDeleted: true, masterRecordId: '0032' }),
      living('0032', { isDeleted: true, masterRecordId: '0031' }),
      living('0033', { externalId: '7' }),
    ];
    expect(choose(circle)).toMatchObject({ kind: 'pair', former: [] });
  });
});

describe('an id that a property of HubSpot holds', () => {
  it.each([
    ['contact', '00Q000000000001EAA', { object: 'Lead', id: '00Q000000000001EAA' }],
    ['contact', ' 003000000000001 ', { object: 'Contact', id: '003000000000001AAA' }],
    ['company', '001D000000IRFma', { object: 'Account', id: '001D000000IRFmaIAH' }],
    ['contact', '001D000000IRFma', null],
    ['deal', '', null],
    ['deal', 'not an id', null],
    ['deal', undefined, null],
  ] as const)('of a %s, %s', (object, value, reference) => {
    expect(referenceOf(object, value)).toEqual(reference);
  });

  it('is passed over where it is none', () => {
    const record = { id: '1', mergedIds: [], updatedAtMs: 0 };
    const records = [
      { ...record, properties: { salesforceleadid: '00Q000000000001EAA' } },
      { ...record, id: '2', properties: { salesforceleadid: 'deleted' } },
    ];
    expect(idsInHubSpot('contact', records, { name: 'salesforceleadid', toldBy: 'connector' })).toEqual([
      { recordId: '1', counterpart: { object: 'Lead', id: '00Q000000000001EAA' }, toldBy: 'connector' },
    ]);
  });
});
