import type { CompiledMapping } from '../../domain/mapping/types.ts';
import { type HubSpotObject, type HubSpotRecord, idNames, personIdProperty } from '../../domain/record.ts';
import type { ComparedPair, ComparedRecord } from '../../ports/ledger-compare.ts';
import { type Drift, type DriftCode, type Found, unlessFailing } from './drift.ts';
import { type ComparedKind, movedProperties } from './moved-values.ts';

type Given = {
  mapping: CompiledMapping;
  kind: ComparedKind;
  /** What changed since then is passed over: its own events come. Epoch milliseconds. */
  startedAtMs: number;
  /** What has not changed since then and was never looked at enters by a backfill. */
  ledgerSinceMs: number;
};

/** What a page of HubSpot records comes to, beside what the ledger knows of them. Pure. */
export function judgeRecords(
  records: readonly HubSpotRecord[],
  known: ReadonlyMap<string, ComparedRecord>,
  given: Given,
): Found[] {
  return records.flatMap((record) => {
    const facts = known.get(record.id);
    if (facts === undefined || facts.isPending || record.updatedAtMs >= given.startedAtMs) return [];
    const drift = unlessFailing(judge(record, facts, given), facts.failedAtMs, record.updatedAtMs);
    const { object } = given.kind;
    return drift.length === 0
      ? []
      : [{ recordId: record.id, drift, marks: [{ system: 'hubspot', object, recordId: record.id }] }];
  });
}

function judge(record: HubSpotRecord, facts: ComparedRecord, given: Given): Drift[] {
  const { pair } = facts;
  if (pair === null || pair.counterpart === null) return judgeUnpaired(record, facts, given);
  if (pair.isBusy || pair.status === 'reserved' || pair.tombstone === 'erased' || pair.status === 'erased') return [];
  if (pair.tombstone !== null || pair.status !== 'live') {
    return [{ code: 'unlinked_pair', repairs: pair.tombstone === 'contact_deleted' }];
  }
  return [...leftAlone(pair), ...judgePaired(record, pair, facts, given)];
}

/** Not in Salesforce, as far as the ledger knows. */
function judgeUnpaired(record: HubSpotRecord, facts: ComparedRecord, given: Given): Drift[] {
  const { object } = given.kind;
  if (facts.pair?.isBusy === true || facts.pair?.tombstone === 'erased') return [];
  if (facts.pair !== null && facts.pair.tombstone !== null) return hasEnded(record, facts, given);
  const isNew = record.updatedAtMs >= given.ledgerSinceMs;
  if (object === 'contact') {
    if (!passes(record, given)) return [];
    return [facts.isDecided || isNew ? repaired('missing') : told('not_backfilled')];
  }
  // Nobody knows of a record that was never looked at whether it is wanted.
  if (!facts.isDecided) return isNew ? [repaired('missing')] : facts.isWanted ? [told('not_backfilled')] : [];
  return facts.isWanted && isCreated(given.mapping, object) ? [repaired('missing')] : [];
}

/** Whom nobody creates again: told where the record would be in Salesforce else. */
function hasEnded(record: HubSpotRecord, { isWanted }: ComparedRecord, given: Given): Drift[] {
  const isMissed = given.kind.object === 'contact' ? passes(record, given) : isWanted;
  return isMissed ? [told('ended')] : [];
}

function isCreated(mapping: CompiledMapping, object: Exclude<HubSpotObject, 'contact'>): boolean {
  return mapping[object].createInSalesforce !== 'never';
}

function judgePaired(record: HubSpotRecord, pair: ComparedPair, facts: ComparedRecord, given: Given): Drift[] {
  const { kind, mapping } = given;
  const isDifferent =
    holdsOtherId(record, pair, kind.object) || movedProperties(kind, record.properties, pair).length > 0;
  if (kind.object !== 'contact') {
    if (!pair.handedOver && !facts.isWanted) return [];
    // Its sides may differ, and it need not name the other one: it was looked at since, and left as it is.
    if (facts.leftAloneAtMs !== null && record.updatedAtMs < facts.leftAloneAtMs) return [];
    return isDifferent ? [repaired('unequal')] : [];
  }
  const isThrough = passes(record, given);
  if (!pair.handedOver) return isThrough ? [repaired('missing')] : [];
  if (isThrough) return isDifferent ? [repaired('unequal')] : [];
  const below = told(pair.recycles > 0 ? 'recycled' : 'below_gate_present');
  return mapping.gate.below === 'continue' && isDifferent ? [below, repaired('unequal')] : [below];
}

function passes({ properties }: HubSpotRecord, { mapping }: Given): boolean {
  return mapping.gate.decide(properties).passes;
}

/** The id of the Salesforce record that the HubSpot record names. */
function holdsOtherId({ properties }: HubSpotRecord, { counterpart }: ComparedPair, object: HubSpotObject): boolean {
  const named = properties[object === 'contact' ? personIdProperty : idNames[object].property];
  return named !== undefined && named !== counterpart?.id;
}

/** Fields that are left alone on purpose. */
function leftAlone({ frozen, held }: Pick<ComparedPair, 'frozen' | 'held'>): Drift[] {
  return [...(frozen.length > 0 ? [told('frozen')] : []), ...(held.length > 0 ? [told('held')] : [])];
}

function repaired(code: DriftCode): Drift {
  return { code, repairs: true };
}

function told(code: DriftCode): Drift {
  return { code, repairs: false };
}
