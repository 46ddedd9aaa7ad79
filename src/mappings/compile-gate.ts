import type { Finding, Place } from '../domain/finding.ts';
import { createGate } from '../domain/gate/gate.ts';
import type { Expression } from '../domain/mapping/expression.ts';
import type { Gate, LifecycleStage } from '../domain/mapping/types.ts';
import { readExpression } from './compile-expression.ts';
import { findStage } from './find-stage.ts';
import type { MappingFiles } from './schema.ts';
import { findingAtPath, type Path, placeOf, type YamlSource } from './yaml-source.ts';

/** The gate, and the HubSpot properties that it looks at with the place of each. */
export type CompiledGate = { gate: Gate; reads: ReadonlyMap<string, Place> };

export function compileGate(
  source: YamlSource,
  file: MappingFiles['gate'],
  stages: readonly LifecycleStage[],
  findings: Finding[],
): CompiledGate {
  const opensAt = stageValues(source, ['opens_at'], file.opens_at, stages, findings);
  const excluded = stageValues(source, ['exclude', 'stages'], file.exclude.stages, stages, findings);
  checkContradiction(source, file, findings);
  const condition = readExpression(source, ['condition'], 'condition', findings);
  const exclusion = readExpression(source, ['exclude', 'expression'], 'condition', findings);
  const pilotExpression = readExpression(source, ['pilot', 'expression'], 'condition', findings);
  const { pilot } = file;
  const gate = createGate({
    stages,
    opensAt,
    requires: file.requires,
    condition:
      condition === null ? null : { expression: condition, text: file.condition_text ?? 'the condition in gate.yaml' },
    exclude: { domains: lowerCase(file.exclude.domains), stages: excluded, expression: exclusion },
    pilot:
      pilot == null
        ? null
        : {
            emails: lowerCase(pilot.emails),
            domains: lowerCase(pilot.domains),
            expression: pilotExpression,
          },
    below: file.below,
  });
  const reads = new Map([
    ...readsOf(source, ['pilot', 'expression'], pilotExpression),
    ...readsOf(source, ['exclude', 'expression'], exclusion),
    ...readsOf(source, ['condition'], condition),
    ...file.requires.map((name, index): [string, Place] => [name, placeOf(source, ['requires', index])]),
  ]);
  return { gate, reads };
}

function readsOf(source: YamlSource, path: Path, expression: Expression | null): [string, Place][] {
  return (expression?.reads ?? []).map((name) => [name, placeOf(source, path)]);
}

function lowerCase(words: readonly string[]): Set<string> {
  return new Set(words.map((word) => word.toLowerCase()));
}

/** The HubSpot values of stages named in the gate. */
function stageValues(
  source: YamlSource,
  path: Path,
  names: readonly string[],
  stages: readonly LifecycleStage[],
  findings: Finding[],
): Set<string> {
  const values = new Set<string>();
  for (const [index, name] of names.entries()) {
    const at = [...path, index];
    const why = 'The gate would never open or close because of it.';
    const stage = findStage(source, at, name, stages, why, findings);
    if (stage === null) continue;
    if (values.has(stage.hubspot)) findings.push(stageTwice(source, at, name));
    else values.add(stage.hubspot);
  }
  return values;
}

function stageTwice(source: YamlSource, at: Path, name: string): Finding {
  return findingAtPath(source, at, {
    code: 'stage_twice',
    what: `The stage ${name} stands in this list twice.`,
    why: 'Probably another stage was meant.',
    fix: 'Remove it, or name the stage that was meant.',
  });
}

function checkContradiction(source: YamlSource, file: MappingFiles['gate'], findings: Finding[]): void {
  for (const [index, name] of file.exclude.stages.entries()) {
    if (!file.opens_at.includes(name)) continue;
    findings.push(
      findingAtPath(source, ['exclude', 'stages', index], {
        code: 'stage_contradiction',
        what: `The stage ${name} opens the gate and is excluded as well.`,
        why: 'Nobody in this stage could ever pass.',
        fix: 'Remove it from opens_at or from exclude.stages.',
      }),
    );
  }
  const { pilot } = file;
  if (pilot && pilot.emails.length === 0 && pilot.domains.length === 0 && !pilot.expression) {
    findings.push(
      findingAtPath(source, ['pilot'], {
        severity: 'warning',
        code: 'pilot_empty',
        what: 'The pilot names nobody.',
        why: 'As long as it stands here without an email, domain or expression, no contact passes the gate.',
        fix: 'Name somebody, or set pilot to null to hand everybody over.',
      }),
    );
  }
}
