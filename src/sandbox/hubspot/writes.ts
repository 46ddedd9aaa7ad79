import { refreshCalculated } from './calculated.ts';
import { findStageFaults, toDealDefaults, toStageConsequences } from './deals.ts';
import { isBackward, STAGE_PROPERTY, toStageDates } from './lifecycle.ts';
import { refreshNeighbours } from './links.ts';
import type { Author, ObjectType, RecordState, SandboxRecord } from './model.ts';
import { CALCULATED, remember, SINGULAR } from './model.ts';
import type { Portal } from './portal.ts';
import { badRequest, contactExists, invalidValues, Refusal, type ValueFault } from './refusal.ts';
import { checkValues } from './values.ts';

type Values = Readonly<Record<string, string>>;

/** One of these must be set on create (contacts, companies and deals guides). */
const NEEDED: Record<ObjectType, { names: readonly string[]; all: boolean }> = {
  contacts: { names: ['email', 'firstname', 'lastname'], all: false },
  companies: { names: ['name', 'domain'], all: false },
  deals: { names: ['dealname', 'dealstage'], all: true },
};

/** What the API writes: our own app, by its id. */
export function toAppAuthor(portal: Portal): Author {
  return { changeSource: 'INTEGRATION', sourceId: String(portal.settings.appId) };
}

/** Why a create cannot be, or `undefined`. */
export function findMissing(type: ObjectType, values: Values): Refusal | undefined {
  const { names, all } = NEEDED[type];
  const isSet = (name: string) => (values[name] ?? '') !== '';
  if (all ? names.every(isSet) : names.some(isSet)) return undefined;
  return badRequest(`Error creating ${SINGULAR[type]}. Required properties: ${names.join(all ? ' and ' : ' or ')}.`);
}

/**
 * The refusal for the first unique value that another living record holds, or `undefined`. Emails of contacts count with the secondary
 * ones of others (contacts guide).
 */
export function findConflict(
  portal: Portal,
  type: ObjectType,
  values: Values,
  self?: SandboxRecord,
): Refusal | undefined {
  for (const property of portal.properties.unique(type)) {
    const value = values[property];
    if (value === undefined || value === '') continue;
    const holder = portal.stores[type].findUnique(property, value);
    if (holder === undefined || holder === self) continue;
    return toConflict(portal, type, property, holder.id);
  }
  return undefined;
}

function toConflict(portal: Portal, type: ObjectType, property: string, holderId: string): Refusal {
  if (type === 'contacts' && property === 'email') return contactExists(holderId);
  if (portal.settings.uniqueConflict === 'validation') {
    const message = `Another object already has that value for the property "${property}": ${holderId}`;
    return invalidValues([{ name: property, code: 'CONFLICTING_UNIQUE_VALUE', message }], portal.settings.portalId);
  }
  const message = `${SINGULAR[type]} with that ${property} already exists. Existing ID: ${holderId}`;
  return new Refusal(409, { message, category: 'CONFLICT' });
}

/** Faults that only show against the record: the lifecycle rule where the portal refuses a backward move, a stage outside its pipeline. */
export function findStateFaults(
  portal: Portal,
  type: ObjectType,
  values: Values,
  record?: SandboxRecord,
): ValueFault[] {
  const stage = values.lifecyclestage;
  if (
    record !== undefined &&
    stage !== undefined &&
    portal.settings.backwardStage === 'reject' &&
    isBackward(portal, record, stage)
  ) {
    return [
      {
        name: 'lifecyclestage',
        code: 'INVALID_LIFECYCLE_STAGE',
        message: `${stage} is before the present lifecycle stage`,
      },
    ];
  }
  return type === 'deals' ? findStageFaults(portal, values, record) : [];
}

/** Checks all values of one write; throws the 400 of the first request that is refused. */
export function requireValid(
  portal: Portal,
  type: ObjectType,
  properties: Values,
  record?: SandboxRecord,
): Record<string, string> {
  const { values, faults } = checkValues(portal, type, properties);
  const all = [...faults, ...findStateFaults(portal, type, values, record)];
  if (all.length > 0) throw invalidValues(all, portal.settings.portalId);
  return values;
}

/** The values of a new record: an empty one is no value. */
export function withoutEmpty(values: Values): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  return kept;
}

