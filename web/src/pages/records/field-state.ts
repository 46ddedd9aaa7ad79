/** What one side holds of a field, as the explanation tells it. `name` null: this side has no such field. */
export type Side = {
  name: string | null;
  value: unknown;
  changedAt: string | null;
  changedBy: string | null;
  changeOf: 'field' | 'record' | null;
};

export type Field = { rule: string; frozen: boolean; held: string | null; hubspot: Side; salesforce: Side };

/** What of an explanation decides how its fields compare. */
export type Told = {
  outcome: string;
  reasons: readonly { code: string; text: string; field?: string | undefined }[];
  /** To be written to Salesforce, and to HubSpot. */
  toSalesforce: readonly { field: string; after: unknown }[];
  toHubspot: readonly { field: string; after: unknown }[];
  hasCounterpart: boolean;
};

/**
 * `same`: both sides hold what means the same; `differs`: they do not, and stay so; `to_salesforce`, `to_hubspot`: a look would write it;
 * `one_side`: the other side has no such field; `alone`: there is no record to compare with; `unknown`: it could not be compared.
 */
export type FieldState = {
  kind: 'same' | 'differs' | 'to_salesforce' | 'to_hubspot' | 'one_side' | 'alone' | 'unknown';
  label: string;
  /** One sentence more; null: nothing is to be said. */
  why: string | null;
};

/** The plan compares by meaning: what it neither writes nor gives a reason for is the same, however each CRM spells it. */
const compared = new Set(['unchanged', 'update', 'link']);

/** How both sides of a field stand to each other, and why a difference stays. Pure. */
export function fieldState(field: Field, told: Told): FieldState {
  const { hubspot, salesforce } = field;
  const sent = changeOf(told.toSalesforce, salesforce.name);
  if (sent !== undefined) return { kind: 'to_salesforce', label: 'Goes to Salesforce', why: becomes(sent, hubspot) };
  const taken = changeOf(told.toHubspot, hubspot.name);
  if (taken !== undefined) return { kind: 'to_hubspot', label: 'Goes to HubSpot', why: becomes(taken, salesforce) };
  if (salesforce.name === null) return { kind: 'one_side', label: 'Only in HubSpot', why: onlyOne('Salesforce') };
  if (hubspot.name === null) return { kind: 'one_side', label: 'Only in Salesforce', why: onlyOne('HubSpot') };
  if (!told.hasCounterpart) return { kind: 'alone', label: 'Nothing to compare', why: null };
  const reason = told.reasons.find((one) => one.field === salesforce.name || one.field === hubspot.name);
  if (reason !== undefined) return { kind: 'differs', label: 'Differs', why: withoutField(reason) };
  if (compared.has(told.outcome) || sameText(hubspot.value, salesforce.value)) return same;
  return {
    kind: 'unknown',
    label: 'Not compared',
    why: 'The sides are written differently; a look would compare them.',
  };
}

const same: FieldState = { kind: 'same', label: 'Same', why: null };

function onlyOne(other: string): string {
  return `The record in ${other} has no such field.`;
}

type Change = Told['toSalesforce'][number];

function changeOf(changes: readonly Change[], name: string | null): Change | undefined {
  return name === null ? undefined : changes.find(({ field }) => field === name);
}

/** What is written where it is not what the other side holds: a default, a mapped value, or a blank. */
function becomes({ after }: Change, from: Side): string | null {
  if (sameText(after, from.value)) return null;
  return textOf(after) === '' ? 'It is emptied there.' : `As “${textOf(after)}”.`;
}

/** A reason begins with its field's name, which stands beside it already. */
function withoutField({ field, text }: Told['reasons'][number]): string {
  const start = `${field}: `;
  return field !== undefined && text.startsWith(start) ? text.slice(start.length) : text;
}

function sameText(one: unknown, other: unknown): boolean {
  return textOf(one) === textOf(other);
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value).trim();
}

/** Whether neither side holds anything. 0 and false are values. */
function isEmpty({ hubspot, salesforce }: Field): boolean {
  return textOf(hubspot.value) === '' && textOf(salesforce.value) === '';
}

/** Which fields are shown: those that somebody should look at, those with a value, or all. */
export type Shown = 'marked' | 'filled' | 'all';

/** Whether a field is among those that somebody should look at. */
export function isMarked(field: Field, state: FieldState): boolean {
  return (
    field.frozen || field.held !== null || ['differs', 'to_salesforce', 'to_hubspot', 'unknown'].includes(state.kind)
  );
}

/** The fields that are to be shown, in the order of the mapping, and how many there are of each kind. Pure. */
export function fieldRows(fields: readonly Field[], told: Told, shown: Shown) {
  const rows = fields.map((field) => ({ field, state: fieldState(field, told) }));
  const marked = rows.filter(({ field, state }) => isMarked(field, state));
  const filled = rows.filter(({ field, state }) => !isEmpty(field) || isMarked(field, state));
  const counts = { marked: marked.length, filled: filled.length, all: rows.length };
  return { counts, rows: { marked, filled, all: rows }[shown] };
}
