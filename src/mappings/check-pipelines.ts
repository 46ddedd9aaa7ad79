import type { Finding } from '../domain/finding.ts';
import { didYouMean } from './did-you-mean.ts';
import type { MappingFiles } from './schema.ts';
import { type Complaint, findingAtKey, findingAtPath, type Path, type YamlSource } from './yaml-source.ts';

type Pipelines = MappingFiles['deals']['pipelines'];
type Pipeline = Pipelines['list'][number];

/** What the shape of `pipelines` cannot say: everything once, every way back named, nothing both synced and not. */
export function checkPipelines(source: YamlSource, file: Pipelines): Finding[] {
  return [
    ...file.list.flatMap((_, index) => [
      ...pipelineTwice(source, file, index),
      ...valueFindings(source, file, index),
      ...stagesTwice(source, file, index),
      ...ambiguousWayBack(source, file, index),
      ...waysToNowhere(source, file, index),
    ]),
    ...syncedAndNot(source, file),
    ...notToldApart(source, file),
  ];
}

function at(index: number, ...more: Path): Path {
  return ['pipelines', 'list', index, ...more];
}

function pipelineTwice(source: YamlSource, { list }: Pipelines, index: number): Finding[] {
  const id = list[index]?.hubspot;
  if (list.findIndex(({ hubspot }) => hubspot === id) === index) return [];
  return [
    findingAtPath(source, at(index, 'hubspot'), {
      code: 'pipeline_twice',
      what: `The pipeline ${id} stands here a second time.`,
      why: 'Two stage maps for one pipeline could contradict each other.',
      fix: 'Put all its stages into one of the two, and remove the other.',
    }),
  ];
}

