import { z } from 'zod';
import {
  type RunCount,
  type RunForecast,
  type RunOptions,
  runKinds,
  runPhases,
  runStates,
} from '../../domain/runs/types.ts';
import type { RunReport } from '../../ports/ledger-runs.ts';

// Another version of Handoff may have written a run, during a rolling upgrade or before a step back. What this one does not know is named, and
// kept out of what it reads: nobody here guesses what an option means.

const filterShapes = {
  sinceMs: z.number(),
  untilMs: z.number(),
  stage: z.string(),
  where: z.string(),
  listId: z.string(),
  hasIds: z.boolean(),
} as const;

const optionShapes = {
  filter: z.record(z.string(), z.unknown()),
  reverts: z.string(),
  created: z.enum(['keep', 'delete']),
  again: z.boolean(),
  policy: z.enum(['keep', 'rules']),
} as const;

const perSystem = z.object({ hubspot: z.number(), salesforce: z.number() });
const forecastShape: z.ZodType<RunForecast> = z.object({
  isExact: z.boolean(),
  records: z.number(),
  sampled: z.number(),
  creates: z.number(),
  changes: z.number(),
  calls: perSystem,
  callsLeft: z.object({ hubspot: z.number().nullable(), salesforce: z.number().nullable() }),
  durationMs: z.number(),
});

const countKinds: readonly RunCount['kind'][] = ['listed', 'outcome', 'drift', 'left', 'put_back'];

/** A run as it stands in the ledger. */
export type StoredRun = Omit<RunReport, 'kind' | 'state' | 'phase' | 'options' | 'unknown' | 'forecast' | 'counts'> & {
  kind: string;
  state: string;
  phase: string;
  options: unknown;
  forecast: unknown;
  counts: readonly (Omit<RunCount, 'kind'> & { kind: string })[];
};

/** The run as far as this version knows it, and the names of what it does not know. */
export function toKnownRun(run: StoredRun): RunReport {
  const { options, unknown } = readOptions(run.options);
  const [kind, state, phase] = [wordOf(runKinds, run.kind), wordOf(runStates, run.state), wordOf(runPhases, run.phase)];
  const words = [
    ...(kind === 'unknown' ? [`kind ${run.kind}`] : []),
    ...(state === 'unknown' ? [`state ${run.state}`] : []),
    ...(phase === 'unknown' ? [`phase ${run.phase}`] : []),
  ];
  return {
    ...run,
    kind,
    state,
    phase,
    options,
    unknown: [...words, ...unknown],
    forecast: forecastShape.safeParse(run.forecast).data ?? null,
    counts: run.counts.flatMap((count) => {
      const known = countKinds.find((each) => each === count.kind);
      return known === undefined ? [] : [{ ...count, kind: known }];
    }),
  };
}

/** One of our words, or `unknown`. */
export function wordOf<Word extends string>(words: readonly Word[], stored: string): Word | 'unknown' {
  return words.find((word) => word === stored) ?? 'unknown';
}

/** The options that this version knows, and the names of those that it does not, or not with such a value. */
export function readOptions(stored: unknown): { options: RunOptions; unknown: readonly string[] } {
  const given = z.record(z.string(), z.unknown()).safeParse(stored);
  if (!given.success) return { options: {}, unknown: ['options'] };
  const { known, unknown } = readShapes(given.data, optionShapes, 'option');
  if (known.filter === undefined) return { options: known as RunOptions, unknown };
  const filter = readShapes(known.filter as Record<string, unknown>, filterShapes, 'filter');
  // Read by the shapes above, whose types are those of the options.
  return { options: { ...known, filter: filter.known } as RunOptions, unknown: [...unknown, ...filter.unknown] };
}

function readShapes(
  given: Readonly<Record<string, unknown>>,
  shapes: Readonly<Record<string, z.ZodType>>,
  what: string,
) {
  const known: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const read = Object.hasOwn(shapes, name) ? shapes[name]?.safeParse(value) : undefined;
    if (read?.success === true) known[name] = read.data;
    else unknown.push(`${what} ${name}`);
  }
  return { known, unknown };
}

const list = (names: readonly string[]) => `'{${names.join(',')}}'::text[]`;

/** SQL: of this run nothing is unknown, as far as names tell. Ours to work on. @param run the alias of the table */
export function isKnownSql(run: string): string {
  return `${run}.kind = any(${list(runKinds)}) and ${run}.phase = any(${list(runPhases)})
  and case when jsonb_typeof(${run}.options) = 'object' then ${run}.options - ${list(Object.keys(optionShapes))} = '{}' else false end
  and case when ${run}.options -> 'filter' is null then true when jsonb_typeof(${run}.options -> 'filter') = 'object'
      then (${run}.options -> 'filter') - ${list(Object.keys(filterShapes))} = '{}' else false end`;
}
