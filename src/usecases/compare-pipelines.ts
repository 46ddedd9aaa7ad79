import type { Finding } from '../domain/finding.ts';
import type { PipelineMapping } from '../domain/mapping/record-types.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { DealPipeline } from '../ports/hubspot.ts';
import { toFinding } from './live-schemas.ts';
import type { SalesSchemas } from './record-schemas.ts';

/** Pipelines and stages of deals.yaml against HubSpot: those that are not there any more, and those that nobody decided about. Pure. */
export function comparePipelines({ pipelines: live }: Pick<SalesSchemas, 'pipelines'>, mapping: CompiledMapping) {
  const { list, ignoredPipelines } = mapping.deal.pipelines;
  return [
    ...list.flatMap((pipeline, index) => {
      const found = live.find(({ id }) => id === pipeline.hubspot);
      if (found === undefined) return [deletedPipeline(mapping, live, index)];
      return [...missingStages(mapping, pipeline, found, index), ...undecidedStages(mapping, pipeline, found, index)];
    }),
    ...live
      .filter(({ id }) => !ignoredPipelines.has(id) && !list.some(({ hubspot }) => hubspot === id))
      .map((pipeline) => undecidedPipeline(mapping, pipeline)),
  ];
}

function deletedPipeline({ deal, placeOf }: CompiledMapping, live: readonly DealPipeline[], index: number): Finding {
  return toFinding(placeOf('deals', ['pipelines', 'list', index, 'hubspot']), {
    code: 'deal_pipeline_missing',
    what: `HubSpot has no deal pipeline ${deal.pipelines.list[index]?.hubspot}: it was deleted, or never there.`,
    why: 'No deal can be in it, and every Opportunity that belongs there becomes a failure.',
    fix: `Use one of: ${live.map(named).join(', ') || 'none'}; or remove the entry.`,
  });
}

function missingStages(
  { placeOf }: CompiledMapping,
  { stages }: PipelineMapping,
  live: DealPipeline,
  index: number,
): Finding[] {
  return [...stages.keys()]
    .filter((id) => !live.stages.some((stage) => stage.id === id))
    .map((id) =>
      toFinding(placeOf('deals', ['pipelines', 'list', index, 'stages', id]), {
        code: 'deal_stage_missing',
        what: `The HubSpot pipeline ${named(live)} has no stage ${id}.`,
        why: 'No deal can be in it, and an Opportunity that would move there becomes a failure.',
        fix: `Use one of: ${live.stages.map(named).join(', ')}.`,
      }),
    );
}

function undecidedStages(
  { deal, placeOf }: CompiledMapping,
  { stages }: PipelineMapping,
  live: DealPipeline,
  index: number,
): Finding[] {
  const open = live.stages.filter(({ id }) => !stages.has(id) && !deal.pipelines.ignoredStages.has(id));
  if (open.length === 0) return [];
  return [
    toFinding(placeOf('deals', ['pipelines', 'list', index, 'stages']), {
      code: 'deal_stage_not_mapped',
      what: `Nothing is decided about these stages of the HubSpot pipeline ${named(live)}: ${open.map(named).join(', ')}.`,
      why: 'A deal that moves into one of them becomes a failure (deal_stage_unknown).',
      fix: 'Map each to a StageName under stages, or name it under pipelines.not_synced.stages.',
    }),
  ];
}

function undecidedPipeline({ placeOf }: CompiledMapping, pipeline: DealPipeline): Finding {
  return toFinding(placeOf('deals', ['pipelines', 'list']), {
    severity: 'warning',
    code: 'deal_pipeline_not_mapped',
    what: `Nothing is decided about the HubSpot pipeline ${named(pipeline)}.`,
    why: 'A deal in it becomes a failure (deal_stage_unknown).',
    fix: 'Add it to pipelines.list, or name it under pipelines.not_synced.pipelines.',
  });
}

function named({ id, label }: { id: string; label: string }): string {
  return label === '' || label === id ? id : `${id} (${label})`;
}
