import type { LifecycleStage } from '../mapping/types.ts';

type Stages = readonly LifecycleStage[];

/** The stage of this HubSpot value; undefined where the mapping does not name it. */
export function stageNamed(stages: Stages, value: string | null): LifecycleStage | undefined {
  return stages.find(({ hubspot }) => hubspot === value);
}

/** Whether one stage lies further along the funnel. Everything lies further than no stage; a stage that the mapping does not name cannot be compared. */
export function isFurther(stages: Stages, one: string | null, than: string | null): boolean {
  if (one === null) return false;
  const place = placeOf(stages, one);
  if (than === null) return place >= 0;
  const other = placeOf(stages, than);
  return place >= 0 && other >= 0 && place > other;
}

/** How people call a stage: its label, else its value. */
export function labelOf(stages: Stages, value: string | null): string {
  if (value === null) return 'no stage';
  return stageNamed(stages, value)?.label ?? value;
}

function placeOf(stages: Stages, value: string): number {
  return stages.findIndex(({ hubspot }) => hubspot === value);
}
