import type { Association, ContactRole, SystemName } from '../../domain/record.ts';
import { currencyField } from '../../domain/records/money-fields.ts';
import type { RecordMatches } from '../../domain/records/types.ts';
import { SyncError } from '../../errors.ts';
import { toVendorFault } from '../vendor-fault.ts';
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
 * field, and where it moves associations or roles, with these too; what changed meanwhile is to be looked at again.
 * @param goal which side is about to be written: before HubSpot, what we have just written to Salesforce is no change
 */
export async function keepRecordsFresh<Kind extends ReservedRecord>(
  dependencies: RecordDependencies,
  { spend }: RecordBatch,
  names: KindNames,
  looks: readonly Kind[],
  goal: SystemName,
): Promise<FreshRecords<Kind>> {
  const now = dependencies.clock.now();
  const old = looks.filter(({ readAtMs }) => now - readAtMs > tooOldMs);
  const aging = looks.filter((look) => now - look.readAtMs > freshMs && !old.includes(look));
  if (aging.length === 0) return { fresh: looks.filter((look) => !old.includes(look)), changed: old };
  const { hubspotProperties } = mappingOf(dependencies.mapping, names.kind);
  const fields = fieldsInPlay(dependencies.mapping, names, aging);
  const lookups = aging.flatMap(({ record, plan: { counterpart } }) =>
    counterpart === null ? [] : [{ key: record.id, externalIds: [], recordIds: [counterpart.id], domains: [] }],
  );
  const ids = aging.map(({ record }) => record.id);
  const [reads, partsOf, found] = await Promise.all([
    dependencies.hubspot.read(names.type, ids, hubspotProperties, spend),
    readParts(dependencies, { spend }, names, aging.filter(movesParts)),
    lookups.length === 0
      ? nothing
      : dependencies.salesforce.findRecords(names.object, lookups, fields, spend).catch(toVendorFault),
  ]);
  const same = new Set(
    aging.filter((look) => {
      const read = reads.get(look.record.id);
      if (read?.kind !== 'found') return false;
      const { properties } = read.record;
      if (hubspotProperties.some((name) => properties[name] !== look.record.properties[name])) return false;
      if (movesParts(look) && partsOf.get(look.record.id) !== associationsOf(look.associations)) return false;
      // What was not read is not known to be the same.
      return isSameThere(look, found instanceof SyncError ? undefined : found.get(look.record.id), goal);
    }),
  );
  const isFresh = (look: Kind) => !old.includes(look) && (!aging.includes(look) || same.has(look));
  return {
    fresh: looks.filter(isFresh).map((look) => (same.has(look) ? { ...look, readAtMs: now } : look)),
    changed: looks.filter((look) => !isFresh(look)),
  };
}

/** The mapped fields; the currency of Opportunities too where a plan moves it, which only orgs with several have. */
export function fieldsInPlay(
  mapping: RecordDependencies['mapping'],
  { kind }: KindNames,
  looks: readonly ReservedRecord[],
): readonly string[] {
  const { salesforceFields } = mappingOf(mapping, kind);
  const movesCurrency = looks.some(({ plan: { write, changes } }) => {
    return (
      changes.some(({ source }) => source === currencyField) ||
      write?.changes.some(({ field }) => field === currencyField)
    );
  });
  return movesCurrency ? [...salesforceFields, currencyField] : salesforceFields;
}

/** Whether a plan changes who takes part in a deal, on either side, or its company. */
function movesParts({ plan: { write, changes } }: ReservedRecord): boolean {
  return changes.some(isAssociation) || (write?.changes ?? []).some(isRole);
}

/** With whom deals are associated now; one that could not be read is left out: it is not known to be the same. */
async function readParts(
  { hubspot }: RecordDependencies,
  { spend }: Pick<RecordBatch, 'spend'>,
  { kind, type }: KindNames,
  looks: readonly ReservedRecord[],
): Promise<ReadonlyMap<string, string>> {
  if (kind !== 'deal' || looks.length === 0) return new Map();
  const ids = looks.map(({ record }) => record.id);
  const [contacts, companies] = await Promise.all([
    hubspot.associations(type, ids, 'contacts', spend),
    hubspot.associations(type, ids, 'companies', spend),
  ]);
  return new Map(
    ids.flatMap((id) => {
      const [own, others] = [contacts.get(id) ?? [], companies.get(id) ?? []];
      if (own instanceof SyncError || others instanceof SyncError) return [];
      return [[id, associationsOf([...own, ...others])] as const];
    }),
  );
}

/** As a text, whatever the order. */
function associationsOf(associations: readonly Association[]): string {
  const lines = associations.map(({ toObject, toId, labels, isPrimary }) =>
    JSON.stringify([toObject, toId, isPrimary, [...labels].sort()]),
  );
  return lines.sort().join();
}

function rolesOf(roles: readonly ContactRole[] = []): string {
  return roles
    .map(({ id, contactId, role, isPrimary }) => JSON.stringify([id, contactId, role, isPrimary]))
    .sort()
    .join();
}

const nothing: ReadonlyMap<string, RecordMatches> = new Map();

/**
 * Whether Salesforce still holds all that the plan relies on. Roles are passed over, as an answer by id does not hold them under the names
 * of a plan: one that sales changes in these seconds is overwritten.
 */
function isSameThere(look: ReservedRecord, matches: RecordMatches | undefined, goal: SystemName): boolean {
  const { plan } = look;
  if (plan.counterpart === null) return true;
  const { id } = plan.counterpart;
  const counterpart = matches?.byId.find((each) => each.id === id);
  if (counterpart === undefined || counterpart.isDeleted) return false;
  const overwritten = plan.write?.changes ?? [];
  // Roles that we have just written are as the answer told them.
  if (movesParts(look) && (goal === 'salesforce' || !overwritten.some(isRole))) {
    const read = [...look.matches.byId, ...look.matches.byExternalId].find((each) => each.id === id);
    if (rolesOf(counterpart.roles) !== rolesOf(read?.roles)) return false;
  }
  const written = new Set(overwritten.map(({ field }) => field));
  const asRead = [
    ...(goal === 'salesforce' ? overwritten : []),
    ...sourcesOf(plan.changes).filter(({ field }) => goal === 'salesforce' || !written.has(field)),
  ];
  return asRead.every(({ field, before }) => {
    const value = counterpart.fields[field];
    // By contact, and compared above.
    return isRole({ field }) || value === undefined || value === before;
  });
}

/** What is put back comes from the ledger, whatever the other side holds. */
function sourcesOf(changes: ReservedRecord['plan']['changes']) {
  return changes.flatMap(({ field, source, sourceValue = null, rule }) =>
    source === undefined || rule === 'revert' || isAssociation({ field })
      ? []
      : [{ field: source, before: sourceValue }],
  );
}
