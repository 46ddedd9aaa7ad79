import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { HubSpotObject } from '../domain/record.ts';
import { fieldLines } from './field-lines.ts';

export type FieldPair = { object: HubSpotObject; hubspot: string; salesforce: string };

const kinds: readonly HubSpotObject[] = ['contact', 'company', 'deal'];

/**
 * Which property goes with which field, for every kind and each pair once: a base holds only for a pair that stays. Those of a kind that is
 * switched off are among them: it is a pause, after which both sides go on from what they agreed on.
 */
export function fieldPairs(mapping: CompiledMapping): FieldPair[] {
  const all = kinds.flatMap((object) =>
    fieldLines(mapping, object).flatMap(({ hubspot, salesforce }) =>
      Object.values(salesforce).map((name) => ({ object, hubspot, salesforce: name })),
    ),
  );
  return [...new Map(all.map((pair) => [`${pair.object} ${pair.hubspot} ${pair.salesforce}`, pair])).values()];
}
