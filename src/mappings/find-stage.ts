import type { Finding } from '../domain/finding.ts';
import type { LifecycleStage } from '../domain/mapping/types.ts';
import { didYouMean } from './did-you-mean.ts';
import { findingAtPath, type Path, type YamlSource } from './yaml-source.ts';

/** The stage of a name that a file uses; where lifecycle.yaml has none, a finding at the name. `why`: what follows from it. */
export function findStage(
  source: YamlSource,
  at: Path,
  name: string,
  stages: readonly LifecycleStage[],
  why: string,
  findings: Finding[],
): LifecycleStage | null {
  const stage = stages.find((each) => each.name === name);
  if (stage !== undefined) return stage;
  const known = stages.map((each) => each.name);
  const near = didYouMean(name, known);
  findings.push(
    findingAtPath(source, at, {
      code: 'unknown_stage',
      what: `There is no stage "${name}" in lifecycle.yaml.`,
      why,
      fix: near === undefined ? `Use one of: ${known.join(', ')}.` : `Did you mean "${near}"?`,
    }),
  );
  return null;
}
