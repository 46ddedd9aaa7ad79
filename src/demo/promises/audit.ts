import type { Deals } from '../deals.ts';
import { comparedFields, ownProperties, trackedFields } from '../fields.ts';
import type { TimelineEntry } from '../stage.ts';
import type { WayBack } from '../way-back.ts';
import { type Check, type Crms, type Findings, personsOf } from './findings.ts';
import { compareRecords, recordsToldByTheLog, recordsWrittenByUs } from './record-audit.ts';
import { isWonToTheDigit } from './records.ts';

type Audited = Pick<Findings, 'timelines' | 'past' | 'persons' | 'records'> & {
  stage: Crms;
  wayBack: Pick<WayBack, 'conflict'>;
  deals: Pick<Deals, 'dora' | 'milo' | 'won'>;
};

/** One value of ours: where it is, and what it is. */
type Written = string;

/**
 * Promise 5, both directions. Both CRMs keep a history of their own that names who wrote each value: what our users wrote there and what the
 * audit log says must be the same, value by value; and the pairs must have come out equal.
 */
export function everyFieldAccounted(findings: Audited): Check {
  const kept = writtenByUs(findings);
  const logged = toldByTheLog(findings);
  const missing = without(kept, logged.all);
  const invented = without(logged.all, kept);
  const { pairs, fields, unequal } = compareSides(findings);
  const conflict = isConflictTold(findings);
  const won = isWonToTheDigit(findings);
  const evidence = [
    `${kept.length} values of ours in the CRMs' own histories, ${missing.length} of them not in the audit log; ${logged.all.length} in the log, ${invented.length} of them in neither CRM, ${logged.withoutRule} without a rule`,
    `${fields} fields of ${pairs} pairs compared, ${unequal.length} differ${unequal.length === 0 ? '' : ` (${unequal.join(', ')})`}`,
    `the edit that lost the conflict is ${conflict ? '' : 'NOT '}in the log`,
    `the deal that sales won has ${won ? 'its' : 'ANOTHER'} amount and date in HubSpot, to the digit`,
  ].join('; ');
  const agrees = missing.length === 0 && invented.length === 0 && logged.withoutRule === 0;
  return { held: kept.length > 0 && agrees && fields > 0 && unequal.length === 0 && conflict && won, evidence };
}

function writtenByUs(findings: Audited): Written[] {
  const { stage } = findings;
  const ofRecords = recordsWrittenByUs(findings).map(({ field, value }) => toWritten(field, value));
  return [...writtenToHubSpot(stage), ...writtenToSalesforce(stage), ...ofRecords];
}

const properties: readonly string[] = [...comparedFields.map(({ property }) => property), ...ownProperties];

function writtenToHubSpot({ hubspot }: Crms): Written[] {
  return hubspot.contacts().flatMap(({ id }) =>
    properties.flatMap((property) =>
      hubspot
        .getHistory(id, property)
        .filter(({ author }) => author.changeSource === 'INTEGRATION')
        .map(({ value }) => toWritten(property, value)),
    ),
  );
}

function writtenToSalesforce({ salesforce }: Crms): Written[] {
  const ours = salesforce.runAsUserId;
  return (['Lead', 'Contact'] as const).flatMap((object) => {
    const rows = salesforce.all(`${object}History`);
    const changed = rows.filter(({ CreatedById, Field }) => CreatedById === ours && isTracked(String(Field)));
    const created = salesforce.all(object, { withDeleted: true }).filter(({ CreatedById }) => CreatedById === ours);
    const first = created.flatMap((person) => {
      const past = rows.filter((row) => row[`${object}Id`] === person.Id);
      return trackedFields[object].flatMap((field) => {
        const earliest = past.find((row) => row.Field === field);
        const value = earliest === undefined ? person[field] : earliest.OldValue;
        return value === null || value === undefined ? [] : [toWritten(field, value)];
      });
    });
    return [...changed.map(({ Field, NewValue }) => toWritten(String(Field), NewValue)), ...first];
  });
}

function isTracked(field: string): boolean {
  return [...trackedFields.Lead, ...trackedFields.Contact].some((one) => one === field);
}

function toWritten(field: string, value: unknown): Written {
  return `${field} = ${value ?? ''}`;
}

type Told = { all: Written[]; withoutRule: number };

function toldByTheLog({ timelines, records }: Audited): Told {
  const ofRecords = recordsToldByTheLog(records);
  const done = [...timelines.values()].flat().filter(({ kind, code }) => kind === 'write' && !code.includes('_'));
  const changes = done.flatMap((entry) => entry.changes.filter(({ field }) => isLookedAt(entry, field)));
  return {
    all: [
      ...changes.map(({ field, after }) => toWritten(field, after)),
      ...ofRecords.values.map(({ field, value }) => toWritten(field, value)),
    ],
    withoutRule: changes.filter(({ rule }) => rule === '').length + ofRecords.withoutRule,
  };
}

function isLookedAt({ system }: TimelineEntry, field: string): boolean {
  return system === 'hubspot' ? properties.includes(field) : isTracked(field);
}

/** What is in the first list more often than in the second. */
function without(list: readonly Written[], other: readonly Written[]): Written[] {
  const left = [...other];
  return list.filter((written) => {
    const place = left.indexOf(written);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

function compareSides(findings: Audited): { pairs: number; fields: number; unequal: string[] } {
  const { past, persons, stage } = findings;
  const records = compareRecords(findings);
  let fields = records.fields;
  const unequal = past.flatMap(({ id, properties: ofContact }) => {
    const [person] = personsOf(persons, id);
    const isContact = stage.salesforce.get('Contact', person?.Id ?? '') !== undefined;
    return comparedFields.flatMap(({ property, lead, contact }) => {
      const field = isContact ? contact : lead;
      if (field === null) return [];
      fields += 1;
      return isSame(ofContact[property], person?.[field]) ? [] : [`${property} of ${id}`];
    });
  });
  return { pairs: past.length + records.pairs, fields, unequal: [...unequal, ...records.unequal] };
}

/** The same text; HubSpot writes addresses in small letters, and that is no difference. */
function isSame(one: string | undefined, other: unknown): boolean {
  return (one ?? '').toLowerCase() === String(other ?? '').toLowerCase();
}

/** The value of who was overruled stands in the log as the one before. */
function isConflictTold({ timelines, wayBack }: Audited): boolean {
  const { contactId, bySales, byMarketing } = wayBack.conflict;
  return (timelines.get(contactId) ?? []).some(({ changes }) =>
    changes.some(
      ({ before, after, conflict }) => conflict === 'hubspot' && before === bySales && after === byMarketing,
    ),
  );
}
