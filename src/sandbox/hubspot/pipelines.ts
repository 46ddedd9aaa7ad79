/** A deal stage; `probability` decides: 1.0 is won, 0.0 is lost (pipelines guide). */
type PipelineStage = { id: string; label: string; displayOrder: number; probability: string };
export type Pipeline = { id: string; label: string; displayOrder: number; stages: PipelineStage[] };

const DEFAULT_STAGES = [
  ['appointmentscheduled', 'Appointment Scheduled', '0.2'],
  ['qualifiedtobuy', 'Qualified To Buy', '0.4'],
  ['presentationscheduled', 'Presentation Scheduled', '0.6'],
  ['decisionmakerboughtin', 'Decision Maker Bought-In', '0.8'],
  ['contractsent', 'Contract Sent', '0.9'],
  ['closedwon', 'Closed Won', '1.0'],
  ['closedlost', 'Closed Lost', '0.0'],
] as const;

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

/** A pipeline as the API answers it. Default pipelines report the epoch as `createdAt` (pipelines specification). */
export function toPipelineAnswer(pipeline: Pipeline) {
  const epoch = new Date(0).toISOString();
  return {
    id: pipeline.id,
    label: pipeline.label,
    displayOrder: pipeline.displayOrder,
    createdAt: epoch,
    updatedAt: epoch,
    archived: false,
    stages: pipeline.stages.map((stage) => ({
      id: stage.id,
      label: stage.label,
      displayOrder: stage.displayOrder,
      // Metadata values arrive as text.
      metadata: {
        isClosed: String(stage.probability === '1.0' || stage.probability === '0.0'),
        probability: stage.probability,
      },
      createdAt: epoch,
      updatedAt: epoch,
      archived: false,
      writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT',
    })),
  };
}
