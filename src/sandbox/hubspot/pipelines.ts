import type { Portal } from './portal.ts';

/** A deal stage; `probability` decides: 1.0 is won, 0.0 is lost (pipelines guide). `createdAt` in epoch milliseconds. */
export type PipelineStage = {
  id: string;
  label: string;
  displayOrder: number;
  probability: string;
  createdAt?: number;
};
export type Pipeline = {
  id: string;
  label: string;
  displayOrder: number;
  stages: PipelineStage[];
  createdAt?: number;
};

/** `probability` as `0.0` to `1.0` in steps of 0.1. Without `id` HubSpot gives a number; `after` is the stage before it, else it comes last. */
type NewDealStage = { label: string; probability: string; id?: string; after?: string };
type NewPipeline = { label: string; stages: readonly NewDealStage[]; id?: string };

/** What people do in the pipeline settings. Deals are left pointing at what is removed. They throw for unknown ids. */
export type PipelineHands = {
  addPipeline(pipeline: NewPipeline): Pipeline;
  removePipeline(pipelineId: string): void;
  renamePipeline(pipelineId: string, label: string): void;
  /** Answers the stage's id. */
  addStage(pipelineId: string, stage: NewDealStage): string;
  removeStage(pipelineId: string, stageId: string): void;
  renameStage(pipelineId: string, stageId: string, label: string): void;
};

const DEFAULT_STAGES = [
  ['appointmentscheduled', 'Appointment Scheduled', '0.2'],
  ['qualifiedtobuy', 'Qualified To Buy', '0.4'],
  ['presentationscheduled', 'Presentation Scheduled', '0.6'],
  ['decisionmakerboughtin', 'Decision Maker Bought-In', '0.8'],
  ['contractsent', 'Contract Sent', '0.9'],
  ['closedwon', 'Closed Won', '1.0'],
  ['closedlost', 'Closed Lost', '0.0'],
] as const;

/** Most stages of a deal pipeline (pipelines specification). */
const MAX_STAGES = 100;
const FIRST_PIPELINE_ID = 752_340_121;
const FIRST_STAGE_ID = 1_092_877_301;

/** The pipeline every portal starts with. */
export function createDefaultPipelines(): Pipeline[] {
  const stages = DEFAULT_STAGES.map(([id, label, probability], displayOrder) => ({
    id,
    label,
    displayOrder,
    probability,
  }));
  return [{ id: 'default', label: 'Sales Pipeline', displayOrder: 0, stages }];
}

/** A stage as the API answers it; metadata values arrive as text. */
export function toStageAnswer(stage: PipelineStage) {
  const at = new Date(stage.createdAt ?? 0).toISOString();
  const isClosed = Number(stage.probability) === 1 || Number(stage.probability) === 0;
  return {
    id: stage.id,
    label: stage.label,
    displayOrder: stage.displayOrder,
    metadata: { isClosed: String(isClosed), probability: stage.probability },
    createdAt: at,
    updatedAt: at,
    archived: false,
    writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT',
  };
}

/** A pipeline as the API answers it. Default pipelines report the epoch as `createdAt` (pipelines specification). */
export function toPipelineAnswer(pipeline: Pipeline) {
  const at = new Date(pipeline.createdAt ?? 0).toISOString();
  return {
    id: pipeline.id,
    label: pipeline.label,
    displayOrder: pipeline.displayOrder,
    createdAt: at,
    updatedAt: at,
    archived: false,
    stages: pipeline.stages.map(toStageAnswer),
  };
}

function toProbability(text: string): string {
  const probability = Number(text);
  if (text === '' || !(probability >= 0 && probability <= 1))
    throw new Error(`${text} is no probability from 0.0 to 1.0`);
  return probability.toFixed(1);
}

/** The hands on the pipelines of a portal; ids of pipelines and stages are numbers no other one has. */
export function createPipelineHands(portal: Portal): PipelineHands {
  let nextPipelineId = FIRST_PIPELINE_ID;
  let nextStageId = FIRST_STAGE_ID;

  function requirePipeline(pipelineId: string): Pipeline {
    const pipeline = portal.dealPipelines.find(({ id }) => id === pipelineId);
    if (pipeline === undefined) throw new Error(`no pipeline ${pipelineId}`);
    return pipeline;
  }

  function requireStage(pipelineId: string, stageId: string): PipelineStage {
    const stage = requirePipeline(pipelineId).stages.find(({ id }) => id === stageId);
    if (stage === undefined) throw new Error(`no stage ${stageId} in pipeline ${pipelineId}`);
    return stage;
  }

  function toStage({ id, label, probability }: NewDealStage): PipelineStage {
    return {
      id: id ?? String(nextStageId++),
      label,
      displayOrder: 0,
      probability: toProbability(probability),
      createdAt: portal.now(),
    };
  }

  function setStages(pipeline: Pipeline, stages: readonly PipelineStage[]): void {
    if (stages.length > MAX_STAGES) throw new Error(`At most ${MAX_STAGES} stages are allowed`);
    pipeline.stages = stages.map((stage, displayOrder) => ({ ...stage, displayOrder }));
  }

  return {
    addPipeline({ label, stages, id }) {
      const displayOrder = portal.dealPipelines.length;
      const createdAt = portal.now();
      const pipeline: Pipeline = { id: id ?? String(nextPipelineId++), label, displayOrder, stages: [], createdAt };
      setStages(pipeline, stages.map(toStage));
      portal.dealPipelines.push(pipeline);
      return pipeline;
    },
    removePipeline(pipelineId) {
      portal.dealPipelines.splice(portal.dealPipelines.indexOf(requirePipeline(pipelineId)), 1);
    },
    renamePipeline(pipelineId, label) {
      requirePipeline(pipelineId).label = label;
    },
    addStage(pipelineId, newStage) {
      const pipeline = requirePipeline(pipelineId);
      const place =
        newStage.after === undefined
          ? pipeline.stages.length
          : pipeline.stages.indexOf(requireStage(pipelineId, newStage.after)) + 1;
      const stage = toStage(newStage);
      setStages(pipeline, pipeline.stages.toSpliced(place, 0, stage));
      return stage.id;
    },
    removeStage(pipelineId, stageId) {
      const gone = requireStage(pipelineId, stageId);
      const pipeline = requirePipeline(pipelineId);
      setStages(
        pipeline,
        pipeline.stages.filter((stage) => stage !== gone),
      );
    },
    renameStage(pipelineId, stageId, label) {
      requireStage(pipelineId, stageId).label = label;
    },
  };
}
