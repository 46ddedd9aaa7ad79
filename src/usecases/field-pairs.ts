import type { CompiledMapping } from '../domain/mapping/types.ts';
import type { HubSpotObject } from '../domain/record.ts';
import { fieldLines } from './field-lines.ts';

export type FieldPair = { object: HubSpotObject; hubspot: string; salesforce: string; definition?: string };

const kinds: readonly HubSpotObject[] = ['contact', 'company', 'deal'];

/**
 * Which property goes with which field, for every kind and each pair once: a base holds only for a pair that stays. Those of a kind that is
 * switched off are among them: it is a pause, after which both sides go on from what they agreed on. Lines of a file say by what their value is
 * decided.
 */
export function fieldPairs(mapping: CompiledMapping): FieldPair[] {
  const all = kinds.flatMap((object) =>
    fieldLines(mapping, object).flatMap(({ hubspot, salesforce, definition }) =>
      Object.values(salesforce).map((name): FieldPair => {
        return { object, hubspot, salesforce: name, ...(definition === undefined ? {} : { definition }) };
      }),
    ),
  );
  return [...new Map(all.map((pair) => [`${pair.object} ${pair.hubspot} ${pair.salesforce}`, pair])).values()];
}
