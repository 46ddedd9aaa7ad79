import { mostSamples, type RunCount } from '../../domain/runs/types.ts';

/** Counts what became of records, one after the other. */
export type Counter = {
  add(kind: RunCount['kind'], code: string, recordId: string): void;
  all(): RunCount[];
};

/** An empty counter: a number and a few ids per kind and code, however many records there are. */
export function createCounter(): Counter {
  const counts = new Map<string, RunCount & { samples: string[] }>();
  return {
    add(kind, code, recordId) {
      const key = `${kind}\n${code}`;
      const known = counts.get(key) ?? { kind, code, count: 0, samples: [] };
      known.count += 1;
      if (known.samples.length < mostSamples) known.samples.push(recordId);
      counts.set(key, known);
    },
    all: () => [...counts.values()],
  };
}
