import { sameHeld } from '../domain/mapping/normalise.ts';
import type { Base, FieldChange, OpenIntent } from '../domain/plan/types.ts';
import type { HubSpotRecord } from '../domain/record.ts';
import { SyncError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { HubSpotPort } from '../ports/hubspot.ts';
import type { RecordResult } from '../ports/ledger-result.ts';
import type { Birth, BirthKind, BornBatch } from './create-born.ts';
import { doneResult, faultResult } from './drain/results.ts';
import { toVendorFault } from './vendor-fault.ts';

type Dependencies = { hubspot: Pick<HubSpotPort, 'findByUnique'>; clock: Clock };

/**
 * Births whose earlier answer was lost: HubSpot is asked whether their record is there. One that is was created by us, and people may have
 * edited it since: nothing is sent to it any more, and its own look merges, with what we sent as the base.
 * @returns the results of those that are there or could not be asked for; `unborn`: all that may be created
 */
export async function findBornAlready(
  { hubspot, clock }: Dependencies,
  { spend }: Pick<BornBatch, 'spend'>,
  kind: BirthKind,
  births: readonly Birth[],
): Promise<{ settled: readonly RecordResult[]; unborn: readonly Birth[] }> {
  const lost = new Map(births.map((birth) => [birth, lostCreates(birth)]));
  const asked = births.filter((birth) => lost.get(birth)?.length !== 0);
  if (asked.length === 0) return { settled: [], unborn: births };
  const names = new Set(asked.flatMap((birth) => (lost.get(birth) ?? []).flatMap(sent).map(({ field }) => field)));
  const ids = asked.map(({ recordId }) => recordId);
  const found = await hubspot.findByUnique(kind.type, kind.property, ids, [...names], spend).catch(toVendorFault);
  if (found instanceof SyncError) {
    const settled = asked.map(({ claimed }) => faultResult(claimed, found, clock));
    return { settled, unborn: births.filter((birth) => !asked.includes(birth)) };
  }
  const settled = asked.flatMap((birth) => {
    const record = found.get(birth.recordId);
    return record === undefined ? [] : bornEarlier(kind, birth, record, lost.get(birth) ?? []);
  });
  return { settled, unborn: births.filter(({ recordId }) => !found.has(recordId)) };
}

/** The newest first. */
function lostCreates({ claimed: { pair } }: Birth): OpenIntent[] {
  const creates = (pair?.openIntents ?? []).filter(({ system, recordId }) => system === 'hubspot' && recordId === null);
  return creates.sort((one, other) => other.openedAtMs - one.openedAtMs);
}

function sent({ fields }: OpenIntent): readonly FieldChange[] {
  return fields.filter(({ source }) => source !== undefined);
}

function bornEarlier(
  { object, markOf }: BirthKind,
  { claimed, recordId, decision }: Birth,
  record: HubSpotRecord,
  intents: readonly OpenIntent[],
): RecordResult {
  const text = `Record ${record.id} had been created for it in HubSpot, by a call whose answer was lost.`;
  return {
    ...doneResult(claimed, { ...decision, code: 'born_created', text }),
    ...(claimed.pairId === null ? {} : { pairId: claimed.pairId }),
    person: { object, id: recordId },
    outcomes: intents.map(({ id }) => ({ intentId: id, state: 'done', recordId: record.id })),
    bornContactId: record.id,
    agreed: baseOf(intents, record),
    marks: [markOf(record.id)],
  };
}

/** What was sent, and where several were lost, those values that HubSpot holds. */
function baseOf(intents: readonly OpenIntent[], { properties }: HubSpotRecord): Base {
  const changes = new Map<string, FieldChange>();
  for (const change of intents.flatMap(sent)) {
    const known = changes.get(change.field);
    const isHeld = ({ field, after }: FieldChange) => sameHeld(properties[field] ?? null, after, undefined);
    if (known === undefined || (!isHeld(known) && isHeld(change))) changes.set(change.field, change);
  }
  const kept = [...changes.values()];
  return {
    hubspot: Object.fromEntries(kept.map(({ field, after }) => [field, after])),
    salesforce: Object.fromEntries(kept.map(({ source, sourceValue }) => [source ?? '', sourceValue ?? null])),
  };
}
