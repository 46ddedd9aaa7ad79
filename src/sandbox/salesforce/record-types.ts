import { recordError } from './fault.ts';
import { reference } from './field-kit.ts';
import type { Org } from './org.ts';
import type { PicklistValue, RecordError, SfRecord, WriteContext } from './types.ts';

/** What every object has where nobody made a record type, or none is said. */
export const MASTER_RECORD_TYPE = '012000000000000AAA';

export type RecordTypeObject = 'Opportunity' | 'Account';

export type NewRecordType = {
  developerName: string;
  name?: string;
  /** The stages of its sales process, by API name; left out: all of them. */
  stages?: readonly string[];
  isActive?: boolean;
  /** Whether the integration user's profile or permission sets assign it; a person may use every one. */
  isAvailable?: boolean;
  /** What the integration user's records get that name none. */
  isDefault?: boolean;
};

/** What the rows of `RecordType` do not say. */
export type RecordTypeRights = { isAvailable: boolean; isDefault: boolean; stages: readonly string[] | undefined };

/** Makes a record type, and with the first of an object its field RecordTypeId: before, that column does not exist. Answers its id. */
export function addRecordType(org: Org, type: RecordTypeObject, made: NewRecordType): string {
  if (findRecordType(org, type, made.developerName) !== undefined) {
    throw new Error(`${type} has a record type ${made.developerName}`);
  }
  if (org.schema.field(type, 'RecordTypeId') === undefined) {
    org.schema.addField(type, reference('RecordTypeId', ['RecordType'], 'RecordType', { label: 'Record Type ID' }));
  }
  const Id = org.store.nextId('RecordType');
  const { developerName: DeveloperName, name: Name = DeveloperName } = made;
  org.store.put('RecordType', { Id, Name, DeveloperName, SobjectType: type, IsActive: made.isActive ?? true });
  const { isAvailable = true, isDefault = false, stages } = made;
  org.recordTypes.set(Id, { isAvailable, isDefault, stages });
  return Id;
}

/** Changes a record type found by its developer name. Throws where there is none. */
export function changeRecordType(
  org: Org,
  type: RecordTypeObject,
  developerName: string,
  change: Partial<Omit<NewRecordType, 'developerName'>>,
): void {
  const row = findRecordType(org, type, developerName);
  const rights = row === undefined ? undefined : org.recordTypes.get(row.Id);
  if (row === undefined || rights === undefined) throw new Error(`no record type ${developerName}`);
  org.store.put('RecordType', {
    ...row,
    Name: change.name ?? row.Name ?? null,
    IsActive: change.isActive ?? row.IsActive ?? true,
  });
  const { isAvailable = rights.isAvailable, isDefault = rights.isDefault, stages = rights.stages } = change;
  org.recordTypes.set(row.Id, { isAvailable, isDefault, stages });
}

function findRecordType(org: Org, type: string, developerName: string): SfRecord | undefined {
  return recordTypesOf(org, type).find((row) => row.DeveloperName === developerName);
}

export function recordTypesOf(org: Org, type: string): SfRecord[] {
  return [...org.store.all('RecordType')].filter((row) => row.SobjectType === type);
}

/** The record type that a new record of this user gets where the body names none. */
export function defaultRecordType(org: Org, type: string): string | undefined {
  return recordTypesOf(org, type).find((row) => org.recordTypes.get(row.Id)?.isDefault === true)?.Id;
}

/** The values of a picklist that a record type offers: the active ones, of a stage only those of its sales process. */
export function valuesFor(org: Org, recordTypeId: string, field: string, values: readonly PicklistValue[]) {
  const active = values.filter((item) => item.active);
  const stages = field === 'StageName' ? org.recordTypes.get(recordTypeId)?.stages : undefined;
  return stages === undefined ? active : active.filter(({ value }) => stages.includes(value));
}

/**
 * Refuses a record type that the user may not use, that is not active or belongs to another object, and, where the org restricts the picklist,
 * a stage outside the sales process. Code, text and field as seen in public error logs; an unrestricted picklist takes any value.
 */
export function checkRecordType(
  org: Org,
  type: string,
  next: SfRecord,
  before: SfRecord | undefined,
  context: WriteContext,
): RecordError[] {
  const id = next.RecordTypeId;
  if (typeof id !== 'string') return [];
  const row = org.store.get('RecordType', id);
  const mayUse = context.isHuman || org.recordTypes.get(id)?.isAvailable === true;
  if (id !== before?.RecordTypeId && (row?.SobjectType !== type || row.IsActive !== true || !mayUse)) {
    const message = `Record Type ID: this ID value isn't valid for the user: ${id}`;
    return [recordError('INVALID_CROSS_REFERENCE_KEY', message, ['RecordTypeId'])];
  }
  return type === 'Opportunity' ? checkStage(org, id, next, before) : [];
}

function checkStage(org: Org, id: string, next: SfRecord, before: SfRecord | undefined): RecordError[] {
  const stages = org.recordTypes.get(id)?.stages;
  const isRestricted = org.behaviour.restrictsStages || org.schema.field('Opportunity', 'StageName')?.isRestricted;
  if (!isRestricted || stages === undefined || stages.includes(String(next.StageName))) return [];
  if (before?.StageName === next.StageName && before?.RecordTypeId === id) return [];
  const message = `Stage: bad value for restricted picklist field: ${next.StageName}`;
  return [recordError('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, ['StageName'])];
}

/** `recordTypeInfos` of describe: every record type, what this user may use, and the master. */
export function describeRecordTypes(org: Org, type: string, version: string): Record<string, unknown>[] {
  const rows = recordTypesOf(org, type).map((row) => {
    const rights = org.recordTypes.get(row.Id);
    const isUsable = row.IsActive === true && rights?.isAvailable === true;
    return {
      active: row.IsActive === true,
      available: isUsable,
      defaultRecordTypeMapping: rights?.isDefault === true,
      developerName: row.DeveloperName,
      master: false,
      name: row.Name,
      recordTypeId: row.Id,
      urls: layoutUrls(version, type, row.Id),
    };
  });
  const master = {
    active: true,
    available: true,
    defaultRecordTypeMapping: rows.every((row) => !row.defaultRecordTypeMapping),
    developerName: 'Master',
    master: true,
    name: 'Master',
    recordTypeId: MASTER_RECORD_TYPE,
    urls: layoutUrls(version, type, MASTER_RECORD_TYPE),
  };
  return [...rows, master];
}

function layoutUrls(version: string, type: string, id: string): Record<string, string> {
  return { layout: `/services/data/v${version}/sobjects/${type}/describe/layouts/${id}` };
}
