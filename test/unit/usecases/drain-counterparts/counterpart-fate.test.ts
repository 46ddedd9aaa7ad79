import { describe, expect, it } from 'vitest';
import type { SalesforceRecord } from '../../../../src/domain/record.ts';
import {
  type CounterpartFacts,
  fateOfCounterpart,
} from '../../../../src/usecases/drain-counterparts/counterpart-fate.ts';

const record = (more: Partial<SalesforceRecord> = {}): SalesforceRecord => ({
  object: 'Account',
  id: '001A',
  fields: {},
  externalId: null,
  isDeleted: false,
  masterRecordId: null,
  modifiedAtMs: 0,
  lastModifiedBy: null,
  roles: [],
  ...more,
});

const known = { pairId: '1', object: 'Account', recordId: '77', status: 'live', base: null, tombstone: null } as const;
const waitsFor = [{ object: 'Account', recordId: '001A' }] as const;

const fate = (more: Partial<CounterpartFacts>) =>
  fateOfCounterpart({
    record: record(),
    known: null,
    isWanted: true,
    ignored: null,
    isLinked: true,
    waitsFor,
    sameDomain: [],
    ...more,
  });

describe('what becomes of a record that was born in Salesforce', () => {
  it.each<[string, Partial<CounterpartFacts>, object]>([
    ['is created', {}, { kind: 'create' }],
    ['leads to the record that it is paired with', { known }, { kind: 'record', recordId: '77' }],
    ['goes to that one also when it is gone', { known, record: null }, { kind: 'record', recordId: '77' }],
    [
      'stays without one where its record was deleted',
      { known: { ...known, recordId: null, tombstone: 'contact_deleted' } },
      { kind: 'nothing', code: 'counterpart_pair_ended', waitsFor: [] },
    ],
    [
      'goes on with a birth whose answer was lost',
      { known: { ...known, recordId: null, status: 'reserved' } },
      { kind: 'create' },
    ],
    ['is nothing where Salesforce does not show it', { record: null }, { kind: 'nothing', code: 'counterpart_gone' }],
    ['is nothing where it was deleted', { record: record({ isDeleted: true }) }, { code: 'counterpart_gone' }],
    [
      'is followed where it was merged',
      { record: record({ isDeleted: true, masterRecordId: '001B' }) },
      { kind: 'successor', id: '001B' },
    ],
    [
      'leads to the record whose id it carries',
      { record: record({ externalId: '88' }), isWanted: false },
      { kind: 'record', recordId: '88' },
    ],
    [
      'is left where nobody wants it, with the line that says so',
      { isWanted: false },
      {
        kind: 'nothing',
        code: 'counterpart_ignored',
        text: expect.stringMatching(/\.yaml says "create_in_hubspot: never"/),
      },
    ],
    [
      'is left where its stage is not synced, with the line that says so',
      { ignored: 'the StageName Parked' },
      { code: 'deal_stage_ignored', text: expect.stringContaining('not synced (pipelines.not_synced)') },
    ],
    ['waits where nothing of it is linked', { isLinked: false }, { code: 'counterpart_not_linked', waitsFor }],
    [
      'is the company with its domain',
      { sameDomain: ['5'] },
      { kind: 'record', recordId: '5', isNamed: true, code: 'counterpart_found_by_domain' },
    ],
    [
      'asks a person about several with its domain',
      { sameDomain: ['5', '6'] },
      { kind: 'problem', problem: { code: 'several_companies', recordIds: ['5', '6'] } },
    ],
  ])('%s', (_name, facts, expected) => {
    expect(fate(facts)).toMatchObject(expected);
  });
});