const idShape = /^012[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?$/;

function valueFindings(source: YamlSource, { field, list }: Pipelines, index: number): Finding[] {
  const value = list[index]?.salesforce ?? null;
  const place = at(index, 'salesforce');
  if (field === null) {
    return value === null ? [] : [findingAtPath(source, place, withoutField(value))];
  }
  if (field === 'RecordTypeId' && value !== null && idShape.test(value)) {
    return [findingAtPath(source, place, recordTypeId)];
  }
  const isFirst = list.findIndex(({ salesforce }) => salesforce === value) === index;
  return isFirst ? [] : [findingAtPath(source, place, valueTwice(field, value))];
}

const withoutField = (value: string): Complaint => ({
  code: 'pipeline_value_without_field',
  what: `The pipeline is to be "${value}" in Salesforce, but pipelines.field names no field.`,
  why: 'Nobody knows where to write it.',
  fix: 'Set field: to RecordTypeId or to the API name of a field of Opportunity, or remove salesforce:.',
});

const recordTypeId: Complaint = {
  code: 'record_type_id',
  what: 'The pipeline names the id of a record type.',
  why: 'Ids differ between a sandbox and production: the same mapping could not be used in both.',
  fix: 'Use its developer name (Setup > Object Manager > Opportunity > Record Types > Record Type Name).',
};

const valueTwice = (field: string, value: string | null): Complaint => ({
  code: 'pipeline_value_twice',
  what:
    value === null ? `A second pipeline has no value for ${field}.` : `A second pipeline is "${value}" in ${field}.`,
  why: 'An Opportunity that holds it could belong to either pipeline.',
  fix: 'Give each pipeline its own value under salesforce:.',
});

function stagesTwice(source: YamlSource, { list }: Pipelines, index: number): Finding[] {
  const earlier = new Set(list.slice(0, index).flatMap(({ stages }) => Object.keys(stages)));
  return Object.keys(list[index]?.stages ?? {})
    .filter((id) => earlier.has(id))
    .map((id) =>
      findingAtKey(source, at(index, 'stages'), id, {
        code: 'deal_stage_twice',
        what: `The stage ${id} stands in an earlier pipeline as well.`,
        why: 'In HubSpot a stage belongs to one pipeline.',
        fix: 'Remove it from the pipeline that does not have it.',
      }),
    );
}

/** StageNames that several stages become, and that `stages_back` does not name. */
function ambiguousWayBack(source: YamlSource, { list }: Pipelines, index: number): Finding[] {
  const { stages, stages_back } = list[index] ?? emptyPipeline;
  const names = Object.values(stages);
  const repeated = [...new Set(names.filter((name, position) => names.indexOf(name) !== position))];
  return repeated
    .filter((name) => stages_back[name] === undefined)
    .map((name) => {
      const from = Object.keys(stages).filter((id) => stages[id] === name);
      return findingAtKey(source, at(index, 'stages'), from[1] ?? '', {
        code: 'ambiguous_way_back',
        what: `The stages ${from.join(' and ')} both become "${name}", and stages_back does not say which one comes back.`,
        why: 'When sales moves an Opportunity there, nobody knows where the deal goes.',
        fix: `Add it under stages_back, such as "${name}": ${from[0]}`,
      });
    });
}

const emptyPipeline: Pick<Pipeline, 'stages' | 'stages_back'> = { stages: {}, stages_back: {} };

/** A way back must lead to a stage of the pipeline, and to one that becomes this StageName where any does. */
function waysToNowhere(source: YamlSource, { list }: Pipelines, index: number): Finding[] {
  const { stages, stages_back } = list[index] ?? emptyPipeline;
  return Object.entries(stages_back).flatMap(([name, id]) => {
    const place = at(index, 'stages_back', name);
    if (stages[id] === undefined) return [findingAtPath(source, place, unknownStage(id, Object.keys(stages)))];
    const from = Object.keys(stages).filter((each) => stages[each] === name);
    if (from.length === 0 || from.includes(id)) return [];
    return [
      findingAtPath(source, place, {
        code: 'way_back_elsewhere',
        what: `"${name}" leads back to ${id}, which becomes "${stages[id]}" and not "${name}".`,
        why: 'A deal would move on by itself, from one stage to the other.',
        fix: `Use ${from.join(' or ')}, or map ${id} to "${name}".`,
      }),
    ];
  });
}

function unknownStage(id: string, known: readonly string[]): Complaint {
  const near = didYouMean(id, known);
  return {
    code: 'unknown_deal_stage',
    what: `The way back leads to ${id}, which is not under stages of this pipeline.`,
    why: 'The deal would land in a stage that nobody has mapped.',
    fix: near === undefined ? `Use one of: ${known.join(', ')}.` : `Did you mean "${near}"?`,
  };
}

/** Each list of what is left alone, against what the pipelines name. */
function syncedAndNot(source: YamlSource, { list, not_synced }: Pipelines): Finding[] {
  const mapped = {
    pipelines: list.map(({ hubspot }) => hubspot),
    stages: list.flatMap(({ stages }) => Object.keys(stages)),
    values: list.flatMap(({ salesforce }) => salesforce ?? []),
    stage_names: list.flatMap(({ stages, stages_back }) => [...Object.values(stages), ...Object.keys(stages_back)]),
  };
  return (['pipelines', 'stages', 'values', 'stage_names'] as const).flatMap((key) =>
    not_synced[key].flatMap((name, index) => {
      if (!mapped[key].includes(name)) return [];
      return findingAtPath(source, ['pipelines', 'not_synced', key, index], {
        code: 'synced_and_not',
        what: `"${name}" is not to be synced, but pipelines.list maps it.`,
        why: 'One of the two says the contrary of the other.',
        fix: 'Remove it here, or from the list of pipelines.',
      });
    }),
  );
}

function notToldApart(source: YamlSource, { field, list }: Pipelines): Finding[] {
  if (field !== null || list.length < 2) return [];
  return [
    findingAtPath(source, ['pipelines', 'field'], {
      severity: 'warning',
      code: 'pipelines_not_told_apart',
      what: `${list.length} pipelines are mapped, but no field of the Opportunity tells them apart.`,
      why: 'A deal keeps its pipeline, but an Opportunity that sales creates always lands in the first one that has its stage.',
      fix: 'Set field: to RecordTypeId or to a field of Opportunity, and give each pipeline its value under salesforce:.',
    }),
  ];
}
