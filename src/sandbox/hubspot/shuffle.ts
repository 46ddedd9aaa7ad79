/** A repeatable shuffle: the same sandbox does the same mischief in every test. */
export function createShuffle(): <T>(items: T[]) => T[] {
  let seed = 20_261_122;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 4_294_967_296;
  };
  return (items) => {
    for (let last = items.length - 1; last > 0; last -= 1) {
      const other = Math.floor(random() * (last + 1));
      const held = items[last];
      const swapped = items[other];
      if (held !== undefined && swapped !== undefined) {
        items[last] = swapped;
        items[other] = held;
      }
    }
    return items;
  };
}
