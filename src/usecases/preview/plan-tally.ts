import type { HubSpotObject } from '../../domain/record.ts';
import type { PlanChange, PlanDifference } from './compare-previews.ts';
import type { Preview } from './types.ts';

/** How many records, and up to 20 of their ids. */
export type PlanCount = { count: number; samples: readonly string[] };

/** Changes of one field by one rule. Samples: up to five changes with their values. */
export type PlanGroup = Pick<PlanChange, 'object' | 'system' | 'target' | 'field' | 'rule' | 'kind'> & {
  count: number;
  samples: readonly PlanChange[];
};

export type PlanProblemCount = PlanCount & { code: string; message: string };

/** What a changed mapping comes to for one kind of record. Of a sample the counts are extrapolated. */
export type ObjectPlan = {
  object: HubSpotObject;
  /** How many records there are to look at, and how many were. */
  total: number;
  looked: number;
  isSample: boolean;
  /** Records whose fate differs in any way. */
  differing: PlanCount;
  newlyPassing: PlanCount;
  newlyFailing: PlanCount;
  newlyCreated: PlanCount;
  noLongerCreated: PlanCount;
  /** Neither plan could be made. */
  unread: PlanCount;
  problemsNew: readonly PlanProblemCount[];
  problemsGone: readonly PlanProblemCount[];
  /** The most frequent first. */
  groups: readonly PlanGroup[];
};

/** What applying the proposed mapping would have to do. */
export type PlanWork = { looked: number; written: number };

const mostIds = 20;
const mostSamples = 5;

type Counter = { count: number; samples: string[] };
const counts = ['differing', 'newlyPassing', 'newlyFailing', 'newlyCreated', 'noLongerCreated', 'unread'] as const;
type CountName = (typeof counts)[number];

/** Adds up differences; holds a bounded number of samples, whatever the number of records. */
export type PlanTally = {
  /** @param weight how many records this one stands for */
  add(difference: PlanDifference, proposed: Preview, weight: number): void;
  result(numbers: Pick<ObjectPlan, 'total' | 'isSample'>): ObjectPlan;
  work(): PlanWork;
};

/** Begins to add up one kind of record. */
export function createTally(object: HubSpotObject): PlanTally {
  const totals = new Map<CountName, Counter>();
  const problems = {
    new: new Map<string, Counter & { message: string }>(),
    gone: new Map<string, Counter & { message: string }>(),
  };
  const groups = new Map<string, PlanGroup & { samples: PlanChange[] }>();
  const work = { looked: 0, written: 0 };
  let looked = 0;
  const countIn = (name: CountName, id: string, weight: number) => {
    const counter = totals.get(name) ?? { count: 0, samples: [] };
    totals.set(name, bumped(counter, id, weight));
  };
  return {
    add(difference, proposed, weight) {
      looked += 1;
      const { recordId: id, changes, gate, creates, problemNew, problemGone, unread } = difference;
      for (const name of namesOf(difference)) countIn(name, id, weight);
      if (unread) return;
      for (const [kind, problem] of [
        ['new', problemNew],
        ['gone', problemGone],
      ] as const) {
        if (problem === null) continue;
        const counter = problems[kind].get(problem.code) ?? { count: 0, samples: [], message: problem.message };
        problems[kind].set(problem.code, { ...counter, ...bumped(counter, id, weight) });
      }
      for (const change of changes) addToGroup(groups, change, weight);
      if (proposed.counterpart === null && gate !== 'passes' && creates !== 'created') return;
      work.looked += weight;
      if (changes.some(({ kind }) => kind !== 'dropped')) work.written += weight;
    },
    work: () => work,
    result: (numbers) => ({
      object,
      ...numbers,
      looked,
      differing: told(totals.get('differing')),
      newlyPassing: told(totals.get('newlyPassing')),
      newlyFailing: told(totals.get('newlyFailing')),
      newlyCreated: told(totals.get('newlyCreated')),
      noLongerCreated: told(totals.get('noLongerCreated')),
      unread: told(totals.get('unread')),
      problemsNew: toldProblems(problems.new),
      problemsGone: toldProblems(problems.gone),
      groups: [...groups.values()]
        .map((group) => ({ ...group, count: Math.round(group.count) }))
        .sort((one, other) => other.count - one.count),
    }),
  };
}

function namesOf({ changes, gate, creates, problemNew, problemGone, unread }: PlanDifference): CountName[] {
  if (unread) return ['unread'];
  const names: CountName[] = [];
  if (gate !== null) names.push(gate === 'passes' ? 'newlyPassing' : 'newlyFailing');
  if (creates !== null) names.push(creates === 'created' ? 'newlyCreated' : 'noLongerCreated');
  const differs = names.length > 0 || changes.length > 0 || problemNew !== null || problemGone !== null;
  return differs ? ['differing', ...names] : [];
}

function bumped({ count, samples }: Counter, id: string, weight: number): Counter {
  return { count: count + weight, samples: samples.length < mostIds ? [...samples, id] : samples };
}

function addToGroup(
  groups: Map<string, PlanGroup & { samples: PlanChange[] }>,
  change: PlanChange,
  weight: number,
): void {
  const { object, system, target, field, rule, kind } = change;
  const name = nameOf(field);
  const key = [system, target, name, rule, kind].join('\n');
  const group = groups.get(key) ?? { object, system, target, field: name, rule, kind, count: 0, samples: [] };
  group.count += weight;
  if (group.samples.length < mostSamples) group.samples.push(change);
  groups.set(key, group);
}

/** Roles and contacts of deals are told together: there is one for each contact. */
function nameOf(field: string): string {
  return /^(roles|contacts)\/(?!primary$)/.test(field) ? `${field.split('/')[0]}/*` : field;
}

function told(counter: Counter | undefined): PlanCount {
  return { count: Math.round(counter?.count ?? 0), samples: counter?.samples ?? [] };
}

function toldProblems(problems: ReadonlyMap<string, Counter & { message: string }>): PlanProblemCount[] {
  const all = [...problems].map(([code, { message, ...counter }]) => ({ code, message, ...told(counter) }));
  return all.sort((one, other) => other.count - one.count);
}
