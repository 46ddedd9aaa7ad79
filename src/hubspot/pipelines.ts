import type { Spend } from '../ports/budget.ts';
import type { DealPipeline } from '../ports/hubspot.ts';
import { toCall, unreadableAnswer } from './batches.ts';
import type { HubSpotClient } from './client.ts';
import { pipelinesSchema } from './schemas.ts';

/** Pipelines of deals as `HubSpotPort.dealPipelines` promises; archived ones and archived stages are left out. @throws SyncError */
export async function readDealPipelines(client: HubSpotClient, spend: Spend): Promise<DealPipeline[]> {
  const { data } = await client.call(toCall('deals', 'pipelines', false, spend), () =>
    client.crm.pipelines.pipelinesApi.getAll('deals'),
  );
  const parsed = pipelinesSchema.safeParse(data);
  if (!parsed.success) throw unreadableAnswer(false);
  return parsed.data.results.map(({ id, label, stages }) => ({
    id,
    label,
    stages: stages.map((stage) => ({ id: stage.id, label: stage.label, probability: stage.metadata.probability })),
  }));
}
