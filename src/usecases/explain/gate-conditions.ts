import type { CompiledMapping, GateCondition } from '../../domain/mapping/types.ts';
import { type HubSpotRecord, stageProperty } from '../../domain/record.ts';

/** A condition of the gate. `now`: what HubSpot holds of each property that it looks at; `label`: how HubSpot shows a stage. */
export type ConditionNow = Omit<GateCondition, 'properties'> & {
  now: readonly { property: string; value: string | null; label: string | null }[];
};

/** All that the gate asks of a contact, with the values that decide it. Pure. */
export function conditionsNow(
  { gate, lifecycle }: Pick<CompiledMapping, 'gate' | 'lifecycle'>,
  { properties: held }: HubSpotRecord,
): ConditionNow[] {
  const labelOf = (value: string | null) => lifecycle.stages.find(({ hubspot }) => hubspot === value)?.label ?? null;
  return gate.conditions(held).map(({ properties, ...condition }) => ({
    ...condition,
    now: properties.map((property) => {
      const value = held[property] ?? null;
      return { property, value, label: property === stageProperty ? labelOf(value) : null };
    }),
  }));
}
