import type { Complaint } from '../live-schemas.ts';
import type { Ends } from './compare-fits.ts';

/** Longest text of a HubSpot property (properties guide, "Text properties", read 2026-11-22). */
const hubspotTextLength = 65_536;
/** A single-line text of Salesforce holds this much at most. */
const singleLineLength = 255;
const bigTexts: ReadonlySet<string> = new Set(['textarea', 'html']);
const longTypes: ReadonlySet<string> = new Set(['string', 'textarea']);

/** Lengths that differ so much that texts will be cut: every text of HubSpot may be longer than one of Salesforce, most are not. */
export function faultsOfText({ property, field, object, writes }: Ends): Complaint[] {
  if (!longTypes.has(field.type)) return [];
  const optionTooLong = property.options.filter(({ value }) => field.length > 0 && value.length > field.length);
  const faults: Complaint[] = [];
  if (writes.there && bigTexts.has(property.fieldType) && field.length > 0 && field.length <= singleLineLength)
    faults.push({
      code: 'text_shortened',
      what: `The HubSpot property ${property.name} holds texts of several lines, and ${object}.${field.name} ${field.length} characters.`,
      why: 'Longer texts are cut (too_long), and what is left of them comes back where the rule allows it.',
      fix: 'Use a long text area in Salesforce, or a rule by which the short text never comes back (hubspot).',
    });
  if (writes.there && optionTooLong.length > 0)
    faults.push({
      code: 'value_too_long',
      what: `${object}.${field.name} holds ${field.length} characters, and these options of ${property.name} are longer: ${optionTooLong
        .slice(0, 3)
        .map(({ value }) => value)
        .join(', ')}.`,
      why: 'What is cut is no option any more.',
      fix: 'Name shorter values under values, or use a longer field.',
    });
  if (writes.back && property.type === 'string' && field.length > hubspotTextLength)
    faults.push({
      code: 'text_too_long_back',
      what: `${object}.${field.name} holds ${field.length} characters, and a HubSpot property ${hubspotTextLength}.`,
      why: 'HubSpot refuses a record with a longer text.',
      fix: 'Set one_way: true, or use the rule hubspot or never.',
    });
  return faults;
}

const numberTypes: ReadonlySet<string> = new Set(['int', 'long', 'double', 'currency', 'percent']);
/** Fields that cannot hold a million. */
const fewDigits = 6;

/** Numbers with fewer digits than people type. The decimals of standard fields are known and rounded on purpose. */
export function faultsOfNumber({ property, field, object, writes }: Ends): Complaint[] {
  if (property.type !== 'number' || !numberTypes.has(field.type) || field.precision === undefined) return [];
  const scale = field.scale ?? 0;
  const digits = field.precision - scale;
  const faults: Complaint[] = [];
  if (writes.there && digits > 0 && digits <= fewDigits && field.type !== 'percent')
    faults.push({
      code: 'number_too_big',
      what: `${object}.${field.name} holds ${digits} digits before the point, and the HubSpot property ${property.name} any number.`,
      why: 'Salesforce refuses a record with a bigger one.',
      fix: 'Make the field longer in Salesforce, or use the rule salesforce or never.',
    });
  const isOwn = field.name.endsWith('__c');
  if (writes.there && writes.back && isOwn && scale === 0)
    faults.push({
      code: 'decimals_lost',
      what: `${object}.${field.name} has no decimals, and the HubSpot property ${property.name} may have some.`,
      why: 'Salesforce rounds, and the rounded number comes back.',
      fix: 'Give the field decimals, or use the rule hubspot.',
    });
  return faults;
}

/** A day on one side and a moment on the other one. */
export function faultsOfTime({ property, field, object, writes }: Ends): Complaint[] {
  const isLost =
    (property.type === 'datetime' && field.type === 'date') || (property.type === 'date' && field.type === 'datetime');
  if (!isLost || !(writes.there && writes.back)) return [];
  return [
    {
      code: 'time_of_day_lost',
      what: `The HubSpot property ${property.name} (${property.type}) and ${object}.${field.name} (${field.type}) hold a day and a moment.`,
      why: 'The time of day does not survive the way there and back.',
      fix: 'Map a pair of one kind, or use a rule by which one side alone decides.',
    },
  ];
}
