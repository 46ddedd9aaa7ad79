import type { LifecycleStage } from '../mapping/types.ts';
import type { PersonFacts, Recycle } from './facts.ts';
import { labelOf } from './stage-order.ts';
import type { StageMove } from './types.ts';

type Stages = readonly LifecycleStage[];

/** Along the funnel, to what the facts in Salesforce name. */
export function forwardMove(
  stages: Stages,
  from: string | null,
  { stage, because }: PersonFacts & { stage: LifecycleStage },
): StageMove {
  const text = `${because === '' ? 'What Salesforce says' : upper(because)} makes the person ${stage.label}; HubSpot had ${labelOf(stages, from)}.`;
  return { from, to: stage.hubspot, kind: 'forward', mustClear: false, code: 'stage_forward', text };
}

/** Back to the stage that the mapping names: HubSpot refuses that unless the stage is emptied first. */
export function recycleMove(stages: Stages, from: string | null, { to, reason, isLost }: Recycle): StageMove {
  const cause = isLost ? 'All opportunities and deals of the person are lost' : 'Sales has returned the person';
  const text = `${cause}: the contact goes back to ${labelOf(stages, to)}. Reason: ${reason}`;
  return { from, to, kind: 'recycle', mustClear: from !== null, code: 'stage_recycled', text };
}

/** A human had moved the stage backward, and the mapping puts it back. */
export function restoreMove(stages: Stages, from: string | null, to: string): StageMove {
  const text = `The stage was moved backward to ${labelOf(stages, from)} in HubSpot: lifecycle.yaml restores ${labelOf(stages, to)}.`;
  return { from, to, kind: 'restored', mustClear: false, code: 'stage_restored', text };
}

/** The stage was emptied for a move that nobody wants any more. */
export function putBackMove(stages: Stages, to: string): StageMove {
  const text = `The stage was emptied for a move that is no longer wanted: ${labelOf(stages, to)} is put back.`;
  return { from: null, to, kind: 'restored', mustClear: false, code: 'stage_put_back', text };
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
