import type { Answer } from '../../../../src/http/contract/index.ts';
import type { RecordKind } from '../../parts/record-link.tsx';
import type { ValueWords } from './value-words.ts';

export type ContactTold = Answer<'GET /contacts/{id}/explain'>;
export type RecordTold = Answer<'GET /deals/{id}/explain'>;
export type FailureTold = Answer<'GET /failures'>['items'][number];
export type TimelineEntry = Answer<'GET /contacts/{id}/timeline'>['items'][number];
export type WrittenField = ContactTold['changes'][number];

/** What the pages of all three kinds show: an explanation under the same names, whatever its kind. */
export type Told = Pick<
  ContactTold,
  'sentence' | 'mode' | 'pause' | 'waits' | 'fields' | 'unread' | 'frozen' | 'reasons' | 'problem' | 'standing'
> & {
  kind: RecordKind;
  /** Of the record that was told of, which is another one than was asked for after a merge. */
  id: string;
  /** When both CRMs were read, epoch milliseconds. */
  readAtMs: number;
  outcome: string;
  counterpart: { object: string; id: string } | null;
  /** Since when it has its counterpart. */
  since: string | null;
  toSalesforce: readonly WrittenField[];
  toHubspot: readonly WrittenField[];
  decision: ContactTold['history']['decision'];
  pending: ContactTold['history']['pending'];
  failure: FailureTold | null;
  words: ValueWords;
};

export function toldOfContact(told: ContactTold, readAtMs: number): Told {
  const { contactId, person, changes, contactChanges, history, owners, stages } = told;
  return {
    ...told,
    readAtMs,
    kind: 'contact',
    id: contactId,
    counterpart: person,
    since: history.handedOverAt,
    toSalesforce: changes,
    toHubspot: contactChanges,
    words: { owners, stages: stages.labels },
    ...known(history),
  };
}

export function toldOfRecord(told: RecordTold, readAtMs: number): Told {
  const { recordId, changes, hubspotChanges, history, standing, owners } = told;
  return {
    ...told,
    readAtMs,
    standing: standing === 'paired' ? 'handed_over' : standing === 'not_paired' ? 'not_handed_over' : standing,
    id: recordId,
    since: history.pairedAt,
    toSalesforce: changes,
    toHubspot: hubspotChanges,
    words: { owners, stages: {} },
    ...known(history),
  };
}

function known({ decision, pending, failure }: Pick<ContactTold['history'], 'decision' | 'pending' | 'failure'>) {
  return { decision, pending, failure };
}
