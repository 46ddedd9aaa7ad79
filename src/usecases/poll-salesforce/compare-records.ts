import type { FieldType } from '../../domain/mapping/types.ts';
import { ownerField } from '../../domain/merge/owner.ts';
import type { HubSpotKey } from '../../domain/plan/types.ts';
import {
  type CounterpartObject,
  type FieldValues,
  primaryRoleKey,
  roleKey,
  type SalesforceRecord,
  unlabelled,
} from '../../domain/record.ts';
import { currencyField } from '../../domain/records/money-fields.ts';
import { roleFields } from '../../domain/records/role-fields.ts';
import type { Mark } from '../../ports/ledger-claim.ts';
import type { KnownRecord } from '../../ports/ledger-relations.ts';
import type { ChangePage } from '../../ports/salesforce.ts';
import { kindOfObject, mappingOf } from '../drain-records/kinds.ts';
import { hasMoved } from '../has-moved.ts';
import type { PollContext } from './dependencies.ts';
import { rowOfDeleted, rowOfRecord, rowOfRole, type SeenRow } from './seen-rows.ts';

type Compared = { marks: readonly Mark[]; rows: readonly SeenRow[]; deleted: readonly Mark[] };

/**
 * The marks of a page of Accounts or Opportunities: companies and deals whose counterpart is not as the ledger has it, Opportunities that no
 * pair knows, and the contacts in the roles of Opportunities whose stage or roles have changed.
 */
export async function compareRecords(
  context: PollContext,
  page: ChangePage,
  isSettling: (stampMs: number) => boolean,
): Promise<Compared> {
  const { ledger, seen } = context;
  const known = await ledger.knownRecords([...page.records.map(({ id }) => id), ...page.deletedIds]);
  const settled = page.records.filter((record) => {
    return !isSettling(record.modifiedAtMs) || !isAtWork(record, known.get(record.id));
  });
  const fresh = settled.filter((record) => !seen.has(rowOfRecord(record)) || !seen.has(rowOfStage(record)));
  const persons = fresh.flatMap(({ roles }) => roles.map(({ contactId }) => contactId));
  const records = persons.length === 0 ? new Map<string, HubSpotKey>() : await ledger.recordsOf([...new Set(persons)]);
  const contactOf = new Map(
    [...records].flatMap(([id, { object, recordId }]) => (object === 'contact' ? [[id, recordId] as const] : [])),
  );
  const given = { typeOf: await typesFor(context, fresh, known.size), contactOf };
  const marks = new Map<string, Mark>();
  const rows: SeenRow[] = [];
  const add = (found: readonly Mark[], row: SeenRow) => {
    if (found.length === 0 || seen.has(row)) return;
    for (const mark of found) marks.set(`${mark.object} ${mark.recordId}`, mark);
    rows.push(row);
  };
  for (const record of fresh) {
    const pair = known.get(record.id);
    add(marksOf(context, record, pair, given), rowOfRecord(record));
    const isComing = pair === undefined && isWanted(context) && !record.isDeleted && isSettling(record.modifiedAtMs);
    // The deal that it is about to become tells its contacts.
    if (!isComing && saysOfStage(record, pair, given)) add(contactsIn(record, given), rowOfStage(record));
  }
  const gone = page.deletedIds.map((id) => ({ row: rowOfDeleted(id), marks: markOfDeleted(context, known.get(id)) }));
  const news = gone.filter(({ row, marks: found }) => found.length > 0 && !seen.has(row));
  rows.push(...news.map(({ row }) => row));
  return { marks: [...marks.values()], rows, deleted: news.flatMap(({ marks: found }) => found) };
}

/** Whether it is being written by ourselves: one that carries an id of ours and that no pair knows yet is as a rule our own create. */
function isAtWork({ object, externalId }: SalesforceRecord, known: KnownRecord | undefined): boolean {
  return known === undefined
    ? object === 'Opportunity' && externalId !== null && externalId !== ''
    : known.isBusy === true;
}

