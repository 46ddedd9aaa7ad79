import type { DrainDependencies } from './dependencies.ts';
import type { ReservedLook } from './look.ts';
import type { Batch } from './sync-batch.ts';

/** What was read is read again before it is written by, when it is older than this. */
const freshMs = 5_000;

/** Beyond this age both sides are to be read anew: a process that slept, not a CRM that was slow. */
const tooOldMs = 60_000;

export type Freshness = { fresh: readonly ReservedLook[]; changed: readonly ReservedLook[] };

/**
 * Makes sure that nothing is written by old data. Where a slow CRM or database has aged the batch, the contacts are read once more, and
 * only those that are as they were go on; the others are to be looked at again.
 */
export async function keepFresh(
  { hubspot, mapping, clock }: DrainDependencies,
  { readAtMs, spend }: Batch,
  looks: readonly ReservedLook[],
): Promise<Freshness> {
  const ageMs = clock.now() - readAtMs;
  if (ageMs <= freshMs) return { fresh: looks, changed: [] };
  if (ageMs > tooOldMs) return { fresh: [], changed: looks };

  const ids = looks.map(({ contact }) => contact.id);
  const reads = await hubspot.read('contacts', ids, mapping.contact.hubspotProperties, spend);
  const isSame = ({ contact }: ReservedLook) => {
    const read = reads.get(contact.id);
    if (read?.kind !== 'found') return false;
    const { properties } = read.record;
    return mapping.contact.hubspotProperties.every((name) => properties[name] === contact.properties[name]);
  };
  return { fresh: looks.filter(isSame), changed: looks.filter((look) => !isSame(look)) };
}
