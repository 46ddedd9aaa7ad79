/**
 * Stands for something that is not there yet, or is replaced while the service runs: each function is looked up at the moment it is called.
 * All of them answer promises.
 *
 * @param find throws while it is not there: the call is rejected with that
 * @param own what is done another way
 */
export function whenThere<Part extends object>(find: () => Part, own: Partial<Part> = {}): Part {
  return new Proxy(own, {
    get(mine, name) {
      // Nobody is to wait for it as for a promise.
      if (name === 'then') return undefined;
      if (name in mine) return Reflect.get(mine, name);
      return async (...given: readonly unknown[]) => {
        const part = find();
        const work: unknown = Reflect.get(part, name);
        if (typeof work !== 'function') throw new TypeError('there is no such function');
        return await Reflect.apply(work, part, given);
      };
    },
    // `own` and what is found later are a whole together; the type of a proxy is that of its target.
  }) as Part;
}