type Given = {
  typeOf(object: CounterpartObject, field: string): FieldType | undefined;
  contactOf: ReadonlyMap<string, string>;
};

function marksOf(context: PollContext, record: SalesforceRecord, known: KnownRecord | undefined, given: Given): Mark[] {
  const { kind } = kindOfObject(record.object);
  if (known === undefined) {
    const isBorn = kind === 'deal' && isWanted(context) && !record.isDeleted;
    return isBorn ? [toMark('salesforce', 'Opportunity', record.id)] : [];
  }
  if (!mappingOf(context.mapping, kind).isOn || known.recordId === null) return [];
  return isWorthALook(context, record, known, given) ? [toMark('hubspot', kind, known.recordId)] : [];
}

/** Whether Opportunities that no pair knows become deals. */
function isWanted({ mapping: { deal } }: Pick<PollContext, 'mapping'>): boolean {
  return deal.isOn && deal.createInHubSpot !== 'never';
}

/** What was told to the contacts in its roles. */
function rowOfStage(record: SalesforceRecord): SeenRow {
  const row = rowOfRecord(record);
  return { ...row, key: `stage ${row.key}` };
}

function contactsIn({ roles }: SalesforceRecord, { contactOf }: Given): Mark[] {
  return roles.flatMap(({ contactId }) => {
    const recordId = contactOf.get(contactId);
    return recordId === undefined ? [] : [toMark('hubspot', 'contact', recordId)];
  });
}

/** Whether the contacts in its roles may be in another stage now: of an Opportunity that is a deal's only its stage and its end tell. */
function saysOfStage(
  { object, fields, isDeleted }: SalesforceRecord,
  known: KnownRecord | undefined,
  { typeOf }: Given,
) {
  if (object !== 'Opportunity') return false;
  if (known === undefined || isDeleted) return true;
  return hasMoved(fields.StageName, known.base?.StageName, typeOf(object, 'StageName'));
}

/** Whether Salesforce holds something else than what both sides agreed on last. */
function isWorthALook({ mapping }: PollContext, record: SalesforceRecord, known: KnownRecord, given: Given): boolean {
  if (known.tombstone === 'erased' || known.status === 'erased' || known.status === 'reserved') return false;
  const isGone = record.isDeleted || record.masterRecordId !== null;
  if (known.status !== 'live') return !isGone;
  if (isGone) return known.tombstone !== 'person_deleted';
  if (known.tombstone === 'person_deleted' || record.externalId !== known.recordId) return true;
  const { salesforceFields, fields, owner } = mappingOf(mapping, kindOfObject(record.object).kind);
  const unheeded = new Set(
    fields.filter(({ rule }) => rule.after === 'never').flatMap(({ salesforce }) => salesforce[record.object] ?? []),
  );
  if (owner.rule.after === 'never') unheeded.add(ownerField);
  const base = known.base ?? {};
  const differs = (field: string) => hasMoved(record.fields[field], base[field], given.typeOf(record.object, field));
  // The currency was read where the org has several.
  const compared = record.object === 'Opportunity' ? [...salesforceFields, currencyField] : salesforceFields;
  if (compared.some((field) => !unheeded.has(field) && differs(field))) return true;
  return record.object === 'Opportunity' && rolesDiffer(record, base, given);
}

/** Roles by their contacts, those of the base that are gone among them. Who is primary is compared where a label stands for it. */
function rolesDiffer(record: SalesforceRecord, base: FieldValues, { contactOf }: Given): boolean {
  const prefix = roleKey('');
  const agreed = Object.keys(base).filter((name) => name.startsWith(prefix) && name !== primaryRoleKey);
  const present = record.roles.flatMap(({ contactId }) => contactOf.get(contactId) ?? []);
  const ids = new Set([...agreed.map((name) => name.slice(prefix.length)), ...present]);
  const { [primaryRoleKey]: primary, ...roles } = roleFields(record, contactOf, ids);
  const isPrimaryCompared = base[primaryRoleKey] !== undefined;
  if (isPrimaryCompared && hasMoved(primary, base[primaryRoleKey], undefined)) return true;
  return Object.entries(roles).some(([name, value]) => hasMoved(value, base[name], undefined));
}

