import { contactEmails } from '../contact-emails.ts';
import { domainOf, type Expression, type Properties } from '../mapping/expression.ts';
import { isBlank } from '../mapping/normalise.ts';
import type { Gate, GateDecision, LifecycleStage } from '../mapping/types.ts';
import { conditionsOf } from './conditions.ts';

/** `gate.yaml`, checked; stages by their HubSpot value, domains and emails in lower case. */
export type GateSpec = {
  stages: readonly LifecycleStage[];
  opensAt: ReadonlySet<string>;
  /** HubSpot properties that must have a value. */
  requires: readonly string[];
  condition: { expression: Expression; text: string } | null;
  exclude: {
    domains: ReadonlySet<string>;
    stages: ReadonlySet<string>;
    expression: Expression | null;
  };
  /** Null: everybody. Else only contacts that one of these names. */
  pilot: {
    emails: ReadonlySet<string>;
    domains: ReadonlySet<string>;
    expression: Expression | null;
  } | null;
  below: 'pause' | 'continue';
};

/** One thing that keeps a contact out. */
type Obstacle = { code: string; text: string; lacking: string };

/** Codes under which a contact that was handed over may stay in step where `below: continue` says so: only its stage fell back. */
export const stageCodes: ReadonlySet<string> = new Set(['stage_below_gate', 'stage_missing', 'stage_unknown']);

/** An expression of the gate cannot be evaluated for this contact: nobody knows whether it may pass. */
export const gateFaultCode = 'gate_fault';

/** Builds the gate. Its checks run in the order in which a person would ask them; all that is lacking is told. */
export function createGate(spec: GateSpec): Gate {
  const checks = [checkExclusion, checkStage, checkPilot, checkRequired, checkCondition];
  return {
    decide: (properties) =>
      toDecision(
        spec,
        properties,
        checks.flatMap((check) => check(spec, properties)),
      ),
    conditions: (properties) =>
      conditionsOf(spec, properties, {
        checks: {
          exclusion: checkExclusion,
          stage: checkStage,
          pilot: checkPilot,
          required: checkRequired,
          condition: checkCondition,
        },
        labelOf: (stage) => labelOf(spec, stage),
      }),
    opensAt: (stage) => spec.opensAt.has(stage),
    below: spec.below,
  };
}

function toDecision(spec: GateSpec, properties: Properties, obstacles: readonly Obstacle[]): GateDecision {
  // What is certain decides: a fault of an expression matters only where nothing else keeps the contact out.
  const first = obstacles.find(({ code }) => code !== gateFaultCode) ?? obstacles[0];
  if (first === undefined) {
    const text = `The lifecycle stage ${labelOf(spec, (properties.lifecyclestage ?? '').trim())} opens the gate.`;
    return { passes: true, code: 'passes', text, lacking: [] };
  }
  return { passes: false, code: first.code, text: first.text, lacking: obstacles.map(({ lacking }) => lacking) };
}

function checkExclusion(spec: GateSpec, properties: Properties): Obstacle[] {
  const { domains, stages, expression } = spec.exclude;
  const stage = properties.lifecyclestage ?? '';
  if (stages.has(stage)) {
    const text = `Contacts in the stage ${labelOf(spec, stage)} are excluded from Salesforce.`;
    return [{ code: 'excluded_stage', text, lacking: `a stage other than ${labelOf(spec, stage)}` }];
  }
  if (contactEmails(properties).some((email) => domains.has(domainOf(email)))) {
    const text = 'The domain of an email address of this contact is excluded from Salesforce.';
    return [{ code: 'excluded_domain', text, lacking: 'an email address outside the excluded domains' }];
  }
  return ask(expression, properties, 'the exclusion', true, {
    code: 'excluded',
    text: 'The exclusion in gate.yaml holds for this contact.',
    lacking: 'that the exclusion in gate.yaml does not hold',
  });
}

function checkStage(spec: GateSpec, properties: Properties): Obstacle[] {
  const stage = (properties.lifecyclestage ?? '').trim();
  if (spec.opensAt.has(stage)) return [];
  const lacking = `one of the stages ${stageList(spec)}`;
  if (stage === '') {
    return [{ code: 'stage_missing', text: `The contact has no lifecycle stage; ${opens(spec)}.`, lacking }];
  }
  if (!spec.stages.some(({ hubspot }) => hubspot === stage)) {
    const text = `The contact's lifecycle stage is not in lifecycle.yaml; ${opens(spec)}.`;
    return [{ code: 'stage_unknown', text, lacking }];
  }
  const text = `The lifecycle stage ${labelOf(spec, stage)} does not open the gate; ${opens(spec)}.`;
  return [{ code: 'stage_below_gate', text, lacking }];
}

function checkPilot(spec: GateSpec, properties: Properties): Obstacle[] {
  if (spec.pilot === null) return [];
  const { emails, domains, expression } = spec.pilot;
  const named = contactEmails(properties).some((email) => emails.has(email) || domains.has(domainOf(email)));
  if (named) return [];
  const obstacle = {
    code: 'not_in_pilot',
    text: 'Only the contacts of the pilot in gate.yaml are handed over for now.',
    lacking: 'a place in the pilot of gate.yaml',
  };
  return expression === null ? [obstacle] : ask(expression, properties, 'the pilot', false, obstacle);
}

function checkRequired(spec: GateSpec, properties: Properties): Obstacle[] {
  return spec.requires
    .filter((name) => isBlank(properties[name]))
    .map((name) => ({
      code: 'property_missing',
      text: `The gate requires ${name}, and the contact has none.`,
      lacking: `a value in ${name}`,
    }));
}

function checkCondition(spec: GateSpec, properties: Properties): Obstacle[] {
  if (spec.condition === null) return [];
  const { expression, text } = spec.condition;
  return ask(expression, properties, 'the condition', false, {
    code: 'condition_not_met',
    text: `The condition of the gate is not met: ${text}.`,
    lacking: text,
  });
}

/** The obstacle where the expression yields `blocksOn`; a fault where it yields nothing at all. */
function ask(
  expression: Expression | null,
  properties: Properties,
  name: string,
  blocksOn: boolean,
  obstacle: Obstacle,
): Obstacle[] {
  if (expression === null) return [];
  const answer = expression.evaluate(properties);
  if (answer.ok) return answer.value === blocksOn ? [obstacle] : [];
  const text = `The expression for ${name} in gate.yaml does not work for this contact's values.`;
  return [{ code: gateFaultCode, text, lacking: `values that the expression for ${name} can work with` }];
}

function opens(spec: GateSpec): string {
  return `the gate opens at ${stageList(spec)}`;
}

function stageList(spec: GateSpec): string {
  return [...spec.opensAt].map((stage) => labelOf(spec, stage)).join(', ');
}

function labelOf(spec: GateSpec, stage: string): string {
  return spec.stages.find(({ hubspot }) => hubspot === stage)?.label ?? stage;
}
