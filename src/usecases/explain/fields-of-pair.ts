import { sameValue } from '../../domain/mapping/normalise.ts';
import type { FieldRule } from '../../domain/mapping/types.ts';
import type { Histories, PairKnowledge, PastChange } from '../../domain/plan/types.ts';
import {
  type FieldValue,
  type FieldValues,
  type HubSpotRecord,
  primaryContactKey,
  type SalesforceObject,
  type SalesforcePerson,
  type SalesforceReference,
  type SystemName,
} from '../../domain/record.ts';
import type { ChangeRow } from '../../ports/ledger-history.ts';
import type { FieldLine } from '../field-lines.ts';

/** What one side holds of a field, and who changed it last as far as the CRM tells. `name` null: this side has no such field. */
type SideValue = {
  name: string | null;
  value: FieldValue;
  changedAtMs: number | null;
  changedBy: string | null;
  /** What that is known of: this field, or only its record, which others may have changed since. Null: nothing is known. */
  changeOf: 'field' | 'record' | null;
};

/** One mapped field with both sides. `rule`: who owns it now. `held`: the revert that put it back, as long as nobody has changed it since. */
export type PairField = {
  rule: FieldRule;
  frozen: boolean;
  held: string | null;
  hubspot: SideValue;
  salesforce: SideValue;
};

/** What was read of the Salesforce side: a Lead, a Contact, an Account or an Opportunity. */
type CounterpartSide = {
  object: SalesforceObject;
  fields: FieldValues;
  modifiedAtMs: number;
  lastModifiedBy: SalesforcePerson['lastModifiedBy'];
};

export type PairSides = {
  record: HubSpotRecord;
  /** Null: nothing is paired, or Salesforce was not asked. */
  counterpart: CounterpartSide | null;
  pair: Pick<PairKnowledge<SalesforceReference>, 'person' | 'handedOverAtMs' | 'frozen' | 'heldBack' | 'base'> | null;
  histories: Histories;
  /** What was written, the newest first. */
  written: readonly ChangeRow[];
  /** The Salesforce user that we write as; null: not known. */
  ourUserId: string | null;
};

/**
 * Every mapped field, the owner included, as both sides hold it now. Pure.
 * @param create what the counterpart would be, as long as there is none
 */
export function fieldsOfPair(lines: readonly FieldLine[], create: SalesforceObject, sides: PairSides): PairField[] {
  const object = sides.counterpart?.object ?? sides.pair?.person?.object ?? create;
  const phase = sides.pair !== null && sides.pair.handedOverAtMs !== null ? 'after' : 'before';
  return lines.map(({ hubspot, salesforce, rule }) => toField(sides, hubspot, salesforce[object] ?? null, rule[phase]));
}

/** The names of both sides, to ask for their past. Neither CRM keeps that of roles. */
export function namesOfPair(lines: readonly FieldLine[], object: SalesforceObject) {
  const real = lines.filter(({ hubspot }) => hubspot !== primaryContactKey);
  return {
    properties: real.map(({ hubspot }) => hubspot),
    fields: real.flatMap(({ salesforce }) => salesforce[object] ?? []),
  };
}

function toField(sides: PairSides, property: string, field: string | null, rule: FieldRule): PairField {
  const { record, counterpart, pair, histories } = sides;
  const past = field === null ? undefined : histories.salesforce[field];
  return {
    rule,
    frozen: pair?.frozen.some((one) => one.field === (one.system === 'hubspot' ? property : field)) ?? false,
    held: heldBy(sides, property, field),
    hubspot: ourNameOn(sides, 'hubspot', {
      name: property,
      value: record.properties[property] ?? null,
      ...changeOf(histories.hubspot[property]),
    }),
    salesforce: ourNameOn(sides, 'salesforce', {
      name: field,
      value: field === null ? null : (counterpart?.fields[field] ?? null),
      ...(past === undefined || past.length === 0
        ? lastChangeOf(field === null ? null : counterpart, sides.ourUserId)
        : changeOf(past)),
    }),
  };
}

