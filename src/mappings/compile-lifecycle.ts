import type { Finding } from '../domain/finding.ts';
import type { LifecycleStage } from '../domain/mapping/types.ts';
import type { MappingFiles } from './schema.ts';
import { findingAtPath, type YamlSource } from './yaml-source.ts';

/** The stages in the order of the funnel; each name and each HubSpot value once. */
export function compileLifecycle(
  source: YamlSource,
  file: MappingFiles['lifecycle'],
  findings: Finding[],
): LifecycleStage[] {
  const stages = file.stages.map((stage) => ({ ...stage, hubspot: stage.hubspot ?? stage.name }));
  for (const key of ['name', 'hubspot'] as const) {
    for (const [index, stage] of stages.entries()) {
      const first = stages.findIndex((other) => other[key] === stage[key]);
      // A stage without a HubSpot value of its own repeats it together with its name: one finding is enough.
      const named = key === 'hubspot' && stages[first]?.name === stage.name;
      if (first === index || named) continue;
      findings.push(
        findingAtPath(source, ['stages', index, key], {
          code: 'stage_twice',
          what: `The stage ${stage.name} stands here a second time (${key} ${stage[key]}).`,
          why: 'A contact is in one stage; two entries for it would contradict each other.',
          fix: 'Remove one of the two.',
        }),
      );
    }
  }
  return stages;
}
