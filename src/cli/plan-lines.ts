import { type FieldValue, pluralOf } from '../domain/record.ts';
import type { PlanChange } from '../usecases/preview/compare-previews.ts';
import type { PlanReport } from '../usecases/preview/mapping-desk.ts';
import type { ObjectPlan, PlanCount, PlanGroup, PlanProblemCount } from '../usecases/preview/plan-tally.ts';
import { count, readableTime } from './table.ts';

/** A plan for a person: what differs, by field and rule, with some values before and after. */
export function renderPlan(report: PlanReport): readonly string[] {
  const { active, proposed, isSame, sinceMs, objects, calls } = report;
  const since = sinceMs === null ? [] : [`Only what changed since ${readableTime(sinceMs)}.`];
  return [
    `active    ${nameOf(active)}`,
    `proposed  ${nameOf(proposed)}${isSame ? ': the same files' : ''}`,
    ...since,
    ...objects.flatMap(renderObject),
    '',
    `Applying it costs about ${count(calls.hubspot, 'HubSpot call')} and ${count(calls.salesforce, 'Salesforce call')}. Nothing was written.`,
    ...(isSame ? [] : howApplied),
  ];
}

const howApplied = [
  'This is what `handoff activate --apply` does. Without --apply existing pairs follow the new mapping with later changes only; records that',
  'newly pass the gate enter with their next change, or by a backfill, either way.',
];

function nameOf({ version, hash }: PlanReport['active']): string {
  return `${version === null ? 'not registered yet' : `version ${version}`} (${hash.slice(0, 12)})`;
}

function renderObject(plan: ObjectPlan): readonly string[] {
  const { object, looked, total, isSample, differing, groups } = plan;
  const noun = pluralOf[object];
  const of = isSample
    ? `${count(looked, object, noun)} of ${total.toLocaleString('en-US')} looked at, the numbers are extrapolated`
    : `all ${count(looked, object, noun)} looked at`;
  return [
    '',
    `${noun}: ${of}`,
    ...(differing.count === 0
      ? [plan.unread.count === 0 ? '  no difference' : '  no difference where it could be planned']
      : [renderCount('differ in some way', differing)]),
    ...lineOf('newly pass the gate', plan.newlyPassing),
    ...lineOf('pass the gate no more', plan.newlyFailing),
    ...lineOf('newly created in Salesforce', plan.newlyCreated),
    ...lineOf('no longer created in Salesforce', plan.noLongerCreated),
    ...lineOf('could not be planned', plan.unread),
    ...(plan.unread.count === 0 ? [] : [whyUnread]),
    ...plan.problemsNew.map((problem) => renderProblem('new problem', problem)),
    ...plan.problemsGone.map((problem) => renderProblem('problem gone', problem)),
    ...groups.flatMap(renderGroup),
  ];
}

const whyUnread =
  '    A CRM did not answer, or lacks what one of the mappings names: handoff check tells which (MAPPINGS_DIR names the folder).';

function lineOf(text: string, counted: PlanCount): readonly string[] {
  return counted.count === 0 ? [] : [renderCount(text, counted)];
}

function renderCount(text: string, { count: number, samples }: PlanCount): string {
  return `  ${number.toLocaleString('en-US')} ${text}: ${samples.slice(0, 5).join(', ')}${number > 5 ? ' …' : ''}`;
}

function renderProblem(text: string, { code, message, ...counted }: PlanProblemCount): string {
  return `${renderCount(`${text} [${code}]`, counted)}  ${message}`;
}

const kinds = { new: 'is written', other: 'gets another value', dropped: 'is no longer written' } as const;

function renderGroup({ target, field, rule, kind, count: number, samples }: PlanGroup): readonly string[] {
  return [
    `  ${target}.${field} ${kinds[kind]} (${rule}): ${count(number, 'record')}`,
    ...samples.map((sample) => `    ${sample.recordId}  ${renderChange(sample)}`),
  ];
}

function renderChange({ kind, before, after, instead }: PlanChange): string {
  if (kind === 'dropped') return `stays ${show(before)}, was to become ${show(instead)}`;
  const other = kind === 'other' ? `, instead of ${show(instead)}` : '';
  return `${show(before)} -> ${show(after)}${other}`;
}

function show(value: FieldValue): string {
  return value === null || value === '' ? '(empty)' : JSON.stringify(value);
}
