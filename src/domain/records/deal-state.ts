import type { FieldChange } from '../plan/types.ts';
import type { SalesforceRecord } from '../record.ts';
import type { DealInput, DealState } from './types.ts';

/**
 * What a deal has come to once the Opportunity holds these changes: by the StageName that is written, else by what Salesforce says of the
 * Opportunity, else by the deal's own stage.
 */
export function dealStateAfter(
  { facts, record: { properties } }: Pick<DealInput, 'facts' | 'record'>,
  opportunity: SalesforceRecord | null,
  changes: readonly FieldChange[],
): DealState | null {
  const written = changes.find(({ field }) => field === 'StageName')?.after;
  const { IsClosed: isClosed, IsWon: isWon, StageName: held } = opportunity?.fields ?? {};
  if (written === undefined && typeof isClosed === 'boolean' && typeof isWon === 'boolean')
    return stateOf({ isClosed, isWon });
  const stage =
    facts.stages.get(String(written ?? held ?? '')) ??
    facts.pipelines.get(properties.pipeline ?? '')?.stages.get(properties.dealstage ?? '');
  return stage === undefined ? null : stateOf(stage);
}

function stateOf({ isClosed, isWon }: { isClosed: boolean; isWon: boolean }): DealState {
  if (isWon) return 'won';
  return isClosed ? 'lost' : 'open';
}
