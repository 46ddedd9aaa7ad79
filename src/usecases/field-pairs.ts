import type { CompiledMapping } from '../domain/mapping/types.ts';
import { ownerField, ownerProperty } from '../domain/plan/owner.ts';
import { personObjects } from './live-schemas.ts';

/** Which property goes with which field, for both objects and each pair once: a base holds only for a pair that stays. */
export function fieldPairs({ contact }: Pick<CompiledMapping, 'contact'>): { hubspot: string; salesforce: string }[] {
  const mapped = contact.fields.flatMap(({ hubspot, salesforce }) =>
    personObjects.flatMap((object) => {
      const name = salesforce[object];
      return name === undefined ? [] : [{ hubspot, salesforce: name }];
    }),
  );
  const all = [...mapped, { hubspot: ownerProperty, salesforce: ownerField }];
  return [...new Map(all.map((pair) => [`${pair.hubspot} ${pair.salesforce}`, pair])).values()];
}
