import type { Properties } from '../mapping/expression.ts';
import type { GateCondition } from '../mapping/types.ts';
import type { GateSpec } from './gate.ts';

/** The same questions that decide the gate: each answers with what keeps a contact out, and nothing where nothing does. */
export type Checks = Record<
  'exclusion' | 'stage' | 'pilot' | 'required' | 'condition',
  (spec: GateSpec, properties: Properties) => readonly unknown[]
>;

/** One condition, and the part of the spec that asks for it alone. */
type Part = Omit<GateCondition, 'met'> & { check: keyof Checks; spec: GateSpec };

const emails = ['email', 'hs_additional_emails'];

/**
 * All that the gate asks of a contact, one by one, and whether each of them is met. It passes where all are. Pure.
 * @param labelOf the label of a stage by its HubSpot value
 */
export function conditionsOf(
  spec: GateSpec,
  properties: Properties,
  { checks, labelOf }: { checks: Checks; labelOf(stage: string): string },
): GateCondition[] {
  const parts = [stagePart(spec, labelOf), ...exclusionParts(spec, labelOf), ...furtherParts(spec)];
  return parts.map(({ check, spec: asked, ...condition }) => ({
    ...condition,
    met: checks[check](asked, properties).length === 0,
  }));
}

function stagePart(spec: GateSpec, labelOf: (stage: string) => string): Part {
  const stages = listOf([...spec.opensAt].map(labelOf), 'or');
  return {
    code: 'stage_below_gate',
    needs: `The lifecycle stage is ${stages}`,
    properties: ['lifecyclestage'],
    check: 'stage',
    spec,
  };
}

function exclusionParts(spec: GateSpec, labelOf: (stage: string) => string): Part[] {
  const { stages, domains, expression } = spec.exclude;
  const only = (part: Partial<GateSpec['exclude']>): Pick<Part, 'check' | 'spec'> => ({
    check: 'exclusion',
    spec: { ...spec, exclude: { stages: new Set(), domains: new Set(), expression: null, ...part } },
  });
  const parts: Part[] = [];
  if (stages.size > 0) {
    const needs = `The lifecycle stage is not ${listOf([...stages].map(labelOf), 'or')}`;
    parts.push({ code: 'excluded_stage', needs, properties: ['lifecyclestage'], ...only({ stages }) });
  }
  if (domains.size > 0) {
    const needs = 'No email address is in an excluded domain';
    parts.push({ code: 'excluded_domain', needs, properties: emails, ...only({ domains }) });
  }
  if (expression !== null) {
    const needs = 'The exclusion in gate.yaml does not hold';
    parts.push({ code: 'excluded', needs, properties: expression.reads, ...only({ expression }) });
  }
  return parts;
}

function furtherParts(spec: GateSpec): Part[] {
  const { pilot, requires, condition } = spec;
  const parts: Part[] = requires.map((name) => ({
    code: 'property_missing',
    needs: `There is a value in ${name}`,
    properties: [name],
    check: 'required',
    spec: { ...spec, requires: [name] },
  }));
  if (condition !== null) {
    const properties = condition.expression.reads;
    parts.push({ code: 'condition_not_met', needs: condition.text, properties, check: 'condition', spec });
  }
  if (pilot !== null) {
    const properties = [...emails, ...(pilot.expression?.reads ?? [])];
    const needs = 'The contact belongs to the pilot in gate.yaml';
    parts.push({ code: 'not_in_pilot', needs, properties, check: 'pilot', spec });
  }
  return parts;
}

function listOf(words: readonly string[], last: 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}
