import type { HubSpotRecord, SalesforceRecord } from '../../domain/record.ts';
import { SyncError } from '../../errors.ts';
import type { Spend } from '../../ports/budget.ts';
import type { AdminLedger } from '../../ports/ledger-admin.ts';
import type { RecordDependencies } from '../drain-records/dependencies.ts';
import { type KindNames, mappingOf } from '../drain-records/kinds.ts';

type Dependencies = Pick<RecordDependencies, 'hubspot' | 'salesforce' | 'mapping'> & {
  ledger: Pick<RecordDependencies['ledger'], 'recordsOf' | 'knownRecords'> &
    Pick<AdminLedger, 'history' | 'personDecision'>;
};

/** How the ids of each kind begin in Salesforce, in both their forms. */
const counterpartIds = {
  company: /^001[a-zA-Z0-9]{12}([a-zA-Z0-9]{3})?$/,
  deal: /^006[a-zA-Z0-9]{12}([a-zA-Z0-9]{3})?$/,
} as const;

/** The company or deal as HubSpot has it; null: HubSpot no longer has it, and nobody knows whether it ever had. */
export type FoundRecord = { id: string; record: HubSpotRecord | null };

/**
 * Reads the company or deal that is meant. An id that HubSpot does not know leads to the record that the ledger saw it merged into.
 * @param named its HubSpot id, or the id of its Account or Opportunity
 * @throws SyncError permanent `record_not_found` | `record_not_paired`; whatever the CRMs and the ledger answer
 */
export async function findRecord(
  dependencies: Dependencies,
  names: KindNames,
  named: string,
  spend: Spend,
): Promise<FoundRecord> {
  const given = named.trim();
  const isCounterpart = counterpartIds[names.kind].test(given);
  const id = isCounterpart ? await recordIdOf(dependencies, names, given, spend) : given;
  const record = await readRecord(dependencies, names, id, spend);
  if (record !== null) return { id: record.id, record };
  const survivorId = await survivorOf(dependencies, names, id);
  const survivor = survivorId === null ? null : await readRecord(dependencies, names, survivorId, spend);
  return survivor === null ? { id, record: null } : { id: survivor.id, record: survivor };
}

async function readRecord(
  { hubspot, mapping }: Dependencies,
  { kind, type }: KindNames,
  id: string,
  spend: Spend,
): Promise<HubSpotRecord | null> {
  const read = (await hubspot.read(type, [id], mappingOf(mapping, kind).hubspotProperties, spend)).get(id);
  if (read?.kind === 'error') throw read.error;
  return read === undefined || read.kind === 'missing' ? null : read.record;
}

/** The living record of the pair that this id leads to, where it is another one. */
async function survivorOf({ ledger }: Dependencies, { kind }: KindNames, id: string): Promise<string | null> {
  const { person } = await ledger.history(id, kind);
  const found = person === null ? undefined : (await ledger.recordsOf([person.id])).get(person.id);
  return found === undefined || found.object !== kind || found.recordId === id ? null : found.recordId;
}

/** The pair's record, else the one whose id the Account or Opportunity carries. */
async function recordIdOf(
  { salesforce, ledger, mapping }: Dependencies,
  { kind, object }: KindNames,
  id: string,
  spend: Spend,
): Promise<string> {
  const lookup = { key: id, externalIds: [], recordIds: [id], domains: [] };
  const found = (await salesforce.findRecords(object, [lookup], mappingOf(mapping, kind).salesforceFields, spend)).get(
    id,
  );
  const records = found?.byId ?? [];
  const known = await ledger.knownRecords([...new Set([id, ...records.map((record) => record.id)])]);
  const paired = [...known.values()].find(({ recordId }) => recordId !== null)?.recordId;
  const recordId = paired ?? carriedBy(records);
  if (recordId != null) return recordId;
  const [record] = records;
  if (record === undefined) throw notFound(kind);
  const decision = await ledger.personDecision({ object, id: record.id });
  throw notPaired(
    object,
    kind,
    decision === null ? 'Nobody has looked at it yet.' : `${decision.text} [${decision.code}]`,
  );
}

/** What became of a record that was deleted is told by the one that it was. */
function carriedBy(records: readonly SalesforceRecord[]): string | null {
  const carrying = records.filter(({ externalId }) => externalId !== null && externalId !== '');
  return (carrying.find(({ isDeleted }) => !isDeleted) ?? carrying[0])?.externalId ?? null;
}

/** Neither HubSpot nor the ledger knows what that means. */
export function notFound(kind: KindNames['kind']): SyncError {
  return new SyncError('permanent', 'record_not_found', `HubSpot has no such ${kind}.`, {
    advice: 'Give the id from the address of the record in HubSpot, or the id of its Account or Opportunity.',
  });
}

function notPaired(object: string, kind: string, decision: string): SyncError {
  return new SyncError('permanent', 'record_not_paired', `This ${object} is paired with no ${kind}. ${decision}`, {
    advice:
      'Accounts and Opportunities become companies and deals as create_in_hubspot says in companies.yaml and deals.yaml.',
  });
}
