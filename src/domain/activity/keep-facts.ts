/** What an action is about, such as a run. */
type Target = { kind: string; id: string };

const word = /^[A-Za-z]\w{0,99}$/;
const id = /^[A-Za-z0-9]{1,40}$/;
const moment = /^(?:\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}[\d:.]{0,7}(?:Z|[+-]\d{2}:\d{2})?)?|\d{1,5}[mhdw])$/;

/** The form of a text, by what it is called; what is not named here is a word of ours or a name of either CRM. */
const forms: Readonly<Record<string, RegExp>> = {
  actor: /^[\w.-]{1,100}$/,
  /** `Account.Name`, too. */
  field: /^[A-Za-z][\w.]{0,99}$/,
  /** Words, and in HubSpot numbers: by its internal value. */
  stage: /^\w{1,100}$/,
  id,
  list: id,
  record: id,
  recordId: id,
  run: id,
  since: moment,
  until: moment,
  from: moment,
  to: moment,
};

/** Longer names are nobody's. */
const longestKept = 100;

/**
 * What the audit log keeps of an action's details: switches, numbers, and texts that have the form of what they are said to be. Of any other
 * text, which may be about a person, only that it was given: an erasure does not reach the audit log of people. Pure.
 */
export function keepDetails(details: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(details)) {
    if (typeof value === 'number' || typeof value === 'boolean') kept[name] = value;
    if (typeof value === 'string') kept[name] = hasForm(name, value) ? value : true;
  }
  return kept;
}

/** All that people act on is known by a number: a record of HubSpot, a run, a version of the mapping. Anything else is not kept. Pure. */
export function keepTarget(target: Target | null): Target | null {
  return target !== null && /^\d{1,32}$/.test(target.id) ? target : null;
}

function hasForm(name: string, text: string): boolean {
  return text.length <= longestKept && (forms[name] ?? word).test(text);
}
