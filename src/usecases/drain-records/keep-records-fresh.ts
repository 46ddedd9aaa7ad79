import { toSyncError } from '../../errors.ts';
import type { RecordDependencies } from './dependencies.ts';
import { type KindNames, mappingOf } from './kinds.ts';
import { isAssociation, isRole } from './pseudo-fields.ts';
import type { RecordBatch, ReservedRecord } from './record-look.ts';

/** What was read is read again before it is written by, when it is older than this. */
const freshMs = 5_000;

/** Beyond this age both sides are to be read anew: a process that slept, not a CRM that was slow. */
const tooOldMs = 60_000;

export type FreshRecords<Kind> = { fresh: readonly Kind[]; changed: readonly Kind[] };

/**
 * Makes sure that nothing is written by old data: a look that a slow CRM or database has aged is compared with both sides once more, field by
 * field; what changed meanwhile is to be looked at again.
 */
export async function keepRecordsFresh<Kind extends ReservedRecord>(
  dependencies: RecordDependencies,
  { spend }: RecordBatch,
  names: KindNames,
  looks: readonly Kind[],
): Promise<FreshRecords<Kind>> {
  const now = dependencies.clock.now();
  const old = looks.filter(({ readAtMs }) => now - readAtMs > tooOldMs);
  const aging = looks.filter((look) => now - look.readAtMs > freshMs && !old.includes(look));
  if (aging.length === 0) return { fresh: looks.filter((look) => !old.includes(look)), changed: old };
  const { hubspotProperties, salesforceFields } = mappingOf(dependencies.mapping, names.kind);
  const lookups = aging.flatMap(({ record, plan: { counterpart } }) =>
    counterpart === null ? [] : [{ key: record.id, externalIds: [], recordIds: [counterpart.id], domains: [] }],
  );
  const ids = aging.map(({ record }) => record.id);
  const [reads, found] = await Promise.all([
    dependencies.hubspot.read(names.type, ids, hubspotProperties, spend),
    lookups.length === 0
      ? new Map()
      : dependencies.salesforce.findRecords(names.object, lookups, salesforceFields, spend).catch(toSyncError),
  ]);
  const isSame = ({ record, plan }: Kind) => {
    const read = reads.get(record.id);
    if (read?.kind !== 'found') return false;
    const held = read.record.properties;
    if (hubspotProperties.some((name) => held[name] !== record.properties[name])) return false;
    if (plan.counterpart === null) return true;
    const { id } = plan.counterpart;
    const matches = found instanceof Map ? found.get(record.id)?.byId : undefined;
    const counterpart = matches?.find((each: { id: string }) => each.id === id);
    if (counterpart === undefined || counterpart.isDeleted) return false;
    const asRead = [
      ...(plan.write?.changes ?? []).map(({ field, before }) => ({ field, before })),
      ...sourcesOf(plan.changes),
    ];
    return asRead.every(({ field, before }) => {
      const value = counterpart.fields[field];
      return isRole({ field }) || value === undefined || value === before;
    });
  };
  const same = new Set(aging.filter(isSame));
  const isFresh = (look: Kind) => !old.includes(look) && (!aging.includes(look) || same.has(look));
  return {
    fresh: looks.filter(isFresh).map((look) => (same.has(look) ? { ...look, readAtMs: now } : look)),
    changed: looks.filter((look) => !isFresh(look)),
  };
}

function sourcesOf(changes: ReservedRecord['plan']['changes']) {
  return changes.flatMap(({ field, source, sourceValue = null }) =>
    source === undefined || isAssociation({ field }) ? [] : [{ field: source, before: sourceValue }],
  );
}
