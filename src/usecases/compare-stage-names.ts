import type { Finding } from '../domain/finding.ts';
import type { PipelineMapping } from '../domain/mapping/record-types.ts';
import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { SalesFacts } from '../ports/salesforce.ts';
import { endOfStage } from './deal-facts.ts';
import { toFinding } from './live-schemas.ts';
import type { SalesSchemas } from './record-schemas.ts';

type Sales = Pick<SalesSchemas, 'sales' | 'pipelines'>;

/** StageNames of deals.yaml against the org: that they exist, are active and mean the same, and that none is left undecided. Pure. */
export function compareStageNames(schemas: Sales, mapping: CompiledMapping): Finding[] {
  const { list } = mapping.deal.pipelines;
  return [
    ...list.flatMap((pipeline, index) => [
      ...unusableNames(schemas.sales, mapping, pipeline, index),
      ...unknownBack(schemas.sales, mapping, pipeline, index),
      ...differentEnds(schemas, mapping, pipeline, index),
    ]),
    ...undecidedNames(schemas.sales, mapping),
  ];
}

/** What we may write must be active. */
function unusableNames(
  { stages: known }: SalesFacts,
  mapping: CompiledMapping,
  pipeline: PipelineMapping,
  index: number,
) {
  const active = known.filter(({ isActive }) => isActive).map(({ name }) => name);
  return [...pipeline.stages].flatMap(([id, name]) => {
    if (active.includes(name)) return [];
    const state = known.some((stage) => stage.name === name)
      ? 'is switched off in Salesforce'
      : 'is no stage in Salesforce';
    return toFinding(mapping.placeOf('deals', ['pipelines', 'list', index, 'stages', id]), {
      code: 'stage_name_missing',
      what: `"${name}", which the HubSpot stage ${id} becomes, ${state}.`,
      why: 'A deal that moves there becomes a failure.',
      fix: `Use one of: ${active.join(', ')}; or add the stage in Salesforce.`,
    });
  });
}

/** What is only read may be switched off: old Opportunities still have it. */
function unknownBack(
  { stages: known }: SalesFacts,
  mapping: CompiledMapping,
  pipeline: PipelineMapping,
  index: number,
) {
  const forward = new Set(pipeline.stages.values());
  return [...pipeline.stagesBack.keys()]
    .filter((name) => !forward.has(name) && !known.some((stage) => stage.name === name))
    .map((name) =>
      toFinding(mapping.placeOf('deals', ['pipelines', 'list', index, 'stages_back', name]), {
        code: 'stage_name_missing',
        what: `"${name}" is no stage in Salesforce.`,
        why: 'No Opportunity can ever have it, so that the way back is never gone.',
        fix: `Use one of: ${known.map((stage) => stage.name).join(', ')}.`,
      }),
    );
}

/** A stage that is won on one side and not on the other would close deals that are not, or move the lifecycle stage for nothing. */
function differentEnds(
  { sales, pipelines }: Sales,
  mapping: CompiledMapping,
  pipeline: PipelineMapping,
  index: number,
) {
  const live = pipelines.find(({ id }) => id === pipeline.hubspot);
  return [...pipeline.stages].flatMap(([id, name]) => {
    const here = live?.stages.find((stage) => stage.id === id);
    const there = sales.stages.find((stage) => stage.name === name);
    if (here === undefined || there === undefined || here.probability.trim() === '') return [];
    const ends = [endOfStage(here.probability), there.isWon ? 'won' : there.isClosed ? 'lost' : 'open'];
    if (ends[0] === ends[1]) return [];
    return toFinding(mapping.placeOf('deals', ['pipelines', 'list', index, 'stages', id]), {
      severity: 'warning',
      code: 'stage_ends_differ',
      what: `The HubSpot stage ${id} is ${ends[0]}, and "${name}" is ${ends[1]} in Salesforce.`,
      why: 'Both sides would tell different things of the same deal, and the lifecycle stage follows them.',
      fix: 'Map it to a stage of the same meaning, or change the probability of the stage in HubSpot.',
    });
  });
}

/** Stages that an Opportunity may be in, by record type where that tells pipelines apart, and that no way back is stated for. */
function undecidedNames(sales: SalesFacts, mapping: CompiledMapping): Finding[] {
  const { field, list } = mapping.deal.pipelines;
  const active = sales.stages.filter(({ isActive }) => isActive).map(({ name }) => name);
  if (field !== 'RecordTypeId') {
    const known = new Set(list.flatMap(({ stagesBack }) => [...stagesBack.keys()]));
    return undecided(mapping, active, known, ['pipelines', 'list'], 'Salesforce');
  }
  return list.flatMap(({ salesforce, stagesBack }, index) => {
    const type = sales.recordTypes.find(({ developerName }) => developerName === salesforce);
    if (type === undefined) return [];
    const ofType = type.picklists?.get('StageName');
    const offered = ofType === undefined ? active : ofType.filter((name) => active.includes(name));
    const path = ['pipelines', 'list', index, 'stages_back'];
    return undecided(mapping, offered, new Set(stagesBack.keys()), path, `the record type ${salesforce}`);
  });
}

function undecided(
  { deal, placeOf }: CompiledMapping,
  names: readonly string[],
  known: ReadonlySet<string>,
  path: readonly (string | number)[],
  where: string,
): Finding[] {
  const open = names.filter((name) => !known.has(name) && !deal.pipelines.ignoredStageNames.has(name));
  if (open.length === 0) return [];
  return [
    toFinding(placeOf('deals', path), {
      code: 'stage_name_not_mapped',
      what: `Nothing is decided about these stages of ${where}: ${open.join(', ')}.`,
      why: 'An Opportunity that sales moves into one of them becomes a failure (deal_stage_unknown).',
      fix: 'Name the HubSpot stage of each under stages_back, or name it under pipelines.not_synced.stage_names.',
    }),
  ];
}
