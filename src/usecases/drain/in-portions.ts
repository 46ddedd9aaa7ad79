import type { Clock } from '../../ports/clock.ts';

/** So many are planned in one go: about ten milliseconds. */
const portion = 50;

/**
 * Maps many, and lets whoever waits for this process have a turn in between: a large batch of background work does not keep a webhook or a live
 * batch waiting while it is planned.
 */
export async function inPortions<Item, Result>(
  { clock }: { clock: Pick<Clock, 'sleep'> },
  items: readonly Item[],
  map: (item: Item) => Result,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % portion === 0) await clock.sleep(0);
    results.push(map(item));
  }
  return results;
}
