import type { CompiledMapping, FieldRule } from '../../domain/mapping/types.ts';
import { ownerField, ownerProperty } from '../../domain/plan/owner.ts';
import type { Histories, PairKnowledge, PastChange } from '../../domain/plan/types.ts';
import type { FieldValue, HubSpotRecord, PersonObject, SalesforcePerson, SystemName } from '../../domain/record.ts';
import type { ChangeRow } from '../../ports/ledger-history.ts';

/** What one side holds of a field, and who changed it last as far as the CRM tells. `name` null: this side has no such field. */
type SideValue = {
  name: string | null;
  value: FieldValue;
  changedAtMs: number | null;
  changedBy: string | null;
  /** What that is known of: this field, or only its record, which others may have changed since. Null: nothing is known. */
  changeOf: 'field' | 'record' | null;
};

/** One mapped field with both sides. `rule`: who owns it now. */
export type PairField = { rule: FieldRule; frozen: boolean; hubspot: SideValue; salesforce: SideValue };

export type PairSides = {
  contact: HubSpotRecord;
  /** Null: nobody is paired, or Salesforce was not asked. */
  person: SalesforcePerson | null;
  pair: PairKnowledge | null;
  histories: Histories;
  /** What was written, the newest first. */
  written: readonly ChangeRow[];
  /** The Salesforce user that we write as; null: not known. */
  ourUserId: string | null;
};

/** Every mapped field, the owner included, as both sides hold it now. Pure. */
export function fieldsOfPair({ contact }: CompiledMapping, sides: PairSides): PairField[] {
  const object: PersonObject = sides.person?.object ?? sides.pair?.person?.object ?? contact.create;
  const phase = isHandedOver(sides.pair) ? 'after' : 'before';
  const mapped = contact.fields.map(({ hubspot, salesforce, rule }) =>
    toField(sides, hubspot, salesforce[object] ?? null, rule[phase]),
  );
  return [...mapped, toField(sides, ownerProperty, ownerField, contact.owner.rule[phase])];
}

/** The names of both sides, to ask for their past. */
export function namesOfPair({ contact }: CompiledMapping, object: PersonObject) {
  return {
    properties: [...contact.fields.map(({ hubspot }) => hubspot), ownerProperty],
    fields: [...contact.fields.flatMap(({ salesforce }) => salesforce[object] ?? []), ownerField],
  };
}

function isHandedOver(pair: PairKnowledge | null): boolean {
  return pair !== null && pair.handedOverAtMs !== null;
}

function toField(sides: PairSides, property: string, field: string | null, rule: FieldRule): PairField {
  const { contact, person, pair, histories } = sides;
  const past = field === null ? undefined : histories.salesforce[field];
  return {
    rule,
    frozen: pair?.frozen.some((one) => one.field === (one.system === 'hubspot' ? property : field)) ?? false,
    hubspot: ourNameOn(sides, 'hubspot', {
      name: property,
      value: contact.properties[property] ?? null,
      ...changeOf(histories.hubspot[property]),
    }),
    salesforce: ourNameOn(sides, 'salesforce', {
      name: field,
      value: field === null ? null : (person?.fields[field] ?? null),
      ...(past === undefined || past.length === 0
        ? lastChangeOf(field === null ? null : person, sides.ourUserId)
        : changeOf(past)),
    }),
  };
}

/** The CRMs' clocks and ours may differ, and an intent is stored before its call. */
const sameWriteMs = 600_000;

/** A CRM knows us by a number or as a user: a value that we wrote at that time, and nobody since, is told as ours. */
function ourNameOn({ written }: PairSides, system: SystemName, side: SideValue): SideValue {
  const { name, value, changedAtMs, changedBy, changeOf: of } = side;
  if (of !== 'field' || changedAtMs === null) return side;
  if (system === 'hubspot' && changedBy?.startsWith('INTEGRATION') !== true) return side;
  const last = written.find((one) => one.system === system && one.field === name && one.state === 'done');
  const isOurs = last?.after === value && Math.abs(last.atMs - changedAtMs) < sameWriteMs;
  return isOurs ? { ...side, changedBy: ourName } : side;
}

const ourName = 'Handoff';

type Change = Pick<SideValue, 'changedAtMs' | 'changedBy' | 'changeOf'>;

const unknown: Change = { changedAtMs: null, changedBy: null, changeOf: null };

function changeOf(past: readonly PastChange[] | undefined): Change {
  const [newest] = past ?? [];
  return newest === undefined ? unknown : { changedAtMs: newest.atMs, changedBy: newest.by, changeOf: 'field' };
}

/** Where an org keeps no history of the field, the record's own last change is all that is known: no later than that. */
function lastChangeOf(person: SalesforcePerson | null, ourUserId: string | null): Change {
  if (person === null) return unknown;
  const { modifiedAtMs, lastModifiedBy } = person;
  const isOurs = lastModifiedBy !== null && lastModifiedBy.id === ourUserId;
  return {
    changedAtMs: modifiedAtMs,
    changedBy: isOurs ? ourName : (lastModifiedBy?.name ?? null),
    changeOf: 'record',
  };
}
