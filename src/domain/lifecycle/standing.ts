import type { StageCause } from './causes.ts';
import type { StageLook } from './stage-look.ts';
import { isFurther, stageNamed } from './stage-order.ts';
import type { StageStanding } from './types.ts';

type Sides = Pick<StageLook, 'hubspot' | 'facts' | 'lifecycle' | 'input'>;

/** What both sides say of the stage, and why they differ where nothing is to be moved. A person who was returned says the stage it went back to. */
export function standingOf(sides: Sides): StageStanding & { cause: StageCause | null } {
  const { hubspot, facts } = sides;
  const salesforce = facts.recycle?.to ?? facts.stage?.hubspot ?? null;
  return { hubspot, salesforce, cause: causeOf(sides, salesforce) };
}

function causeOf({ hubspot, facts, lifecycle, input }: Sides, salesforce: string | null): StageCause | null {
  const { stages } = lifecycle;
  if (salesforce === hubspot) return null;
  if (facts.unknownStatus !== null) return 'status_unknown';
  if (salesforce === null) return null;
  const isAhead = isFurther(stages, hubspot, salesforce);
  if (facts.recycle !== null) {
    // What is lost stays lost: there is nothing to change in Salesforce when the contact goes on.
    return isAhead && input.gatePasses && !facts.recycle.isLost ? 'recycle_overtaken' : 'recycled';
  }
  if (!isAhead) return 'moved_back_accepted';
  const counterpart = stageNamed(stages, hubspot)?.salesforce ?? null;
  if (counterpart === null) return 'hubspot_only';
  return facts.isLost && counterpart.opportunity === 'open' ? 'opportunity_lost' : 'hubspot_ahead';
}
