import { gateFaultCode } from '../../../domain/gate/gate.ts';
import { isBlank } from '../../../domain/mapping/normalise.ts';
import type { CompiledMapping } from '../../../domain/mapping/types.ts';
import { type HubSpotRecord, idNames, personIdProperty } from '../../../domain/record.ts';
import { type KnownPair, keyOfRecord, type RelationLedger } from '../../../ports/ledger-relations.ts';
import type { Counter } from '../run-counts.ts';
import type { CompiledFilter } from './filter.ts';
import { type HubSpotBackfill, objectNames } from './objects.ts';
import type { Wanted } from './page.ts';

const idProperties: Readonly<Record<HubSpotBackfill, string>> = {
  contacts: personIdProperty,
  companies: idNames.company.property,
  deals: idNames.deal.property,
};

type Given = {
  ledger: Pick<RelationLedger, 'knownPairs'>;
  mapping: CompiledMapping;
  object: HubSpotBackfill;
  filter: CompiledFilter;
};

/**
 * Which records of a page need a look; all are counted by what became of them. Of most portals four contacts in five are below the gate and
 * were never handed over: nothing would happen to them, and what was just read says so. Whoever the ledger or an id of Salesforce's knows is
 * looked at all the same.
 */
export async function judgeHubSpot(
  { ledger, mapping, object, filter }: Given,
  records: readonly HubSpotRecord[],
  counter: Counter,
): Promise<Wanted[]> {
  const judged = records.map((record) => ({ record, code: skipCode(mapping, object, record, filter) }));
  const idle = judged.flatMap(({ record, code }) => (code !== null && !isFilter(code) ? [record] : []));
  const known = await ledger.knownPairs(idle.flatMap((record) => keysOf(object, record)));
  const isKnown = (record: HubSpotRecord) =>
    keysOf(object, record).some((key) => saysSomething(known.get(keyOfRecord(key))));
  const wanted: Wanted[] = [];
  const { object: name } = objectNames[object];
  for (const { record, code } of judged) {
    const skipped = code !== null && (isFilter(code) || !isKnown(record)) ? code : null;
    counter.add('listed', skipped ?? 'marked', record.id);
    if (skipped === null) wanted.push({ system: 'hubspot', object: name, recordId: record.id, record });
  }
  return wanted;
}

function isFilter(code: string): boolean {
  return code === 'filtered' || code === 'filter_fault';
}

/** Why nothing would happen to a record that nobody knows in Salesforce; null: it is to be looked at. Pure. */
function skipCode(
  mapping: CompiledMapping,
  object: HubSpotBackfill,
  { properties, updatedAtMs }: HubSpotRecord,
  filter: CompiledFilter,
): string | null {
  const answer = filter.decide(properties, updatedAtMs);
  if (answer !== 'wanted') return answer === 'fault' ? 'filter_fault' : 'filtered';
  if (!isBlank(properties[idProperties[object]])) return null;
  switch (object) {
    case 'contacts': {
      const { passes, code } = mapping.gate.decide(properties);
      // Where nobody knows whether it may pass, the look says so.
      return passes || code === gateFaultCode ? null : 'below_gate';
    }
    case 'companies':
      return mapping.company.createInSalesforce === 'never' ? 'not_wanted' : null;
    case 'deals':
      return isDealWanted(mapping, properties) ? null : 'not_wanted';
  }
}

function isDealWanted({ deal }: CompiledMapping, properties: HubSpotRecord['properties']): boolean {
  const { ignoredPipelines, ignoredStages } = deal.pipelines;
  if (deal.createInSalesforce === 'never') return false;
  return !ignoredPipelines.has(properties.pipeline ?? '') && !ignoredStages.has(properties.dealstage ?? '');
}

/** A record under its own id and under those that were merged into it. */
function keysOf(object: HubSpotBackfill, { id, mergedIds }: HubSpotRecord) {
  const kind = object === 'contacts' ? 'contact' : object === 'companies' ? 'company' : 'deal';
  return [id, ...mergedIds].map((recordId) => ({ object: kind, recordId }) as const);
}

/** A pair that leads nowhere, or that somebody else only names, says nothing. */
function saysSomething(known: (KnownPair & { failure: string | null }) | undefined): boolean {
  if (known === undefined) return false;
  const { counterpart, handedOver, tombstone, failure } = known;
  return counterpart !== null || handedOver || tombstone !== null || failure !== null;
}
