import { type HubSpotRecord, stageProperty } from '../record.ts';
import type { OpenStageMove } from './types.ts';

/**
 * The stage that counts: HubSpot's, or where that is blank under an open move of ours, the stage that the move leads to. The gate is asked
 * with it, so that the moment between the two requests of a move closes nothing.
 */
export function effectiveStage(
  contact: HubSpotRecord,
  pair: { stageMove: OpenStageMove | null } | null,
): string | null {
  return stageOf(contact) ?? pair?.stageMove?.to ?? null;
}

/** What HubSpot holds; null where it holds nothing. */
export function stageOf({ properties }: HubSpotRecord): string | null {
  const stage = (properties[stageProperty] ?? '').trim();
  return stage === '' ? null : stage;
}