function markOfDeleted({ mapping }: PollContext, known: KnownRecord | undefined): Mark[] {
  if (known === undefined || known.recordId === null || known.status !== 'live' || known.tombstone !== null) return [];
  const { kind } = kindOfObject(known.object);
  return mappingOf(mapping, kind).isOn ? [toMark('hubspot', kind, known.recordId)] : [];
}

/** The deals of roles that somebody deleted: Salesforce tells no more than their ids. */
export async function dealsOfDeleted(context: PollContext, { deletedIds }: ChangePage): Promise<Mark[]> {
  if (deletedIds.length === 0) return [];
  const known = await context.ledger.knownRecords(deletedIds);
  return [...known.values()].flatMap((pair) => markOfDeleted(context, pair));
}

type ComparedRoles = { marks: readonly Mark[]; rows: readonly SeenRow[]; news: ChangePage['roles'] };

/**
 * The deals of roles that were added, changed or taken away, and the roles that say something new: one that is as its deal has it, such as one
 * that we wrote ourselves, tells its contact nothing. Neither does yet one of an Opportunity that is about to become a deal. One that no pair
 * knows is looked at for a role's sake, too: a role leaves the Opportunity's own stamp as it is, and may be what links it.
 */
export async function compareRoles(
  context: PollContext,
  { source, roles }: ChangePage,
  isSettling: (stampMs: number) => boolean,
): Promise<ComparedRoles> {
  const { ledger, mapping, seen } = context;
  if (!mapping.deal.isOn || roles.length === 0) return { marks: [], rows: [], news: roles };
  const [known, records] = await Promise.all([
    ledger.knownRecords([...new Set(roles.map(({ opportunityId }) => opportunityId))]),
    ledger.recordsOf([...new Set(roles.map(({ contactId }) => contactId))]),
  ]);
  const marks = new Map<string, Mark>();
  const rows: SeenRow[] = [];
  const news = roles.filter((change) => {
    const { opportunityId, contactId, role, isDeleted, atMs } = change;
    const pair = known.get(opportunityId);
    if (isSettling(atMs) && (pair === undefined ? isWanted(context) : pair.isBusy === true)) return false;
    const row = rowOfOpportunity(source, change);
    if (pair === undefined && isWanted(context) && !isDeleted && !seen.has(row)) {
      marks.set(opportunityId, toMark('salesforce', 'Opportunity', opportunityId));
      rows.push(row);
    }
    const contact = records.get(contactId);
    if (pair?.recordId == null || pair.status !== 'live' || pair.tombstone !== null) return true;
    if (contact?.object !== 'contact') return true;
    const value = isDeleted ? null : (role ?? unlabelled);
    const isNew = hasMoved(value, pair.base?.[roleKey(contact.recordId)] ?? null, undefined);
    if (isNew) marks.set(pair.recordId, toMark('hubspot', 'deal', pair.recordId));
    return isNew;
  });
  return { marks: [...marks.values()], rows, news };
}

/** What a role told its Opportunity. */
function rowOfOpportunity(source: string, role: ChangePage['roles'][number]): SeenRow {
  const row = rowOfRole(source, role);
  return { ...row, key: `opportunity ${row.key}` };
}

function toMark(system: Mark['system'], object: string, recordId: string): Mark {
  return { system, object, recordId, priority: 2, source: 'salesforce' };
}

/** Field types cost calls of their own now and then: an idle round does without. */
async function typesFor({ facts, spend }: PollContext, records: readonly SalesforceRecord[], known: number) {
  if (records.length === 0 || known === 0) return () => undefined;
  const { fieldFacts } = await facts(spend);
  return (object: CounterpartObject, field: string) => fieldFacts(object, field)?.type;
}