/** A field that differs from its base by now is held no longer: the rule has its turn with the next look. */
function heldBy({ record, counterpart, pair }: PairSides, property: string, field: string | null): string | null {
  const held = pair?.heldBack?.find((each) => each.hubspot === property && each.salesforce === field);
  if (held === undefined || field === null) return null;
  const isSameAs = (base: FieldValue | undefined, now: FieldValue | undefined) =>
    base === undefined || now === undefined || sameValue(base, now);
  const isStill =
    isSameAs(pair?.base?.hubspot[property], record.properties[property]) &&
    isSameAs(pair?.base?.salesforce[field], counterpart?.fields[field]);
  return isStill ? held.runId : null;
}

/** What is held, as a further sentence; nothing where nothing is. */
export function heldSentence(fields: readonly PairField[]): string {
  const held = fields.filter((field) => field.held !== null);
  if (held.length === 0) return '';
  const names = held.map(({ hubspot }) => hubspot.name).join(', ');
  const runs = [...new Set(held.map((field) => field.held))].join(', ');
  const what = held.length === 1 ? 'A field is' : `${held.length} fields are`;
  return ` ${what} as run ${runs} put ${held.length === 1 ? 'it' : 'them'} back (${names}), and left alone until somebody changes a side.`;
}

/** The CRMs' clocks and ours may differ, and an intent is stored before its call. */
const sameWriteMs = 600_000;

/** A CRM knows us by a number or as a user: a value that we wrote at that time, and nobody since, is told as ours. */
function ourNameOn({ written }: PairSides, system: SystemName, side: SideValue): SideValue {
  const { name, value, changedAtMs, changedBy, changeOf: of } = side;
  if (of !== 'field' || changedAtMs === null) return side;
  if (system === 'hubspot' && changedBy?.startsWith('INTEGRATION') !== true) return side;
  const last = written.find((one) => one.system === system && one.field === name && one.state === 'done');
  const isOurs = last !== undefined && isSame(last.after, value) && Math.abs(last.atMs - changedAtMs) < sameWriteMs;
  return isOurs ? { ...side, changedBy: ourName } : side;
}

/** A CRM gives back a number for its text, and a moment with more digits than it was sent. */
function isSame(sent: unknown, held: FieldValue): boolean {
  if (sent === null || held === null) return sent === held;
  if (typeof sent !== 'string' && typeof sent !== 'number' && typeof sent !== 'boolean') return false;
  return sameValue(sent, held) || isSameMoment(sent, held);
}

const momentShape = /^\d{4}-\d{2}-\d{2}T/;

function isSameMoment(sent: FieldValue, held: FieldValue): boolean {
  if (typeof sent !== 'string' || typeof held !== 'string') return false;
  return momentShape.test(sent) && momentShape.test(held) && sameValue(sent, held, 'datetime');
}

const ourName = 'Handoff';

type Change = Pick<SideValue, 'changedAtMs' | 'changedBy' | 'changeOf'>;

const unknown: Change = { changedAtMs: null, changedBy: null, changeOf: null };

function changeOf(past: readonly PastChange[] | undefined): Change {
  const [newest] = past ?? [];
  return newest === undefined ? unknown : { changedAtMs: newest.atMs, changedBy: newest.by, changeOf: 'field' };
}

/** Where an org keeps no history of the field, the record's own last change is all that is known: no later than that. */
function lastChangeOf(counterpart: CounterpartSide | null, ourUserId: string | null): Change {
  if (counterpart === null) return unknown;
  const { modifiedAtMs, lastModifiedBy } = counterpart;
  const isOurs = lastModifiedBy !== null && lastModifiedBy.id === ourUserId;
  return {
    changedAtMs: modifiedAtMs,
    changedBy: isOurs ? ourName : (lastModifiedBy?.name ?? null),
    changeOf: 'record',
  };
}
