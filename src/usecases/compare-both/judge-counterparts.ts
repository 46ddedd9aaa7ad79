import type { CompiledMapping } from '../../domain/mapping/types.ts';
import type { HubSpotObject, SalesforcePerson } from '../../domain/record.ts';
import type { ComparedPair } from '../../ports/ledger-compare.ts';
import type { WalkedRow } from '../walk-rows.ts';
import { type Found, unlessFailing } from './drift.ts';
import { type ComparedKind, hasNewStatus, movedFields } from './moved-values.ts';

type Given = {
  mapping: CompiledMapping;
  kind: ComparedKind;
  startedAtMs: number;
  /** HubSpot ids that the run has seen alive. */
  seen: ReadonlySet<string>;
  /** Of records that no pair knows, when the last look at the HubSpot record that they name failed, by its id. */
  failedAtMs: ReadonlyMap<string, number | null>;
};

/** What a page of Salesforce records that carry an id of ours comes to, beside what the ledger knows of them. Pure. */
export function judgeCounterparts(
  rows: readonly WalkedRow[],
  known: ReadonlyMap<string, ComparedPair>,
  given: Given,
): Found[] {
  return rows.flatMap((row) => {
    if (row.isDeleted || row.modifiedAtMs >= given.startedAtMs) return [];
    const pair = known.get(row.id);
    if (pair === undefined) return judgeUnknown(row, given);
    const since = (found: Found): Found => ({
      ...found,
      drift: unlessFailing(found.drift, pair.failedAtMs, row.modifiedAtMs),
    });
    return judgeKnown(row, pair, given).map(since);
  });
}

/** It carries an id of ours, and no pair knows it. A converted Lead comes as its Contact. */
function judgeUnknown(row: WalkedRow, { kind, seen, failedAtMs }: Given): Found[] {
  if (row.externalId === null || isConverted(row)) return [];
  const drift = [{ code: 'extra', repairs: seen.has(row.externalId) }] as const;
  const told = unlessFailing(drift, failedAtMs.get(row.externalId) ?? null, row.modifiedAtMs);
  return [{ recordId: row.id, drift: told, marks: [inHubSpot(kind.object, row.externalId)] }];
}

function judgeKnown(row: WalkedRow, pair: ComparedPair, given: Given): Found[] {
  const { object } = given.kind;
  if (pair.isBusy || pair.status === 'reserved' || pair.tombstone === 'erased' || pair.status === 'erased') return [];
  if (pair.recordId === null)
    return [{ recordId: row.id, drift: [{ code: 'unlinked_pair', repairs: false }], marks: [] }];
  const marks = [inHubSpot(object, pair.recordId)];
  if (pair.status === 'converted') return [];
  if (pair.status !== 'live' || pair.tombstone !== null) {
    return [
      { recordId: row.id, drift: [{ code: 'unlinked_pair', repairs: pair.tombstone !== 'contact_deleted' }], marks },
    ];
  }
  if (row.externalId !== pair.recordId) {
    const others = row.externalId !== null && given.seen.has(row.externalId) ? [inHubSpot(object, row.externalId)] : [];
    return [{ recordId: row.id, drift: [{ code: 'extra', repairs: true }], marks: [...marks, ...others] }];
  }
  return pair.handedOver && isDifferent(row, pair, given)
    ? [{ recordId: row.id, drift: [{ code: 'unequal', repairs: true }], marks }]
    : [];
}

function isDifferent(row: WalkedRow, pair: ComparedPair, { kind, mapping }: Given): boolean {
  if (isConverted(row) || movedFields(kind, row, pair).length > 0) return true;
  return isPerson(row) && hasNewStatus(mapping, row, pair.base);
}

function isPerson(row: WalkedRow): row is SalesforcePerson {
  return row.object === 'Lead' || row.object === 'Contact';
}

function isConverted(row: WalkedRow): boolean {
  return isPerson(row) && row.isConverted;
}

function inHubSpot(object: HubSpotObject, recordId: string) {
  return { system: 'hubspot', object, recordId } as const;
}
