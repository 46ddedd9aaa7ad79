import { describe, expect, it } from 'vitest';
import type { FieldValue } from '../../../src/domain/record.ts';
import { fieldsOfPair } from '../../../src/usecases/explain/fields-of-pair.ts';

const atMs = Date.parse('2026-11-22T12:00:00Z');
const rule = { before: 'newest', after: 'newest' } as const;
const line = { hubspot: 'closedate', salesforce: { Opportunity: 'CloseDate' }, rule };

/** Who is told as the writer of a value in HubSpot, some seconds after we sent ours. */
function writerOf(sent: FieldValue, held: string, agoMs = 2_000): string | null | undefined {
  const written = [
    {
      writeId: '1',
      atMs: atMs - agoMs,
      system: 'hubspot',
      field: 'closedate',
      before: null,
      after: sent,
      rule: 'newest',
      state: 'done',
    },
  ];
  const [field] = fieldsOfPair([line], 'Opportunity', {
    record: { id: '7', properties: { closedate: held } },
    counterpart: null,
    pair: null,
    histories: { hubspot: { closedate: [{ atMs, by: 'INTEGRATION 12', value: held }] }, salesforce: {} },
    written,
    ourUserId: null,
  } as never);
  return field?.hubspot.changedBy;
}

describe('the writer of a value', () => {
  it.each([
    ['a moment with more digits', '2026-12-01T05:00:00Z', '2026-12-01T05:00:00.000Z'],
    ['a number as its text', 1300.5, '1300.5'],
    ['a text with the blanks trimmed', 'Berg ', 'Berg'],
    ['a yes as its word', true, 'true'],
  ])('is Handoff where the CRM gives back %s', (_, sent, held) => {
    expect(writerOf(sent, held)).toBe('Handoff');
  });

  it.each([
    ['another moment', '2026-12-01T05:00:00Z', '2026-12-01T06:00:00.000Z', 2_000],
    ['another number', 1300.5, '1300.6', 2_000],
    ['a value where ours was none', null, '1', 2_000],
    ['a digit more in a postal code', '1067', '01067', 2_000],
    ['the same, long after ours', '1300.5', '1300.5', 3_600_000],
  ])('is the app that HubSpot names for %s', (_, sent, held, agoMs) => {
    expect(writerOf(sent, held, agoMs)).toBe('INTEGRATION 12');
  });
});