/** Stores a new record from checked values and emits its creation and a propertyChange per value, at the same instant. */
export function createRecord(portal: Portal, type: ObjectType, checked: Values, author: Author): SandboxRecord {
  const at = portal.now();
  const defaults = type === 'deals' ? toDealDefaults(portal, checked, author, at) : {};
  const values = withoutEmpty({ ...checked, ...defaults });
  const stored = { ...values, ...toStageDates(undefined, values[STAGE_PROPERTY[type]] ?? '', at) };
  const record = portal.stores[type].add(stored, author, at);
  portal.emit({ kind: 'creation', type, recordId: record.id, at, author });
  for (const [property, value] of Object.entries(values)) {
    portal.emit({ kind: 'propertyChange', type, recordId: record.id, at, author, property, value });
  }
  refreshCalculated(portal, record, at, false);
  return record;
}

function isPerson({ changeSource }: Author): boolean {
  return changeSource === 'CRM_UI' || changeSource === 'CRM_UI_BULK_ACTION';
}

/** A leading `;` adds to a multiple choice instead of replacing it (properties guide). */
function toNextValue(portal: Portal, record: SandboxRecord, name: string, value: string): string {
  if (!value.startsWith(';') || portal.properties.get(record.type, name)?.fieldType !== 'checkbox') return value;
  const present = record.state.values[name]?.split(';') ?? [];
  return [...new Set([...present, ...value.split(';').filter((part) => part !== '')])].join(';');
}

/**
 * Writes checked values. Every write moves the modification time, changed or not; only changed values get an event and a history
 * entry. A backward lifecycle stage is dropped without a word where the portal ignores it, unless a person drags it (lifecycle stage article:
 * what an app, a workflow or an import sets goes forward only).
 */
export function updateRecord(portal: Portal, record: SandboxRecord, given: Values, author: Author): void {
  const at = Math.max(portal.now(), record.state.updatedAt);
  const before = record.state;
  const isDeal = record.type === 'deals';
  const checked = isDeal ? { ...given, ...toStageConsequences(portal, before.values, given, author, at) } : given;
  const next: Record<string, string> = { ...before.values };
  const changes: [string, string][] = [];
  for (const [name, written] of Object.entries(checked)) {
    const value = toNextValue(portal, record, name, written);
    if (value === (before.values[name] ?? '')) continue;
    if (
      name === 'lifecyclestage' &&
      !isPerson(author) &&
      portal.settings.backwardStage === 'ignore' &&
      isBackward(portal, record, value)
    )
      continue;
    changes.push([name, value]);
    if (value === '') delete next[name];
    else next[name] = value;
    if (name === STAGE_PROPERTY[record.type]) {
      const dates = toStageDates(before.values[name], value, at);
      Object.assign(next, dates);
      for (const [date, instant] of Object.entries(dates))
        remember(record, date, { value: instant, at, author: CALCULATED });
    }
    remember(record, name, { value, at, author });
  }
  const state: RecordState = { values: next, updatedAt: at, archived: before.archived };
  portal.stores[record.type].setState(record, state);
  for (const [property, value] of changes) {
    portal.emit({ kind: 'propertyChange', type: record.type, recordId: record.id, at, author, property, value });
  }
  if (isDeal) refreshCalculated(portal, record, at, false);
}

/** Puts a record into the recycle bin. */
export function archiveRecord(portal: Portal, record: SandboxRecord, author: Author): void {
  const at = Math.max(portal.now(), record.state.updatedAt);
  record.archivedAt = at;
  portal.stores[record.type].setState(record, { ...record.state, archived: true, updatedAt: at });
  portal.emit({ kind: 'deletion', type: record.type, recordId: record.id, at, author });
  refreshNeighbours(portal, record.type, record.id, at);
}

/** Takes a record out of the recycle bin; only people can, there is no API for it. */
export function restoreRecord(portal: Portal, record: SandboxRecord, author: Author): void {
  const at = Math.max(portal.now(), record.state.updatedAt);
  delete record.archivedAt;
  portal.stores[record.type].setState(record, { ...record.state, archived: false, updatedAt: at });
  portal.emit({ kind: 'restore', type: record.type, recordId: record.id, at, author });
  refreshCalculated(portal, record, at, false);
  refreshNeighbours(portal, record.type, record.id, at);
}
